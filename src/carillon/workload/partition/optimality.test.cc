// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/optimality.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

Circuit wide_gates_on_six_qubits(int rounds) {
    Circuit c = empty(6);
    std::vector<QubitId> all;
    for (std::uint32_t q = 0; q < 6; ++q) all.emplace_back(q);
    for (int round = 0; round < rounds; ++round) {
        c.gate(GateKind::kZ, 5, all);
        for (const QubitId q : all) c.gate(GateKind::kH, 0, {q});
    }
    return c;
}

/// Copies of four operands for each gate at the third QPU's, or two links of a tree.
TEST(Optimality, folding_may_cost_less_than_the_proved_least_without_it) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    PartitionOptions options;
    options.prove_s = 60;
    options.allow_moves = options.embedding = false;
    const PartitionResult result = partition(wide_gates_on_six_qubits(3), full({2, 2, 2}), options);
    EXPECT_EQ(result.cost.pairs, 12u);
    EXPECT_EQ(result.cost.with_folding(), 6u);
    EXPECT_EQ(result.static_bound.cost, 12);
    EXPECT_TRUE(result.static_bound_is_optimum);
    EXPECT_EQ(result.static_bound.scope, BoundScope::kStaticUnfolded);
    EXPECT_LE(result.bound.cost, 6) << "it has to hold for folded gates";
    EXPECT_EQ(result.gap, optimality_gap(result.bound.cost, 6));
    EXPECT_FALSE(result.optimal);
}

/// One gate over two QPUs: a pair is least, and folding reaches it.
TEST(Optimality, a_folded_gate_can_be_proved_least) {
    const PartitionResult result = partition(wide_gates_on_six_qubits(1), full({3, 3}));
    EXPECT_EQ(result.cost.with_folding(), 1u);
    EXPECT_EQ(result.bound.cost, 1);
    EXPECT_TRUE(result.optimal);
}

TEST(Optimality, bounds_of_programs_without_wide_gates_are_one) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    const Network network = full({3, 3});
    const Circuit circuit = qft(6);
    PartitionProblem problem(circuit, network);
    PartitionOptions options;
    options.prove_s = 60;
    const Optimality known = find_optimality(problem, options, -1);
    EXPECT_TRUE(known.unfolded_solved);
    EXPECT_EQ(known.fixed.cost, known.unfolded.cost);
    EXPECT_EQ(known.fixed.cost, 3);
    EXPECT_EQ(known.fixed.scope, BoundScope::kStatic);
}

TEST(Optimality, a_cost_below_its_bound_is_noticed_with_and_without_folding) {
    PartitionResult result;
    result.cost.pairs = 12;
    result.cost.saved_by_folding = 6;
    Optimality known;
    known.fixed = {6, BoundScope::kStatic, "test"};
    known.unfolded = {12, BoundScope::kStaticUnfolded, "test"};
    add_optimality(result, known, true);
    EXPECT_TRUE(result.optimal);
    known.fixed.cost = 7;
    EXPECT_THROW(add_optimality(result, known, true), InternalError);
    known.fixed.cost = 6;
    known.unfolded.cost = 13;
    EXPECT_THROW(add_optimality(result, known, true), InternalError);
}

}  // namespace
}  // namespace carillon
