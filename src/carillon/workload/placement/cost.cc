// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/cost.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/placement/folding.h"
#include "carillon/workload/placement/segment_needs.h"
#include "carillon/workload/placement/steiner.h"
#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {
namespace {

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

/// Checks the copies kept through one segment.
class KeptCheck {
  public:
    KeptCheck(const Interactions& interactions, const Placement& placement,
              const SegmentNeeds& needs, std::span<const std::uint32_t> capacity)
        : interactions_(interactions), placement_(placement), needs_(needs), capacity_(capacity) {}

    void segment(std::uint32_t s) const {
        const std::string name = "segment " + std::to_string(s);
        require(interactions_.segments[s].embeddable,
                name + " keeps copies, but gates of it do not let them live");
        const auto before = needs_.neighbour(s, -1), after = needs_.neighbour(s, 1);
        require(before && after, name + " keeps copies, but is the qubit's first or last");
        require(!keeps(*before), name + " and the one before it both keep copies");
        for (std::uint32_t part : {*before, s, *after}) {
            require(
                needs_.homes()[part].size() == 1 && needs_.homes()[part][0] == needs_.homes()[s][0],
                name + " keeps copies, but its qubit moves then");
        }
        gates(s, name);
        copies(s, *before, name);
    }

  private:
    bool keeps(std::uint32_t s) const { return !needs_.kept_through(s).empty(); }

    void gates(std::uint32_t s, const std::string& name) const {
        for (std::uint32_t g : interactions_.segments[s].gates) {
            const Interaction& gate = interactions_.gates[g];
            const std::string operation = "operation " + std::to_string(gate.operation);
            require(placement_.site[gate.operation] == needs_.homes()[s][0],
                    operation + " is in " + name +
                        ", which keeps copies, but its site is not "
                        "the qubit's home");
            for (std::uint32_t other : gate.segments) {
                require(other == s || !keeps(other),
                        operation + " joins two segments that both keep copies");
            }
        }
    }

    void copies(std::uint32_t s, std::uint32_t before, const std::string& name) const {
        const auto nodes = needs_.needed(before);
        const auto held = needs_.held_before(before);
        for (const KeptCopy& copy : needs_.kept_through(s)) {
            const std::uint32_t v = copy.qpu.value;
            const std::string what = name + " keeps a copy at node " + std::to_string(v);
            require(v < capacity_.size() && capacity_[v] > 0, what + ", not a QPU in service");
            require(copy.qpu != needs_.homes()[s][0], what + ", where its qubit lives");
            require(std::binary_search(nodes.begin(), nodes.end(), v) ||
                        std::binary_search(held.begin(), held.end(), v),
                    what + ", where none stands before");
        }
    }

    const Interactions& interactions_;
    const Placement& placement_;
    const SegmentNeeds& needs_;
    std::span<const std::uint32_t> capacity_;
};

void check_kept(const Interactions& interactions, const Placement& placement,
                std::span<const std::uint32_t> capacity) {
    if (placement.kept.empty()) return;
    for (std::size_t i = 0; i < placement.kept.size(); ++i) {
        const KeptCopy& copy = placement.kept[i];
        require(copy.segment < interactions.segments.size(),
                "a kept copy names an unknown segment");
        if (i == 0) continue;
        const KeptCopy& last = placement.kept[i - 1];
        require(std::pair{last.segment, last.qpu.value} < std::pair{copy.segment, copy.qpu.value},
                "kept copies are not in rising order of segment and QPU");
    }
    const SegmentNeeds needs(interactions, placement);
    const KeptCheck check(interactions, placement, needs, capacity);
    for (std::size_t i = 0; i < placement.kept.size(); ++i) {
        const std::uint32_t s = placement.kept[i].segment;
        if (i == 0 || placement.kept[i - 1].segment != s) check.segment(s);
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
    JoinCost join(steiner);
    const SegmentNeeds needs(interactions, placement);
    PlacementCost cost;
    cost.moves = placement.moves.size();
    cost.kept_copies = placement.kept.size();

    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        if (!needs.kept_through(s).empty()) {
            ++cost.embedded_segments;
            continue;
        }
        const std::vector<std::uint32_t> nodes = needs.needed(s);
        const std::vector<std::uint32_t> held = needs.held_before(s);
        std::vector<std::uint32_t> all;
        std::set_union(nodes.begin(), nodes.end(), held.begin(), held.end(),
                       std::back_inserter(all));
        cost.pairs += model == CostModel::kCat ? all.size() - held.size() : join(held, all);
    }

    if (model == CostModel::kSteiner) {
        const Folding folding = choose_folding(interactions, placement, needs, steiner);
        cost.saved_by_folding = folding.saved;
        cost.folded_gates = folding.gates;
    }

    for (const Interaction& gate : interactions.gates) {
        const QpuId site = placement.site[gate.operation];
        bool remote = false, detached = true;
        for (std::uint32_t s : gate.segments) {
            const auto& homes = needs.homes()[s];
            const bool here = std::find(homes.begin(), homes.end(), site) != homes.end();
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
    check_kept(interactions, placement, capacity);
}

}  // namespace carillon
