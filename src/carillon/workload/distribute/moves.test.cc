// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/placement/cost.h"

namespace carillon {
namespace {

/// Qubit 0 has a gate with qubit 1 at home, then leaves, then has one with it at the old home.
TEST(DistributeMoves, a_home_left_in_a_segment_stays_a_copy_while_its_gates_want_it) {
    Circuit c;
    c.add_qubits("q", 3);
    const QubitId a{0}, b{1}, far{2};
    c.gate(GateKind::kH, 0, {a});       // ends the first segment
    c.gate(GateKind::kZ, 1, {a, b});    // 1: at the old home, after the move
    c.gate(GateKind::kZ, 1, {a, far});  // 2: at the new home
    const LoweredCircuit lowered = lower(c);
    Network net = generate_network("full:2,qubits=2,comm=2");
    const Interactions interactions = find_interactions(lowered.circuit);
    Placement placement;
    placement.home = {QpuId{0}, QpuId{0}, QpuId{1}};
    placement.site.resize(interactions.num_operations);
    ASSERT_EQ(interactions.gates.size(), 2u);
    placement.site[interactions.gates[0].operation] = QpuId{0};
    placement.site[interactions.gates[1].operation] = QpuId{1};
    placement.moves = {{1, a, QpuId{1}}};
    EXPECT_EQ(placement_cost(interactions, net, placement).pairs, 1u);
    EXPECT_EQ(distribute(lowered, placement, net).program.pairs.size(), 1u);
}

}  // namespace
}  // namespace carillon
