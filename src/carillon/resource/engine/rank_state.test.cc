// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/rank_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <numbers>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/expectation.h"
#include "carillon/resource/engine/random_program_for_test.h"
#include "carillon/resource/engine/sample.h"

namespace carillon::engine {
namespace {

template <class Real>
void expect_same_on_ranks(std::uint64_t seed, int qubits, int ranks, int per_node, bool measure) {
    constexpr int kGates = 150;
    RandomProgram<Real> alone(seed, qubits, {.threads = 1});
    alone.run(kGates, measure);
    const std::vector<Complex> expected = alone.amplitudes();
    const double bound = sizeof(Real) == 8 ? 1e-12 : 2e-5;
    std::mutex mutex;
    host::run_as_threads({.ranks = ranks, .ranks_per_node = per_node}, [&](host::Ranks& host) {
        RandomProgram<Real> spread(seed, qubits, {.threads = 1, .ranks = &host, .spread_axes = 1});
        spread.run(kGates, measure);
        const bool is_spread = spread.qubits().affine().state().large() != nullptr;
        const std::vector<Complex> found = spread.amplitudes();
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(is_spread || measure);
        EXPECT_EQ(spread.outcomes(), alone.outcomes()) << "seed " << seed;
        ASSERT_EQ(found.size(), expected.size());
        double worst = 0;
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - expected[i]));
        EXPECT_LT(worst, bound) << "seed " << seed << ", " << ranks << " ranks";
    });
}

TEST(RankState, gates_of_every_kind_give_the_amplitudes_of_one_process) {
    for (std::uint64_t seed = 0; seed < 8; ++seed)
        for (const int ranks : {2, 4, 8}) {
            expect_same_on_ranks<double>(seed, 16, ranks, seed % 2 == 0 ? 0 : 2, false);
            expect_same_on_ranks<float>(seed, 16, ranks, seed % 2 == 0 ? 2 : 0, false);
        }
}

TEST(RankState, measurements_and_resets_give_the_same_outcomes) {
    for (std::uint64_t seed = 100; seed < 106; ++seed)
        for (const int ranks : {2, 8})
            expect_same_on_ranks<double>(seed, 17, ranks, seed % 2 == 0 ? 0 : 1, true);
}

TEST(RankState, ranks_beyond_a_power_of_two_follow) {
    expect_same_on_ranks<double>(1, 15, 3, 0, true);
    expect_same_on_ranks<double>(2, 15, 5, 2, true);
}

TEST(RankState, samples_and_expectation_values_are_those_of_one_process) {
    constexpr int kQubits = 17;
    PauliSum sum;
    Random random(5);
    for (int t = 0; t < 40; ++t) {
        PauliTerm term;
        term.coefficient = random.uniform();
        for (std::uint32_t q = 0; q < kQubits; ++q)
            if (t == 0 || random.below(3) == 0)
                term.factors.push_back({q, t == 0 ? Axis::kX : static_cast<Axis>(random.below(3))});
        sum.terms.push_back(term);
    }
    RandomProgram<double> alone(3, kQubits, {.threads = 1});
    alone.run(100, true);
    const Samples samples = sample(alone.qubits(), alone.handles(), 7, 5000);
    const Expectation values = expectation(alone.qubits(), alone.handles(), sum);
    std::mutex mutex;
    host::run_as_threads({.ranks = 4, .ranks_per_node = 2}, [&](host::Ranks& host) {
        RandomProgram<double> spread(3, kQubits, {.threads = 1, .ranks = &host, .spread_axes = 1});
        spread.run(100, true);
        const Samples own = sample(spread.qubits(), spread.handles(), 7, 5000);
        const Expectation found = expectation(spread.qubits(), spread.handles(), sum);
        const std::lock_guard lock(mutex);
        EXPECT_EQ(own.words, samples.words);
        EXPECT_EQ(own.counts, samples.counts);
        for (std::size_t t = 0; t < sum.terms.size(); ++t)
            EXPECT_NEAR(found.terms[t], values.terms[t], 1e-11) << t;
    });
}

TEST(RankState, diagonal_gates_and_controls_outside_move_nothing) {
    host::run_as_threads({.ranks = 4, .ranks_per_node = 1}, [&](host::Ranks& host) {
        StateVector<double> state({.threads = 1, .ranks = &host, .spread_axes = 1});
        state.reset(16);
        constexpr double r = std::numbers::sqrt2 / 2;
        for (int a = 0; a < 16; ++a) state.apply_one({r, r, r, -r}, a);
        state.flush();
        const auto before = host.traffic()[static_cast<int>(host::Traffic::kState)];
        std::uint64_t inside = 0;
        state.large()->visit(0, [&](const Piece<double>& piece) {
            for (const int a : piece.axis_at) inside |= std::uint64_t{1} << a;
        });
        const int target = std::countr_zero(inside);
        for (int a = 0; a < 16; ++a) {
            const std::uint64_t bit = std::uint64_t{1} << a;
            const Condition on{bit, true};
            state.scale(std::polar(1.0, 0.1 * a), {&on, 1});
            const Condition both[] = {{bit, true}, {std::uint64_t{1} << (a + 3) % 16, true}};
            state.scale(std::polar(1.0, 0.3), both);
            if (a != target) state.apply_one({r, -r, r, r}, target, {&on, 1});
        }
        state.flush();
        EXPECT_EQ(host.traffic()[static_cast<int>(host::Traffic::kState)].bytes, before.bytes);
    });
}

TEST(RankState, one_axis_moves_half_of_a_part_and_two_move_three_quarters) {
    for (const bool one_node : {true, false})
        host::run_as_threads(
            {.ranks = 4, .ranks_per_node = one_node ? 0 : 1}, [&](host::Ranks& host) {
                StateVector<double> state({.threads = 1, .ranks = &host, .spread_axes = 1});
                state.reset(18);
                const auto rotate = [&](int axis) {
                    state.apply_one({0.6, -0.8, 0.8, 0.6}, axis);
                    state.flush();
                };
                for (int a = 0; a < 18; ++a) state.apply_one({0.6, -0.8, 0.8, 0.6}, a);
                state.flush();
                const auto moved = [&] {
                    const auto& t = host.traffic()[static_cast<int>(host::Traffic::kState)];
                    return t.bytes + t.window_bytes;
                };
                const auto outside = [&] {
                    std::vector<int> list;
                    state.large()->visit(0, [&](const Piece<double>& piece) {
                        for (int a = 0; a < 18; ++a)
                            if (std::ranges::find(piece.axis_at, a) == piece.axis_at.end())
                                list.push_back(a);
                    });
                    return list;
                };
                const std::uint64_t part = std::uint64_t{16} << 16;
                std::uint64_t before = moved();
                rotate(outside()[0]);
                EXPECT_EQ(moved() - before, part / 2);
                before = moved();
                const std::vector<int> two = outside();
                state.apply_one({0.6, -0.8, 0.8, 0.6}, two[0]);
                state.apply_one({0.6, -0.8, 0.8, 0.6}, two[1]);
                state.flush();
                EXPECT_EQ(moved() - before, part / 4 * 3);
            });
}

TEST(RankState, too_large_a_state_is_refused_on_every_rank) {
    EXPECT_THROW(host::run_as_threads({.ranks = 2},
                                      [&](host::Ranks& host) {
                                          StateVector<double> state({.threads = 1,
                                                                     .max_memory_bytes = 1 << 20,
                                                                     .ranks = &host,
                                                                     .spread_axes = 1});
                                          state.reset(20);
                                      }),
                 ResourceError);
}

}  // namespace
}  // namespace carillon::engine
