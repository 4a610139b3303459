// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/hypergraph.h"

#include <algorithm>

namespace carillon {
namespace {

/// Where things stand in the program's own block; what is nested stands where its owner does.
struct Positions {
    std::vector<std::uint32_t> of_operation;  ///< by operation number
    std::vector<std::uint32_t> of_block;
};

Positions find_positions(const Circuit& circuit, std::uint32_t num_operations) {
    Positions positions{{}, std::vector<std::uint32_t>(circuit.blocks.size())};
    positions.of_operation.reserve(num_operations);
    std::uint32_t current = 0;
    visit_operations(circuit, [&](const Operation&, BlockId block, std::size_t index) {
        if (block == BlockId{0}) current = static_cast<std::uint32_t>(index);
        positions.of_block[block.value] = current;
        positions.of_operation.push_back(current);
    });
    return positions;
}

/// Segment indices by qubit, in time order, nested ones included.
std::vector<std::vector<std::uint32_t>> segments_by_qubit(const Interactions& interactions,
                                                          std::uint32_t num_qubits,
                                                          const std::vector<std::uint32_t>& owner) {
    std::vector<std::vector<std::uint32_t>> by_qubit(num_qubits);
    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        by_qubit[interactions.segments[s].qubit.value].push_back(s);
    }
    const auto time = [&](std::uint32_t s) {
        const Segment& segment = interactions.segments[s];
        return segment.block == BlockId{0} ? segment.begin : owner[segment.block.value];
    };
    for (auto& list : by_qubit) {
        std::stable_sort(list.begin(), list.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return time(a) < time(b); });
    }
    return by_qubit;
}

void find_middles(Hypergraph& graph, const Interactions& interactions,
                  const std::vector<std::uint32_t>& net_of) {
    for (const auto& own : interactions.of_qubit) {
        for (std::size_t i = 1; i + 1 < own.size(); ++i) {
            const auto gates = [&](std::size_t at) {
                return interactions.segments[own[at]].gates.size();
            };
            if (!interactions.segments[own[i]].embeddable || gates(i - 1) == 0 || gates(i) == 0 ||
                gates(i + 1) == 0) {
                continue;
            }
            graph.middles.push_back({net_of[own[i]], own[i]});
        }
    }
    if (graph.middles.empty()) return;
    graph.middle_of.assign(graph.nets.size(), Hypergraph::kNone);
    for (std::uint32_t m = 0; m < graph.middles.size(); ++m) {
        graph.middle_of[graph.middles[m].net] = m;
    }
}

}  // namespace

Hypergraph build_hypergraph(const Circuit& lowered, const Interactions& interactions,
                            bool idle_nets) {
    Hypergraph graph;
    graph.num_qubits = lowered.num_qubits;
    graph.num_operations = interactions.num_operations;
    graph.num_positions = static_cast<std::uint32_t>(lowered.body().size());

    const Positions positions = find_positions(lowered, interactions.num_operations);
    const std::vector<std::uint32_t>& owner = positions.of_block;
    std::vector<std::uint32_t> net_of(interactions.segments.size(), Hypergraph::kNone);
    for (const auto& list : segments_by_qubit(interactions, lowered.num_qubits, owner)) {
        graph.first_net_of.push_back(static_cast<std::uint32_t>(graph.nets.size()));
        bool idle_run = false;
        for (std::uint32_t s : list) {
            const Segment& segment = interactions.segments[s];
            const bool own_block = segment.block == BlockId{0};
            if (segment.gates.empty()) {
                if (!idle_nets || !own_block) continue;
                if (idle_run) {
                    graph.nets.back().to = segment.end;
                    continue;
                }
            }
            idle_run = segment.gates.empty();
            net_of[s] = static_cast<std::uint32_t>(graph.nets.size());
            const std::uint32_t at = owner[segment.block.value];
            graph.nets.push_back({segment.qubit.value, own_block ? segment.begin : at + 1,
                                  own_block ? segment.end : at,
                                  static_cast<std::uint32_t>(graph.net_gates.size()),
                                  static_cast<std::uint32_t>(segment.gates.size())});
            graph.net_gates.insert(graph.net_gates.end(), segment.gates.begin(),
                                   segment.gates.end());
        }
    }
    graph.first_net_of.push_back(static_cast<std::uint32_t>(graph.nets.size()));

    graph.gates.reserve(interactions.gates.size());
    for (std::uint32_t g = 0; g < interactions.gates.size(); ++g) {
        const Interaction& interaction = interactions.gates[g];
        graph.gates.push_back({interaction.operation, positions.of_operation[interaction.operation],
                               static_cast<std::uint32_t>(graph.gate_nets.size()),
                               static_cast<std::uint32_t>(interaction.segments.size())});
        for (std::uint32_t s : interaction.segments) graph.gate_nets.push_back(net_of[s]);
    }
    find_middles(graph, interactions, net_of);
    return graph;
}

}  // namespace carillon
