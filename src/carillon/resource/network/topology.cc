// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "carillon/base/error.h"
#include "carillon/resource/network/network.h"

namespace carillon {

namespace {

/// Every node has every other as a neighbour; lists are sorted by node and may hold parallel links.
bool all_joined(const std::vector<std::vector<Topology::Edge>>& adjacency) {
    const std::size_t n = adjacency.size();
    for (const auto& edges : adjacency) {
        if (edges.size() + 1 < n) return false;
    }
    for (const auto& edges : adjacency) {
        std::size_t distinct = 0;
        QpuId last;
        for (const Topology::Edge& e : edges) {
            distinct += e.to != last;
            last = e.to;
        }
        if (distinct + 1 < n) return false;
    }
    return true;
}

}  // namespace

Topology::Topology(const Network& network)
    : adjacency_(network.nodes.size()), rows_(network.nodes.size()) {
    for (std::size_t i = 0; i < network.links.size(); ++i) {
        const Link& link = network.links[i];
        const auto a = static_cast<std::size_t>(link.a), b = static_cast<std::size_t>(link.b);
        if (a >= size() || b >= size() || a == b) {
            throw InputError("network \"" + network.name + "\": link " + std::to_string(i) +
                             " does not join two of its nodes");
        }
        adjacency_[a].push_back({link.b, LinkId{i}});
        adjacency_[b].push_back({link.a, LinkId{i}});
    }
    auto order = [&](const Edge& e) {
        return std::make_tuple(e.to, mean_pair_time_ns(network.link(e.link)), e.link);
    };
    for (auto& edges : adjacency_) {
        std::sort(edges.begin(), edges.end(),
                  [&](const Edge& x, const Edge& y) { return order(x) < order(y); });
    }
    complete_ = all_joined(adjacency_);
}

std::uint32_t Topology::distance(QpuId a, QpuId b) const {
    if (a == b) return 0;
    if (complete_) return 1;
    const auto& other = rows_[static_cast<std::size_t>(b)];
    if (!other.empty()) return other[static_cast<std::size_t>(a)];
    return row(a)[static_cast<std::size_t>(b)];
}

std::vector<QpuId> Topology::path(QpuId a, QpuId b) const {
    if (a == b) return {a};
    if (complete_) return {a, b};
    const auto& hops = row(b);
    if (hops[static_cast<std::size_t>(a)] == kUnreachable) return {};
    std::vector<QpuId> nodes = {a};
    while (nodes.back() != b) {
        const std::uint32_t left = hops[static_cast<std::size_t>(nodes.back())];
        for (const Edge& e : neighbours(nodes.back())) {
            if (hops[static_cast<std::size_t>(e.to)] + 1 == left) {
                nodes.push_back(e.to);
                break;
            }
        }
    }
    return nodes;
}

LinkId Topology::link_between(QpuId a, QpuId b) const {
    const auto& edges = neighbours(a);
    const auto it = std::lower_bound(edges.begin(), edges.end(), b,
                                     [](const Edge& e, QpuId node) { return e.to < node; });
    return it != edges.end() && it->to == b ? it->link : LinkId{};
}

const std::vector<std::uint32_t>& Topology::row(QpuId from) const {
    auto& hops = rows_[static_cast<std::size_t>(from)];
    if (!hops.empty()) return hops;
    hops.assign(size(), kUnreachable);
    hops[static_cast<std::size_t>(from)] = 0;
    std::vector<QpuId> queue = {from};
    for (std::size_t head = 0; head < queue.size(); ++head) {
        const std::uint32_t next = hops[static_cast<std::size_t>(queue[head])] + 1;
        for (const Edge& e : neighbours(queue[head])) {
            auto& d = hops[static_cast<std::size_t>(e.to)];
            if (d != kUnreachable) continue;
            d = next;
            queue.push_back(e.to);
        }
    }
    return hops;
}

}  // namespace carillon
