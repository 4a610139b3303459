// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/evaluate.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/residence.h"
#include "carillon/workload/placement/steiner.h"
#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {
namespace {

using Nodes = std::vector<std::uint32_t>;

void sort_set(Nodes& nodes) {
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

/// Kept copies by segment.
std::map<std::uint32_t, Nodes> kept_nodes(const Placement& placement) {
    std::map<std::uint32_t, Nodes> kept;
    for (const KeptCopy& copy : placement.kept) kept[copy.segment].push_back(copy.qpu.value);
    return kept;
}

std::uint64_t price_of_moves(const Topology& topology, const Placement& placement) {
    std::vector<QpuId> home = placement.home;
    std::uint64_t price = 0;
    for (const Move& move : placement.moves) {
        QpuId& from = home[move.qubit.value];
        price += topology.cost(from, move.to);
        from = move.to;
    }
    return price;
}

/// Nodes where the gates of a segment want a copy of its qubit: their sites, and for a gate in a
/// segment of another operand that keeps copies, every kept copy too.
Nodes receivers_of(const Interactions& interactions, const Placement& placement,
                   const std::map<std::uint32_t, Nodes>& kept, std::uint32_t index) {
    Nodes receivers;
    for (const std::uint32_t g : interactions.segments[index].gates) {
        const Interaction& gate = interactions.gates[g];
        receivers.push_back(placement.site[gate.operation].value);
        for (const std::uint32_t other : gate.segments) {
            const auto copies = kept.find(other);
            if (other == index || copies == kept.end()) continue;
            receivers.insert(receivers.end(), copies->second.begin(), copies->second.end());
        }
    }
    return receivers;
}

std::uint64_t teleport_pairs(const Interactions& interactions, const Network& network,
                             const Placement& placement) {
    const Topology topology(network);
    const Residence residence(interactions, placement);
    const std::map<std::uint32_t, Nodes> kept = kept_nodes(placement);
    SteinerCost steiner(topology);
    JoinCost join(steiner);
    std::uint64_t pairs = price_of_moves(topology, placement);
    // Copies that stand when a segment begins: kept through the one before it.
    std::vector<std::uint32_t> before(interactions.segments.size(), 0xffffffff);
    for (const auto& own : interactions.of_qubit) {
        for (std::size_t i = 1; i < own.size(); ++i) before[own[i]] = own[i - 1];
    }
    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        Nodes roots = residence.during(s);
        for (const std::uint32_t with_copies : {s, before[s]}) {
            const auto copies = kept.find(with_copies);
            if (copies == kept.end()) continue;
            roots.insert(roots.end(), copies->second.begin(), copies->second.end());
        }
        sort_set(roots);
        Nodes all = receivers_of(interactions, placement, kept, s);
        all.insert(all.end(), roots.begin(), roots.end());
        sort_set(all);
        pairs += join(roots, all);
    }
    return pairs;
}

}  // namespace

PlacementScore evaluate_placement(const Interactions& interactions, const Network& network,
                                  const Placement& placement) {
    PlacementScore score;
    const PlacementCost steiner =
        placement_cost(interactions, network, placement, CostModel::kSteiner);
    if (steiner.pairs >= SteinerCost::kDisconnected) {
        throw InputError("placement: QPUs that share a gate are not connected by links in service");
    }
    score.steiner = steiner.pairs;
    score.cat = placement_cost(interactions, network, placement, CostModel::kCat).pairs;
    score.teleport = teleport_pairs(interactions, network, placement);
    score.remote_gates = steiner.remote_gates;
    score.detached_gates = steiner.detached_gates;
    score.moves = steiner.moves;
    score.kept = placement.kept.size();
    return score;
}

}  // namespace carillon
