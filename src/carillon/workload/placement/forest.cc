// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/forest.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <queue>
#include <utility>

namespace carillon {
namespace {

constexpr std::uint32_t kMark = 0xffffffff;

std::vector<std::uint32_t> sorted_set(std::span<const std::uint32_t> nodes) {
    std::vector<std::uint32_t> set(nodes.begin(), nodes.end());
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
}

/// Lowers costs along links, each by its steps, until nothing changes; all roots are one node.
void spread(const Topology& topology, const std::vector<std::uint32_t>& roots,
            std::vector<std::uint32_t>& cost) {
    using Entry = std::pair<std::uint32_t, std::uint32_t>;  // cost, node
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    const auto lower = [&](std::uint32_t node, std::uint32_t to) {
        if (cost[node] <= to) return;
        cost[node] = to;
        queue.emplace(to, node);
    };
    for (std::uint32_t v = 0; v < cost.size(); ++v) {
        if (cost[v] < ForestCost::kDisconnected) queue.emplace(cost[v], v);
    }
    while (!queue.empty()) {
        const auto [c, v] = queue.top();
        queue.pop();
        if (c > cost[v]) continue;
        if (std::binary_search(roots.begin(), roots.end(), v)) {
            for (const std::uint32_t r : roots) lower(r, c);
        }
        for (const Topology::Edge& edge : topology.neighbours(QpuId{v})) {
            lower(edge.to.value, c + edge.steps);
        }
    }
}

}  // namespace

std::uint32_t ForestCost::operator()(std::span<const std::uint32_t> given_roots,
                                     std::span<const std::uint32_t> given_receivers) {
    const std::vector<std::uint32_t> roots = sorted_set(given_roots);
    const std::vector<std::uint32_t> all = sorted_set(given_receivers);
    std::vector<std::uint32_t> receivers;
    std::set_difference(all.begin(), all.end(), roots.begin(), roots.end(),
                        std::back_inserter(receivers));
    if (receivers.empty()) return 0;
    if (topology_->complete()) return static_cast<std::uint32_t>(receivers.size());
    std::vector<std::uint32_t> key = roots;
    key.push_back(kMark);
    key.insert(key.end(), receivers.begin(), receivers.end());
    const auto [entry, fresh] = known_.try_emplace(std::move(key));
    if (fresh) {
        entry->second = receivers.size() <= kExactReceivers ? exact(roots, receivers)
                                                            : nearest_first(roots, receivers);
    }
    return entry->second;
}

/// tree[s][v]: fewest links of a tree that joins node v with the receivers of subset s, where all
/// roots count as one node.
std::uint32_t ForestCost::exact(const std::vector<std::uint32_t>& roots,
                                const std::vector<std::uint32_t>& receivers) const {
    const std::size_t subsets = std::size_t{1} << receivers.size();
    std::vector<std::vector<std::uint32_t>> tree(
        subsets, std::vector<std::uint32_t>(topology_->size(), kDisconnected));
    for (std::size_t s = 1; s < subsets; ++s) {
        for (std::size_t r = 0; r < receivers.size(); ++r) {
            if (s == std::size_t{1} << r) tree[s][receivers[r]] = 0;
        }
        for (std::size_t part = (s - 1) & s; part > s / 2; part = (part - 1) & s) {
            for (std::uint32_t v = 0; v < topology_->size(); ++v) {
                tree[s][v] = std::min(tree[s][v], tree[part][v] + tree[s ^ part][v]);
            }
        }
        spread(*topology_, roots, tree[s]);
    }
    return tree[subsets - 1][roots[0]];
}

std::uint32_t ForestCost::nearest_first(std::vector<std::uint32_t> joined,
                                        std::vector<std::uint32_t> receivers) const {
    std::uint32_t total = 0;
    while (!receivers.empty()) {
        std::sort(joined.begin(), joined.end());
        std::vector<std::uint32_t> cost(topology_->size(), kDisconnected);
        for (const std::uint32_t v : joined) cost[v] = 0;
        spread(*topology_, joined, cost);
        const auto nearest =
            std::min_element(receivers.begin(), receivers.end(),
                             [&](std::uint32_t a, std::uint32_t b) { return cost[a] < cost[b]; });
        if (cost[*nearest] >= kDisconnected) return kDisconnected;
        total += cost[*nearest];
        // Back along any way that costs as much.
        for (std::uint32_t v = *nearest; cost[v] > 0;) {
            joined.push_back(v);
            for (const Topology::Edge& edge : topology_->neighbours(QpuId{v})) {
                if (cost[edge.to.value] + edge.steps != cost[v]) continue;
                v = edge.to.value;
                break;
            }
        }
        receivers.erase(nearest);
        std::erase_if(receivers, [&](std::uint32_t r) {
            return std::find(joined.begin(), joined.end(), r) != joined.end();
        });
    }
    return total;
}

}  // namespace carillon
