// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/evaluate.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

namespace instances = test_instances;

/// Qubits in order, `size` on each node; every gate at the home of its operand `operand`.
Placement contiguous(const Interactions& interactions, std::uint32_t size, std::size_t operand) {
    Placement placement;
    for (std::uint32_t q = 0; q < interactions.of_qubit.size(); ++q)
        placement.home.emplace_back(q / size);
    placement.site.resize(interactions.num_operations);
    for (const Interaction& gate : interactions.gates) {
        const Segment& s = interactions.segments[gate.segments[operand]];
        placement.site[gate.operation] = placement.home[s.qubit.value];
    }
    return placement;
}

/// qft() acts with cp(r, q), q < r: done at q's home, each r is copied to every QPU before its own.
TEST(Evaluate, a_contiguous_qft_costs_qubits_times_other_qpus_over_two) {
    struct Case {
        std::uint32_t qubits, nodes;
        std::uint64_t pairs;
    };
    for (const Case& c : {Case{100, 10, 450}, Case{200, 20, 1900}, Case{300, 30, 4350}}) {
        const Interactions interactions = find_interactions(instances::qft(c.qubits));
        const std::uint32_t size = c.qubits / c.nodes;
        const Network network = instances::full(std::vector<std::uint32_t>(c.nodes, size));
        const PlacementScore score =
            evaluate_placement(interactions, network, contiguous(interactions, size, 1));
        EXPECT_EQ(score.cat, c.pairs);
        EXPECT_EQ(score.steiner, c.pairs);
        EXPECT_EQ(score.teleport, c.pairs);
    }
}

TEST(Evaluate, a_ghz_chain_costs_a_pair_for_each_seam) {
    const Interactions interactions = find_interactions(instances::ghz_chain(24));
    const Network network = instances::line(std::vector<std::uint32_t>(6, 4));
    const PlacementScore score =
        evaluate_placement(interactions, network, contiguous(interactions, 4, 1));
    EXPECT_EQ(score.cat, 5u);
    EXPECT_EQ(score.steiner, 5u);
    EXPECT_EQ(score.teleport, 5u);
    EXPECT_EQ(score.remote_gates, 5u);
    EXPECT_EQ(score.detached_gates, 0u);
}

/// On a line the same copies pass every QPU between: cat counts QPUs, steiner counts links.
TEST(Evaluate, models_differ_where_a_copy_passes_through) {
    Circuit c = instances::empty(3);
    instances::cp(c, 0, 2);
    const Interactions interactions = find_interactions(c);
    const PlacementScore score = evaluate_placement(interactions, instances::line({1, 1, 1}),
                                                    contiguous(interactions, 1, 1));
    EXPECT_EQ(score.cat, 1u);
    EXPECT_EQ(score.steiner, 2u);
    EXPECT_EQ(score.teleport, 2u);
}

/// A qubit that goes away and comes back within one segment is two moves, yet one copy.
TEST(Evaluate, a_move_is_paid_by_its_way_under_teleport) {
    Circuit c = instances::empty(2);
    for (int i = 0; i < 3; ++i) instances::cp(c, 0, 1);
    const Interactions interactions = find_interactions(c);
    Placement placement = contiguous(interactions, 1, 1);
    placement.home = {QpuId{0}, QpuId{1}};
    placement.moves = {{1, QubitId{0}, QpuId{1}}, {2, QubitId{0}, QpuId{0}}};
    const Network network = instances::full({2, 2});
    const PlacementScore score = evaluate_placement(interactions, network, placement);
    EXPECT_EQ(score.teleport, 2u);
    EXPECT_EQ(score.cat, 1u);
    EXPECT_EQ(score.moves, 2u);
}

/// The definition, read out gate by gate over two-qubit gates on a complete network.
std::uint64_t naive_teleport(const Circuit& circuit, const Placement& placement) {
    std::uint64_t pairs = placement.moves.size();
    std::vector<std::uint32_t> home;
    for (const QpuId h : placement.home) home.push_back(h.value);
    std::vector<std::set<std::uint32_t>> lived(home.size()), copied(home.size());
    const auto settle = [&](std::size_t q) {
        for (const std::uint32_t node : copied[q]) pairs += !lived[q].contains(node);
        copied[q].clear();
        lived[q] = {home[q]};
    };
    for (std::size_t q = 0; q < home.size(); ++q) lived[q] = {home[q]};
    std::size_t next = 0;
    for (std::uint32_t i = 0; i < circuit.body().size(); ++i) {
        for (; next < placement.moves.size() && placement.moves[next].position <= i; ++next) {
            const Move& move = placement.moves[next];
            home[move.qubit.value] = move.to.value;
            lived[move.qubit.value].insert(move.to.value);
        }
        const Operation& op = circuit.body()[i];
        const auto qubits = circuit.qubits(op);
        if (qubits.size() == 1) {
            if (op.kind != OpKind::kGate || one_qubit_action(circuit, op) == OneQubitAction::kOther)
                settle(qubits[0].value);
            continue;
        }
        for (const QubitId q : qubits) copied[q.value].insert(placement.site[i].value);
    }
    for (std::size_t q = 0; q < home.size(); ++q) settle(q);

    return pairs;
}

TEST(Evaluate, teleport_equals_its_definition_on_random_placements) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Circuit c = instances::random_circuit(6, 60, random);
        const Interactions interactions = find_interactions(c);
        const Network network = instances::full({6, 6, 6});
        Placement placement;
        for (int q = 0; q < 6; ++q) placement.home.emplace_back(random.below(3));
        for (std::uint32_t at = 3; at < c.body().size(); at += 5) {
            const QpuId to{random.below(3)};
            const QubitId q{random.below(6)};
            placement.moves.push_back({at, q, to});
        }
        // A move to where the qubit is already is no move.
        std::vector<QpuId> home = placement.home;
        std::erase_if(placement.moves, [&](const Move& m) {
            const bool stays = home[m.qubit.value] == m.to;
            home[m.qubit.value] = m.to;
            return stays;
        });
        placement.site.resize(interactions.num_operations);
        for (const Interaction& gate : interactions.gates)
            placement.site[gate.operation] = QpuId{random.below(3)};
        EXPECT_EQ(evaluate_placement(interactions, network, placement).teleport,
                  naive_teleport(c, placement))
            << "seed " << seed;
    }
}

TEST(Evaluate, islands_are_refused) {
    Circuit c = instances::empty(2);
    instances::cp(c, 0, 1);
    const Interactions interactions = find_interactions(c);
    EXPECT_THROW(evaluate_placement(interactions, instances::network({1, 1}, {}),
                                    contiguous(interactions, 1, 1)),
                 InputError);
}

}  // namespace
}  // namespace carillon
