// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/route_tree.h"

#include <algorithm>
#include <utility>

#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {

RouteTree::RouteTree(const Topology& topology, std::span<const QpuId> held,
                     std::span<const QpuId> terminals) {
    std::vector<QpuId> wanted(terminals.begin(), terminals.end());
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    const auto links = steiner_forest(topology, held, wanted);
    std::vector<QpuId> frontier(held.begin(), held.end());
    for (const QpuId root : held) parent_.emplace(root.value, QpuId{});
    while (!frontier.empty()) {
        const QpuId node = frontier.back();
        frontier.pop_back();
        for (const auto& [a, b] : links) {
            if (a != node && b != node) continue;
            const QpuId other = a == node ? b : a;
            if (parent_.emplace(other.value, node).second) frontier.push_back(other);
        }
    }
}

std::vector<QpuId> RouteTree::nodes() const {
    std::vector<QpuId> all;
    for (const auto& [node, parent] : parent_) all.emplace_back(node);
    return all;
}

void RouteTree::reroot(QpuId node) {
    if (!parent_.contains(node.value)) return;
    QpuId above = std::exchange(parent_[node.value], QpuId{});
    while (above.valid()) {
        const QpuId next = std::exchange(parent_[above.value], node);
        node = above;
        above = next;
    }
}

}  // namespace carillon
