// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

namespace instances = test_instances;

/// Every gate at the home of one of its operands, by lot; some qubits move.
Placement random_placement(const Interactions& interactions, const Network& network, Random& random,
                           std::uint32_t positions) {
    Placement placement;
    std::vector<std::uint32_t> room = node_capacities(network);
    while (placement.home.size() < interactions.of_qubit.size()) {
        const auto node = static_cast<std::uint32_t>(random.below(room.size()));
        if (room[node] == 0) continue;
        --room[node];
        placement.home.emplace_back(node);
    }
    std::vector<QpuId> home = placement.home;
    for (std::uint32_t at = 2; at < positions; at += 7) {
        const auto q = random.below(home.size());
        const auto to = static_cast<std::uint32_t>(random.below(room.size()));
        if (room[to] == 0 || home[q].value == to) continue;
        --room[to], ++room[home[q].value];
        home[q] = QpuId{to};
        placement.moves.push_back({at, QubitId{q}, home[q]});
    }
    placement.site.resize(interactions.num_operations);
    for (const Interaction& gate : interactions.gates) {
        const std::uint32_t s = gate.segments[random.below(gate.segments.size())];
        placement.site[gate.operation] = placement.home[interactions.segments[s].qubit.value];
    }
    return placement;
}

TEST(PairCounter, counts_what_distribute_writes) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Circuit circuit = instances::random_circuit(8, 60, random, seed % 3 == 0);
        const LoweredCircuit lowered = lower(circuit);
        Network network = seed % 2 ? instances::line({3, 3, 3, 3}) : instances::full({4, 3, 4});
        for (Node& node : network.nodes) node.comm_qubits = 2 + seed % 4;
        DistributeLimits limits;
        limits.copy_gates = static_cast<std::uint32_t>(seed % 4);
        const PairCounter count(lowered, network, limits);
        const Placement placement =
            random_placement(find_interactions(lowered.circuit), network, random,
                             static_cast<std::uint32_t>(lowered.circuit.body().size()));
        const auto counted = count(placement);
        if (!counted) {
            EXPECT_THROW(distribute(lowered, placement, network, limits), InputError);
            continue;
        }
        const DistributeResult written = distribute(lowered, placement, network, limits);
        EXPECT_EQ(counted->pairs, written.program.pairs.size()) << "seed " << seed;
        EXPECT_EQ(counted->price, counted->pairs + counted->transfers);
        EXPECT_EQ(counted->reopened, written.reopened_copies) << "seed " << seed;
        EXPECT_EQ(count(placement)->pairs, counted->pairs) << "counting leaves no trace";
    }
}

/// One qubit controls `gates` gates with another QPU.
std::size_t pairs_of_fan(std::uint32_t gates, std::uint32_t copy_gates) {
    Circuit circuit = instances::empty(gates + 1);
    for (std::uint32_t q = 1; q <= gates; ++q) instances::cp(circuit, 0, q);
    const LoweredCircuit lowered = lower(circuit);
    const Network network = instances::full({1, gates});
    Placement placement;
    placement.home.assign(gates + 1, QpuId{1});
    placement.home[0] = QpuId{0};
    const Interactions interactions = find_interactions(lowered.circuit);
    placement.site.resize(interactions.num_operations);
    for (const Interaction& gate : interactions.gates) placement.site[gate.operation] = QpuId{1};
    DistributeLimits limits;
    limits.copy_gates = copy_gates;
    return PairCounter(lowered, network, limits)(placement)->pairs;
}

TEST(PairCounter, a_copy_that_may_serve_d_gates_is_paid_again_after_every_d) {
    for (const std::uint32_t gates : {1u, 4u, 9u, 10u})
        for (const std::uint32_t most : {1u, 2u, 3u, 20u})
            EXPECT_EQ(pairs_of_fan(gates, most), (gates + most - 1) / most)
                << gates << " gates, at most " << most;
    EXPECT_EQ(pairs_of_fan(10, 0), 1u);
}

TEST(PairCounter, says_so_when_an_operation_cannot_be_done) {
    Circuit circuit = instances::empty(2);
    instances::cp(circuit, 0, 1);
    const LoweredCircuit lowered = lower(circuit);
    Network network = instances::full({1, 1});
    network.nodes[1].comm_qubits = 0;
    Placement placement;
    placement.home = {QpuId{0}, QpuId{1}};
    placement.site.assign(find_interactions(lowered.circuit).num_operations, QpuId{});
    placement.site[find_interactions(lowered.circuit).gates[0].operation] = QpuId{1};
    EXPECT_FALSE(PairCounter(lowered, network)(placement).has_value());
}

/// Folding two controls into one ancilla saves a pair of each gate, but copies of them would serve
/// all four: two pairs, not four.
TEST(PairCounter, copies_that_later_gates_share_are_not_folded_away) {
    Circuit circuit;
    circuit.add_qubits("q", 6);
    for (std::size_t target = 2; target < 6; ++target)
        circuit.gate(GateKind::kZ, 2, {QubitId{0}, QubitId{1}, QubitId{target}});
    const LoweredCircuit lowered = lower(circuit);
    Network network = instances::full({2, 4});
    for (Node& node : network.nodes) node.comm_qubits = 2;
    Placement placement;
    for (std::uint32_t q = 0; q < 6; ++q) placement.home.emplace_back(q < 2 ? 0 : 1);
    placement.site.assign(find_interactions(lowered.circuit).num_operations, QpuId{1});
    EXPECT_EQ(distribute(lowered, placement, network).program.pairs.size(), 2u);
    EXPECT_EQ(PairCounter(lowered, network)(placement)->pairs, 2u);
    for (Node& node : network.nodes) node.comm_qubits = 1;
    EXPECT_EQ(distribute(lowered, placement, network).program.pairs.size(), 4u);
}

}  // namespace
}  // namespace carillon
