// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/block_needs.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "carillon/workload/distribute/classical_flow.h"
#include "carillon/workload/distribute/fold_stops.h"

namespace carillon {

namespace {

/// Communication qubits taken and given back as the operations go by.
class Usage {
  public:
    void during(QpuId node, std::uint32_t from, std::uint32_t to, int count = 1) {
        changes_[node].push_back({from, 0, count});
        changes_[node].push_back({to, 1, -count});
    }
    std::map<QpuId, std::uint32_t> most() {
        std::map<QpuId, std::uint32_t> result;
        for (auto& [node, changes] : changes_) {
            std::ranges::sort(changes);
            int now = 0, peak = 0;
            for (const auto& [when, after, count] : changes) peak = std::max(peak, now += count);
            result[node] = static_cast<std::uint32_t>(peak);
        }
        return result;
    }

  private:
    /// Operation; 1 when only after it; how many more.
    std::map<QpuId, std::vector<std::tuple<std::uint32_t, int, int>>> changes_;
};

}  // namespace

RouteTree nested_routes(const Topology& topology, const Interactions& interactions,
                        const Placement& placement, std::uint32_t segment, QpuId home) {
    std::vector<QpuId> sites;
    for (const std::uint32_t g : interactions.segments[segment].gates)
        sites.push_back(placement.site[interactions.gates[g].operation]);
    return RouteTree(topology, std::span(&home, 1), sites);
}

std::map<QpuId, std::uint32_t> communication_needs(const Topology& topology,
                                                   const Interactions& interactions,
                                                   const Placement& placement, std::uint32_t first,
                                                   std::uint32_t last,
                                                   const std::function<QpuId(QubitId)>& home) {
    Usage usage;
    std::set<std::uint32_t> segments;
    const auto& gates = interactions.gates;
    auto gate = std::ranges::lower_bound(gates, first, {}, &Interaction::operation);
    for (; gate != gates.end() && gate->operation < last; ++gate) {
        const QpuId site = placement.site[gate->operation];
        std::set<QpuId> ends;  // an end of a pair is held while it is measured
        std::vector<QpuId> homes;
        for (const std::uint32_t s : gate->segments) {
            segments.insert(s);
            homes.push_back(home(interactions.segments[s].qubit));
            for (const QpuId node : copy_route(topology, homes.back(), site)) ends.insert(node);
        }
        int each = 1;
        if (homes.size() > 2) {  // it may be folded
            for (const QpuId a : homes)
                for (const QpuId b : homes)
                    for (const QpuId node : copy_route(topology, a, b)) ends.insert(node);
            for (const QpuId node : fold_nodes(topology, homes, site)) ends.insert(node);
            each = 2;
        }
        for (const QpuId node : ends) usage.during(node, gate->operation, gate->operation, each);
    }
    for (const std::uint32_t s : segments) {
        const Segment& segment = interactions.segments[s];
        const std::uint32_t begin = gates[segment.gates.front()].operation;
        const std::uint32_t end = gates[segment.gates.back()].operation;
        const QpuId from = home(segment.qubit);
        std::set<QpuId> nodes;
        for (const std::uint32_t g : segment.gates)
            for (const QpuId node : copy_route(topology, from, placement.site[gates[g].operation]))
                nodes.insert(node);
        if (!topology.complete())
            for (const QpuId node :
                 nested_routes(topology, interactions, placement, s, from).nodes())
                nodes.insert(node);
        nodes.erase(from);
        for (const QpuId node : nodes) usage.during(node, begin, end);
    }
    return usage.most();
}

}  // namespace carillon
