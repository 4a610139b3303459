// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>

#include "carillon/base/error.h"
#include "carillon/resource/network/network.h"

namespace carillon {

namespace {

constexpr double kNoPairs = std::numeric_limits<double>::infinity();

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
    : prices_(network),
      adjacency_(network.nodes.size()),
      rows_(network.nodes.size()),
      cost_rows_(prices_.uniform() ? 0 : network.nodes.size()) {
    for (std::size_t i = 0; i < network.links.size(); ++i) {
        const Link& link = network.links[i];
        const auto a = static_cast<std::size_t>(link.a), b = static_cast<std::size_t>(link.b);
        if (a >= size() || b >= size() || a == b) {
            throw InputError("network \"" + network.name + "\": link " + std::to_string(i) +
                             " does not join two of its nodes");
        }
        const std::uint32_t steps = prices_.steps(LinkId{i});
        const Carrier carrier = cheaper_carrier(link);
        adjacency_[a].push_back({link.b, LinkId{i}, steps, carrier});
        adjacency_[b].push_back({link.a, LinkId{i}, steps, carrier});
        pair_price_.push_back(link.makes_pairs() ? link.pair_cost : kNoPairs);
    }
    auto order = [&](const Edge& e) {
        const Link& link = network.link(e.link);
        const double time =
            e.carrier == Carrier::kPair ? mean_pair_time_ns(link) : link.transfer_time_ns;
        return std::make_tuple(e.to, e.steps, time, e.link);
    };
    for (auto& edges : adjacency_) {
        std::sort(edges.begin(), edges.end(),
                  [&](const Edge& x, const Edge& y) { return order(x) < order(y); });
    }
    complete_ = prices_.uniform() && all_joined(adjacency_);
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

std::uint32_t Topology::cost(QpuId a, QpuId b) const {
    if (prices_.uniform()) return distance(a, b);
    const auto& other = cost_rows_[static_cast<std::size_t>(b)];
    if (!other.empty()) return other[static_cast<std::size_t>(a)];
    return cost_row(a)[static_cast<std::size_t>(b)];
}

std::vector<QpuId> Topology::cheapest_path(QpuId a, QpuId b) const {
    if (prices_.uniform()) return path(a, b);
    const auto& costs = cost_row(b);
    if (costs[static_cast<std::size_t>(a)] == kUnreachable) return {};
    std::vector<QpuId> nodes = {a};
    while (nodes.back() != b) {
        const std::uint32_t left = costs[static_cast<std::size_t>(nodes.back())];
        for (const Edge& e : neighbours(nodes.back())) {
            if (costs[static_cast<std::size_t>(e.to)] + e.steps == left) {
                nodes.push_back(e.to);
                break;
            }
        }
    }
    return nodes;
}

const Topology::Edge* Topology::crossing(QpuId a, QpuId b) const {
    const auto& edges = neighbours(a);
    const auto it = std::lower_bound(edges.begin(), edges.end(), b,
                                     [](const Edge& e, QpuId node) { return e.to < node; });
    return it != edges.end() && it->to == b ? &*it : nullptr;
}

LinkId Topology::link_between(QpuId a, QpuId b) const {
    const Edge* edge = crossing(a, b);
    if (edge == nullptr) return {};
    const Edge* const end = neighbours(a).data() + neighbours(a).size();
    LinkId best;
    double price = kNoPairs;
    for (; edge != end && edge->to == b; ++edge) {
        const double here = pair_price_[static_cast<std::size_t>(edge->link)];
        if (here >= price) continue;
        best = edge->link;
        price = here;
    }
    return best;
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

/// Dijkstra.
const std::vector<std::uint32_t>& Topology::cost_row(QpuId from) const {
    auto& costs = cost_rows_[static_cast<std::size_t>(from)];
    if (!costs.empty()) return costs;
    costs.assign(size(), kUnreachable);
    costs[static_cast<std::size_t>(from)] = 0;
    using Open = std::pair<std::uint32_t, std::uint32_t>;  // cost, node
    std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
    open.emplace(0, from.value);
    while (!open.empty()) {
        const auto [cost, node] = open.top();
        open.pop();
        if (cost > costs[node]) continue;
        for (const Edge& e : neighbours(QpuId{node})) {
            auto& there = costs[static_cast<std::size_t>(e.to)];
            if (cost + e.steps >= there) continue;
            there = cost + e.steps;
            open.emplace(there, e.to.value);
        }
    }
    return costs;
}

}  // namespace carillon
