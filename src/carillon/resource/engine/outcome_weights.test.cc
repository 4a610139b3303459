// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/outcome_weights.h"

#include <gtest/gtest.h>

#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/plan.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {
namespace {

struct Case {
    int real_axes, axes, rank;
};

/// Independent rows: random ones, or unit vectors in some order.
std::vector<std::uint64_t> rows_of(const Case& c, bool units, Random& random) {
    std::vector<std::uint64_t> rows, reduced;
    while (rows.size() < static_cast<std::size_t>(c.rank)) {
        const std::uint64_t row =
            units ? std::uint64_t{1} << random.below(c.axes) : random() >> (64 - c.axes);
        std::uint64_t rest = row;
        for (const std::uint64_t r : reduced) rest = std::min(rest, rest ^ r);
        if (rest == 0) continue;
        reduced.push_back(rest);
        rows.push_back(row);
    }
    return rows;
}

void check(const Case& c, bool units, Random& random) {
    StateVector<double> state({.threads = 1});
    state.reset(c.real_axes);
    for (std::uint64_t i = 0; i < state.size(); ++i)
        state.set_amplitude(i, {random.uniform() - 0.5, random.uniform()});
    const auto rows = rows_of(c, units, random);
    const std::uint64_t constant = random() >> 1 >> (63 - c.rank);
    std::vector<double> expected(std::size_t{1} << c.rank);
    for (std::uint64_t x = 0; x < std::uint64_t{1} << c.axes; ++x) {
        std::uint64_t outcome = constant;
        for (int b = 0; b < c.rank; ++b) outcome ^= std::uint64_t{odd_parity(rows[b] & x)} << b;
        expected[outcome] += std::norm(state.amplitude(x & (state.size() - 1))) /
                             static_cast<double>(1 << (c.axes - c.real_axes));
    }
    const OutcomeWeights<double> weights(state.stored(), c.real_axes, c.axes, rows, constant);
    ASSERT_EQ(weights.blocks() * weights.block_size(), expected.size());
    for (std::uint64_t block = 0; block < weights.blocks(); ++block) {
        std::vector<double> found(weights.block_size());
        double sum = 0, all = 0;
        for (std::uint64_t part = 0; part < weights.parts(); ++part) {
            weights.add(block, part, found);
            sum += weights.weight(block, part);
        }
        for (std::uint64_t k = 0; k < found.size(); ++k) {
            ASSERT_NEAR(found[k], expected[block * found.size() + k], 1e-12);
            all += found[k];
        }
        ASSERT_NEAR(sum, all, 1e-9);
    }
}

TEST(OutcomeWeights, are_those_of_a_table_over_all_basis_states) {
    Random random(8);
    for (const bool units : {true, false})
        for (const Case c : {Case{0, 0, 0}, Case{1, 1, 1}, Case{3, 5, 4}, Case{6, 6, 2},
                             Case{13, 13, 13}, Case{14, 16, 15}, Case{17, 17, 1}, Case{17, 17, 13},
                             Case{16, 16, 16}, Case{2, 14, 14}})
            check(c, units, random);
}

TEST(OutcomeWeights, follow_the_order_of_the_rows_and_not_of_the_axes) {
    StateVector<double> state({.threads = 1});
    state.reset(14);
    state.set_amplitude(0, 0);
    state.set_amplitude(0b110, 2);  // weight 4
    std::vector<std::uint64_t> rows;
    for (int b = 0; b < 14; ++b) rows.push_back(std::uint64_t{1} << (13 - b));
    const OutcomeWeights<double> weights(state.stored(), 14, 14, rows, 1);
    // Axes 1 and 2 are bits 12 and 11; the constant adds bit 0.
    const std::uint64_t outcome = 1 << 12 | 1 << 11 | 1;
    std::vector<double> found(weights.block_size());
    weights.add(outcome / found.size(), 0, found);
    EXPECT_EQ(found[outcome % found.size()], 4);
}

}  // namespace
}  // namespace carillon::engine
