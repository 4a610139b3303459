// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/forest.h"

#include <algorithm>
#include <deque>
#include <iterator>

namespace carillon {
namespace {

constexpr std::uint32_t kMark = 0xffffffff;

std::vector<std::uint32_t> sorted_set(std::span<const std::uint32_t> nodes) {
    std::vector<std::uint32_t> set(nodes.begin(), nodes.end());
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
}

/// Lowers costs along links, one link each, until nothing changes; all roots are one node.
void spread(const Topology& topology, const std::vector<std::uint32_t>& roots,
            std::vector<std::uint32_t>& cost) {
    const auto merge_roots = [&] {
        std::uint32_t least = ForestCost::kDisconnected;
        for (const std::uint32_t r : roots) least = std::min(least, cost[r]);
        bool changed = false;
        for (const std::uint32_t r : roots) {
            changed = changed || cost[r] != least;
            cost[r] = least;
        }
        return changed;
    };
    merge_roots();
    do {
        // Nodes by cost, so that each is settled once: a bucket per cost.
        std::vector<std::vector<std::uint32_t>> buckets;
        for (std::uint32_t v = 0; v < cost.size(); ++v) {
            if (cost[v] >= ForestCost::kDisconnected) continue;
            if (cost[v] >= buckets.size()) buckets.resize(cost[v] + 1);
            buckets[cost[v]].push_back(v);
        }
        for (std::uint32_t c = 0; c < buckets.size(); ++c) {
            for (std::size_t i = 0; i < buckets[c].size(); ++i) {
                const std::uint32_t v = buckets[c][i];
                if (cost[v] != c) continue;
                for (const Topology::Edge& edge : topology.neighbours(QpuId{v})) {
                    if (cost[edge.to.value] <= c + 1) continue;
                    cost[edge.to.value] = c + 1;
                    if (c + 1 >= buckets.size()) buckets.resize(c + 2);
                    buckets[c + 1].push_back(edge.to.value);
                }
            }
        }
    } while (merge_roots());
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
    std::uint32_t links = 0;
    while (!receivers.empty()) {
        // Breadth first from all that is joined, to the nearest receiver.
        std::vector<std::uint32_t> from(topology_->size(), kMark);
        std::deque<std::uint32_t> queue(joined.begin(), joined.end());
        for (const std::uint32_t v : joined) from[v] = v;
        std::uint32_t found = kMark;
        while (!queue.empty() && found == kMark) {
            const std::uint32_t v = queue.front();
            queue.pop_front();
            if (std::binary_search(receivers.begin(), receivers.end(), v)) found = v;
            for (const Topology::Edge& edge : topology_->neighbours(QpuId{v})) {
                if (from[edge.to.value] != kMark) continue;
                from[edge.to.value] = v;
                queue.push_back(edge.to.value);
            }
        }
        if (found == kMark) return kDisconnected;
        receivers.erase(std::find(receivers.begin(), receivers.end(), found));
        for (std::uint32_t v = found; from[v] != v; v = from[v]) {
            joined.push_back(v);
            ++links;
        }
    }
    return links;
}

}  // namespace carillon
