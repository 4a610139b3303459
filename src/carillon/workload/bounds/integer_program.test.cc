// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/integer_program.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/brute_force_for_tests.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Counts = std::vector<std::uint32_t>;

class IntegerProgram : public testing::Test {
  protected:
    void SetUp() override {
        if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    }
};

std::int64_t optimum(const Circuit& c, const Network& net) {
    const Interactions found = find_interactions(c);
    const ExactResult result = solve_static(found, net);
    EXPECT_TRUE(result.solved) << result.note;
    EXPECT_EQ(result.bound.cost, result.cost);
    check_placement(found, net, *result.placement);
    EXPECT_EQ(static_cast<std::int64_t>(placement_cost(found, net, *result.placement).pairs),
              result.cost);
    return result.cost;
}

TEST_F(IntegerProgram, qft_over_two_halves_needs_a_copy_per_qubit_of_one_half) {
    EXPECT_EQ(optimum(qft(6), full({3, 3})), 3);
    EXPECT_EQ(optimum(qft(7), full({4, 3})), 3);
}

TEST_F(IntegerProgram, ghz_chain_over_k_qpus_needs_k_minus_1_pairs) {
    EXPECT_EQ(optimum(ghz_chain(6), full({2, 2, 2})), 2);
    EXPECT_EQ(optimum(ghz_chain(6), line({2, 2, 2})), 2);
    EXPECT_EQ(optimum(ghz_chain(4), line({2, 0, 2})), 2);  // across a repeater
}

TEST_F(IntegerProgram, it_finds_what_trying_everything_finds) {
    Random random(31);
    for (int round = 0; round < 40; ++round) {
        const auto qubits = static_cast<std::uint32_t>(2 + random.below(4));
        const Counts capacity = round % 4 == 0   ? Counts{2, 2, 1}
                                : round % 4 == 1 ? Counts{3, 2}
                                : round % 4 == 2 ? Counts{2, 0, 2, 1}
                                                 : Counts{2, 2, 2};
        const Network net = round % 3 == 0 ? full(capacity) : random_network(capacity, random);
        const Circuit c = random_circuit(qubits, capacity.size() < 3 ? 12 : 7, random, true);
        const Interactions found = find_interactions(c);
        const std::int64_t best = brute_force::best_static(found, net);
        EXPECT_EQ(optimum(c, net), best) << "round " << round;
        ExactOptions options;
        options.known_cost = best;
        const ExactResult proof = solve_static(found, net, options);
        EXPECT_TRUE(proof.solved);
        EXPECT_FALSE(proof.placement);
        EXPECT_EQ(proof.bound.cost, best);
        options.known_cost = best + 1;
        EXPECT_EQ(solve_static(found, net, options).bound.cost, best);
    }
}

TEST_F(IntegerProgram, without_time_its_bound_is_still_no_higher_than_the_optimum) {
    Random random(5);
    for (int round = 0; round < 2; ++round) {
        const Circuit c = random_circuit(8, 50, random);
        const Interactions found = find_interactions(c);
        const Network net = full({3, 3, 2});
        const std::int64_t best = solve_static(found, net).bound.cost;
        for (double seconds : {1e-6, 0.01, 0.1}) {
            for (std::int64_t known : {std::int64_t{-1}, best, best + 5}) {
                ExactOptions options;
                options.seconds = seconds;
                options.known_cost = known;
                const ExactResult result = solve_static(found, net, options);
                EXPECT_LE(result.bound.cost, best);
                if (result.solved) {
                    EXPECT_EQ(result.bound.cost, best);
                }
            }
        }
    }
}

TEST_F(IntegerProgram, symmetric_networks_lose_no_placement) {
    Random random(8);
    const Network ring = network({1, 2, 1, 2}, {{0, 1}, {1, 2}, {2, 3}, {3, 0}});
    const Network star = network({1, 1, 2, 1}, {{0, 1}, {0, 2}, {0, 3}});
    for (int round = 0; round < 12; ++round) {
        const Circuit c = random_circuit(4, 6, random);
        const Interactions found = find_interactions(c);
        for (const Network& net : {ring, star}) {
            EXPECT_EQ(optimum(c, net), brute_force::best_static(found, net));
        }
    }
}

TEST_F(IntegerProgram, what_is_too_large_is_not_tried_and_says_so) {
    const Network net = line(Counts(7, 1));
    const ExactResult result = solve_static(find_interactions(qft(4)), net);
    EXPECT_FALSE(result.solved);
    EXPECT_EQ(result.bound.cost, 0);
    EXPECT_NE(result.note.find("6 QPUs"), std::string::npos);
    ExactOptions options;
    options.most_variables = 3;
    EXPECT_NE(
        solve_static(find_interactions(qft(4)), full({2, 2}), options).note.find("more than 3"),
        std::string::npos);
}

TEST(Bound, one_above_a_cost_is_detected) {
    check_bound({4, BoundScope::kStatic, "cut"}, 4);
    EXPECT_THROW(check_bound({5, BoundScope::kStatic, "cut"}, 4), InternalError);
    EXPECT_DOUBLE_EQ(optimality_gap(11, 12), 1. / 12);
    EXPECT_EQ(optimality_gap(0, 0), 0);
}

}  // namespace
}  // namespace carillon
