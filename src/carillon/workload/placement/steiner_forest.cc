// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/steiner_forest.h"

#include <algorithm>
#include <bit>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::size_t kMaskNodes = 12;  ///< SteinerCost has a table up to here
constexpr std::size_t kCacheEntries = 1u << 20;

std::vector<std::uint32_t> mask_nodes(std::uint32_t mask) {
    std::vector<std::uint32_t> nodes;
    for (; mask != 0; mask &= mask - 1) {
        nodes.push_back(static_cast<std::uint32_t>(std::countr_zero(mask)));
    }
    return nodes;
}

/// The cheapest way from a node to a held neighbour, the one with the smallest number among equals;
/// nullptr when it has none.
const Topology::Edge* held_neighbour(const Topology& topology, std::span<const QpuId> held,
                                     QpuId node) {
    const Topology::Edge* best = nullptr;
    for (const Topology::Edge& edge : topology.neighbours(node)) {
        if (std::find(held.begin(), held.end(), edge.to) == held.end()) continue;
        if (!best ||
            std::pair{edge.steps, edge.to.value} < std::pair{best->steps, best->to.value}) {
            best = &edge;
        }
    }
    return best;
}

Link priced_link(std::uint32_t a, std::uint32_t b, std::uint32_t steps) {
    Link link;
    link.a = QpuId{a};
    link.b = QpuId{b};
    link.pair_cost = steps;
    return link;
}

/// A network whose first node stands for all of `held`, and what its other nodes stand for.
struct Contracted {
    Network network;
    std::vector<QpuId> original;         ///< by node of `network`; the first is none
    std::vector<std::uint32_t> node_of;  ///< by original node
};

Contracted contract(const Topology& topology, std::span<const QpuId> held) {
    Contracted result;
    result.node_of.resize(topology.size());
    result.original.push_back(QpuId{});
    for (std::uint32_t v = 0; v < topology.size(); ++v) {
        if (std::find(held.begin(), held.end(), QpuId{v}) != held.end()) continue;
        result.node_of[v] = static_cast<std::uint32_t>(result.original.size());
        result.original.push_back(QpuId{v});
    }
    result.network.nodes.resize(result.original.size());
    for (std::uint32_t v = 0; v < topology.size(); ++v) {
        const std::uint32_t a = result.node_of[v];
        if (a == 0) continue;
        const Topology::Edge* cheapest = held_neighbour(topology, held, QpuId{v});
        if (cheapest) result.network.links.push_back(priced_link(a, 0, cheapest->steps));
        for (const Topology::Edge& edge : topology.neighbours(QpuId{v})) {
            const std::uint32_t b = result.node_of[edge.to.value];
            if (b > a) result.network.links.push_back(priced_link(a, b, edge.steps));
        }
    }
    return result;
}

}  // namespace

std::vector<std::pair<QpuId, QpuId>> steiner_forest(const Topology& topology,
                                                    std::span<const QpuId> held,
                                                    std::span<const QpuId> terminals) {
    if (held.empty()) throw InternalError("a forest needs a node to start from");
    std::vector<QpuId> wanted{held[0]};
    for (QpuId t : terminals) {
        if (std::find(held.begin(), held.end(), t) == held.end()) wanted.push_back(t);
    }
    if (held.size() == 1 || wanted.size() == 1) return steiner_tree(topology, wanted);

    const Contracted contracted = contract(topology, held);
    wanted[0] = QpuId{0};
    for (std::size_t i = 1; i < wanted.size(); ++i) {
        wanted[i] = QpuId{contracted.node_of[wanted[i].value]};
    }
    auto links = steiner_tree(Topology(contracted.network), wanted);
    for (auto& [from, to] : links) {
        to = contracted.original[to.value];
        from = from.value == 0 ? held_neighbour(topology, held, to)->to
                               : contracted.original[from.value];
    }
    return links;
}

std::uint32_t JoinCost::operator()(std::span<const std::uint32_t> held,
                                   std::span<const std::uint32_t> nodes) {
    if (held.size() == nodes.size()) return 0;
    if (steiner_->complete()) return static_cast<std::uint32_t>(nodes.size() - held.size());
    if (held.size() == 1) return (*steiner_)(nodes);
    if (steiner_->topology().size() > kMaskNodes) {
        return steiner_->estimates() ? estimate(held, nodes) : from_tree(held, nodes);
    }
    std::uint32_t from = 0, all = 0;
    for (std::uint32_t v : held) from |= 1u << v;
    for (std::uint32_t v : nodes) all |= 1u << v;
    return from_table(from, all);
}

/// Each held node gets the tree of some of the nodes; the best division is found node by node.
std::uint32_t JoinCost::from_table(std::uint32_t held, std::uint32_t nodes) {
    if (std::has_single_bit(held)) return (*steiner_)(mask_nodes(nodes));
    const std::uint64_t key = (std::uint64_t{held} << 32) | nodes;
    if (const auto found = small_.find(key); found != small_.end()) return found->second;
    const std::uint32_t first = held & (~held + 1), open = nodes & ~held;
    std::uint32_t best = 0xffffffff;
    for (std::uint32_t part = open;; part = (part - 1) & open) {
        const std::uint32_t rest = from_table(held & ~first, nodes & ~(first | part));
        best = std::min(best, rest + (*steiner_)(mask_nodes(first | part)));
        if (part == 0) break;
    }
    small_.emplace(key, best);
    return best;
}

std::uint32_t JoinCost::from_tree(std::span<const std::uint32_t> held,
                                  std::span<const std::uint32_t> nodes) {
    std::vector<std::uint32_t> a(held.begin(), held.end()), b(nodes.begin(), nodes.end());
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::string key;
    for (std::uint32_t v : a) key += std::to_string(v) + ' ';
    for (std::uint32_t v : b) key += ',' + std::to_string(v);
    if (const auto found = large_.find(key); found != large_.end()) return found->second;

    std::vector<QpuId> from, to;
    for (std::uint32_t v : a) from.push_back(QpuId{v});
    std::uint32_t cost = 0;
    for (std::uint32_t v : b) {
        const bool reached = std::any_of(a.begin(), a.end(), [&](std::uint32_t h) {
            return steiner_->distance(h, v) < SteinerCost::kDisconnected;
        });
        if (reached) {
            to.push_back(QpuId{v});
        } else {
            cost += SteinerCost::kDisconnected;
        }
    }
    cost += tree_cost(steiner_->topology(), steiner_forest(steiner_->topology(), from, to));
    if (large_.size() >= kCacheEntries) large_.clear();
    large_.emplace(std::move(key), cost);
    return cost;
}

/// A spanning tree of the distances that grows from the held nodes (Prim).
std::uint32_t JoinCost::estimate(std::span<const std::uint32_t> held,
                                 std::span<const std::uint32_t> nodes) const {
    std::vector<std::uint32_t> open, nearest;
    for (std::uint32_t v : nodes) {
        if (std::find(held.begin(), held.end(), v) != held.end()) continue;
        open.push_back(v);
        nearest.push_back(SteinerCost::kDisconnected);
        for (std::uint32_t h : held) {
            nearest.back() = std::min(nearest.back(), steiner_->distance(h, v));
        }
    }
    std::uint32_t sum = 0;
    while (!open.empty()) {
        const auto next = std::min_element(nearest.begin(), nearest.end()) - nearest.begin();
        const auto at = static_cast<std::size_t>(next);
        const std::uint32_t joined = open[at];
        sum += nearest[at];
        open.erase(open.begin() + next);
        nearest.erase(nearest.begin() + next);
        for (std::size_t i = 0; i < open.size(); ++i) {
            nearest[i] = std::min(nearest[i], steiner_->distance(joined, open[i]));
        }
    }
    return sum;
}

}  // namespace carillon
