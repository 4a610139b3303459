// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/brute_force_for_tests.h"
#include "carillon/workload/bounds/connectivity.h"
#include "carillon/workload/bounds/cut_bound.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Counts = std::vector<std::uint32_t>;

std::int64_t connectivity(const Circuit& c, const Network& net) {
    return connectivity_bound(StaticModel(find_interactions(c), net)).cost;
}

std::int64_t cut(const Circuit& c, const Network& net) {
    const StaticModel model(find_interactions(c), net);
    SteinerCost steiner(model.topology);
    return cut_bound(model, steiner).cost;
}

TEST(LowerBounds, connected_qubits_that_need_m_qpus_take_m_minus_1_pairs) {
    EXPECT_EQ(connectivity(ghz_chain(8), full({2, 2, 2, 2})), 3);
    EXPECT_EQ(connectivity(ghz_chain(8), full({5, 2, 2, 2})), 2);
    EXPECT_EQ(connectivity(ghz_chain(5), full({5, 2})), 0);
    Circuit two_groups = empty(8);
    for (std::size_t q = 0; q < 3; ++q) {
        cz(two_groups, q, q + 1);
        cz(two_groups, q + 4, q + 5);
    }
    EXPECT_EQ(connectivity(two_groups, full({4, 4})), 0);
    EXPECT_EQ(connectivity(two_groups, full({3, 3, 3})), 2);
}

TEST(LowerBounds, the_cut_bound_is_exact_for_qft_over_two_halves) {
    EXPECT_EQ(cut(qft(8), full({4, 4})), 4);
    EXPECT_EQ(cut(qft(20), full({10, 10})), 10);
}

TEST(LowerBounds, none_is_above_what_trying_everything_finds) {
    Random random(77);
    for (int round = 0; round < 60; ++round) {
        const auto qubits = static_cast<std::uint32_t>(2 + random.below(4));
        const Counts capacity = round % 4 == 0   ? Counts{2, 2, 1}
                                : round % 4 == 1 ? Counts{3, 2}
                                : round % 4 == 2 ? Counts{2, 0, 2, 1}
                                                 : Counts{2, 2, 2};
        const Network net = round % 3 == 0 ? full(capacity) : random_network(capacity, random);
        const Circuit c = random_circuit(qubits, capacity.size() < 3 ? 12 : 7, random, true);
        const std::int64_t best = brute_force::best_static(find_interactions(c), net);
        EXPECT_LE(connectivity(c, net), best) << "round " << round;
        EXPECT_LE(cut(c, net), best) << "round " << round;
        EXPECT_GE(cut(c, net), 0);
    }
}

TEST(LowerBounds, none_is_above_the_integer_programs_optimum) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    Random random(3);
    for (int round = 0; round < 12; ++round) {
        const Network net = round % 3 == 0   ? full({4, 4})
                            : round % 3 == 1 ? full({3, 3, 3})
                                             : full({2, 2, 2, 2});
        Circuit c = round < 6 ? random_circuit(8, 60, random) : empty(8);
        if (round >= 6) {  // many copies that third QPUs share
            for (std::size_t a = 0; a < 8; ++a) {
                for (std::size_t b = 0; b < a; ++b) {
                    if (random.uniform() < 0.8) cp(c, a, b);
                }
            }
        }
        const std::int64_t best = solve_static(find_interactions(c), net).bound.cost;
        EXPECT_LE(cut(c, net), best);
        check_bound({cut(c, net), BoundScope::kStatic, "cut"}, best);
        // The check would notice weights that are too large.
        EXPECT_THROW(check_bound({2 * cut(c, net) + best, BoundScope::kStatic, "cut"}, best),
                     InternalError);
    }
}

TEST(LowerBounds, programs_without_gates_or_a_second_qpu_cost_nothing) {
    EXPECT_EQ(cut(empty(4), full({2, 2})), 0);
    EXPECT_EQ(cut(qft(4), full({4})), 0);
    EXPECT_EQ(connectivity(empty(4), full({2, 2})), 0);
}

}  // namespace
}  // namespace carillon
