// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/cost.h"

#include <algorithm>
#include <string>

#include "carillon/base/error.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {
namespace {

/// Homes of one qubit over time: (position, node), the first at the start of time.
using Life = std::vector<std::pair<std::uint32_t, QpuId>>;

std::vector<Life> lives(const Placement& placement) {
    std::vector<Life> result;
    for (QpuId home : placement.home) result.push_back({{0, home}});
    for (const Move& move : placement.moves) {
        result[move.qubit.value].emplace_back(move.position, move.to);
    }
    return result;
}

/// Nodes the qubit lives on during a segment: the first before any move at `begin`, then the target
/// of every move up to `end`.
std::vector<QpuId> homes_during(const Life& life, const Segment& segment) {
    const auto from = std::partition_point(life.begin() + 1, life.end(),
                                           [&](const auto& m) { return m.first < segment.begin; });
    std::vector<QpuId> nodes{(from - 1)->second};
    for (auto move = from; move != life.end() && move->first <= segment.end; ++move) {
        nodes.push_back(move->second);
    }
    return nodes;
}

/// The home at the owner's position, for a segment of a nested block.
std::vector<QpuId> home_at(const Life& life, std::uint32_t position) {
    const auto next = std::partition_point(life.begin() + 1, life.end(),
                                           [&](const auto& m) { return m.first <= position; });
    return {(next - 1)->second};
}

/// The position of a nested segment's owner in the program's own block. The qubit's segment after
/// the owner is numbered before the nested one, and starts right behind the owner.
std::uint32_t owner_position(const Interactions& interactions, const Segment& nested,
                             std::uint32_t index) {
    const auto& own = interactions.of_qubit[nested.qubit.value];
    const auto after = std::lower_bound(own.begin(), own.end(), index) - 1;
    return interactions.segments[*after].begin - 1;
}

void require(bool holds, const std::string& message) {
    if (!holds) throw InputError("placement: " + message);
}

void check_capacities(const Network& network, const Placement& placement) {
    const std::vector<std::uint32_t> capacity = node_capacities(network);
    std::vector<std::uint32_t> used(capacity.size());
    const auto check_node = [&](QpuId node, const std::string& what) {
        require(node.value < capacity.size(), what + " is not a node of the network");
        require(used[node.value] <= capacity[node.value],
                what + " holds " + std::to_string(used[node.value]) + " qubits, room for " +
                    std::to_string(capacity[node.value]));
    };
    std::vector<QpuId> home = placement.home;
    for (QpuId node : home) {
        require(node.value < capacity.size(), "a home is not a node of the network");
        ++used[node.value];
    }
    for (std::uint32_t v = 0; v < capacity.size(); ++v) {
        check_node(QpuId{v}, "node " + std::to_string(v));
    }
    for (std::size_t i = 0; i < placement.moves.size();) {
        const std::uint32_t position = placement.moves[i].position;
        const std::size_t first = i;
        for (; i < placement.moves.size() && placement.moves[i].position == position; ++i) {
            const Move& move = placement.moves[i];
            require(move.qubit.value < home.size(), "a move names an unknown qubit");
            require(move.to.value < capacity.size(), "a move leads to an unknown node");
            --used[home[move.qubit.value].value];
            ++used[move.to.value];
            home[move.qubit.value] = move.to;
        }
        require(i == placement.moves.size() || placement.moves[i].position > position,
                "moves are not in rising order of position");
        for (std::size_t m = first; m < i; ++m) {
            const QpuId to = placement.moves[m].to;
            check_node(to, "node " + std::to_string(to.value) + " after the moves at position " +
                               std::to_string(position));
        }
    }
}

}  // namespace

std::vector<std::uint32_t> node_capacities(const Network& network) {
    std::vector<std::uint32_t> capacity;
    for (const Node& node : network.nodes) {
        capacity.push_back(node.available && node.kind == NodeKind::kQpu ? node.data_qubits : 0);
    }
    return capacity;
}

PlacementCost placement_cost(const Interactions& interactions, const Network& network,
                             const Placement& placement, CostModel model) {
    const Topology topology(network);
    SteinerCost steiner(topology);
    const std::vector<Life> life = lives(placement);
    std::vector<std::vector<QpuId>> homes(interactions.segments.size());
    PlacementCost cost;
    cost.moves = placement.moves.size();

    std::vector<std::uint32_t> nodes;
    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        const Segment& segment = interactions.segments[s];
        const Life& qubit_life = life[segment.qubit.value];
        homes[s] =
            segment.block == BlockId{0}
                ? homes_during(qubit_life, segment)
                : home_at(qubit_life,
                          qubit_life.size() == 1 ? 0 : owner_position(interactions, segment, s));
        nodes.clear();
        for (QpuId home : homes[s]) nodes.push_back(home.value);
        for (std::uint32_t g : segment.gates) {
            nodes.push_back(placement.site[interactions.gates[g].operation].value);
        }
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        cost.pairs += model == CostModel::kCat ? nodes.size() - 1 : steiner(nodes);
    }

    for (const Interaction& gate : interactions.gates) {
        const QpuId site = placement.site[gate.operation];
        bool remote = false, detached = true;
        for (std::uint32_t s : gate.segments) {
            const bool here = std::find(homes[s].begin(), homes[s].end(), site) != homes[s].end();
            remote = remote || !here;
            detached = detached && !here;
        }
        cost.remote_gates += remote;
        cost.detached_gates += detached;
    }
    return cost;
}

void check_placement(const Interactions& interactions, const Network& network,
                     const Placement& placement) {
    require(placement.home.size() == interactions.of_qubit.size(),
            std::to_string(placement.home.size()) + " homes for " +
                std::to_string(interactions.of_qubit.size()) + " qubits");
    require(placement.site.size() == interactions.num_operations,
            std::to_string(placement.site.size()) + " sites for " +
                std::to_string(interactions.num_operations) + " operations");
    check_capacities(network, placement);

    const std::vector<std::uint32_t> capacity = node_capacities(network);
    std::vector<bool> multi(interactions.num_operations);
    for (const Interaction& gate : interactions.gates) multi[gate.operation] = true;
    for (std::uint32_t i = 0; i < interactions.num_operations; ++i) {
        const QpuId site = placement.site[i];
        const std::string name = "operation " + std::to_string(i);
        require(site.valid() == multi[i],
                name + (multi[i] ? " is a multi-qubit gate without a site" : " needs no site"));
        require(!multi[i] || (site.value < capacity.size() && capacity[site.value] > 0),
                name + " is done on a node that is not a QPU in service");
    }
}

}  // namespace carillon
