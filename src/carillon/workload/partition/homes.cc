// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/homes.h"

#include <algorithm>
#include <numeric>

namespace carillon {
namespace {

using Order = std::vector<std::uint32_t>;

constexpr std::size_t kWalks = 8;

/// Breadth-first search from `from` for unvisited nodes with room; all of the nearest distance.
class NearestSearch {
  public:
    explicit NearestSearch(const Topology& topology)
        : topology_(topology), seen_(topology.size(), 0) {}

    Order run(std::uint32_t from, const std::vector<bool>& wanted) {
        ++round_;
        Order layer{from}, found;
        seen_[from] = round_;
        while (!layer.empty() && found.empty()) {
            Order next;
            for (std::uint32_t v : layer) {
                for (const Topology::Edge& edge : topology_.neighbours(QpuId{v})) {
                    const std::uint32_t to = edge.to.value;
                    if (seen_[to] == round_) continue;
                    seen_[to] = round_;
                    next.push_back(to);
                    if (wanted[to]) found.push_back(to);
                }
            }
            layer = std::move(next);
        }
        return found;
    }

  private:
    const Topology& topology_;
    std::vector<std::uint32_t> seen_;
    std::uint32_t round_ = 0;
};

Order walk_from(const Topology& topology, std::uint32_t start, const Order& hosts) {
    std::vector<bool> unvisited(topology.size(), false);
    for (std::uint32_t v : hosts) unvisited[v] = true;
    const auto open_neighbours = [&](std::uint32_t v) {
        const auto& edges = topology.neighbours(QpuId{v});
        return std::count_if(edges.begin(), edges.end(),
                             [&](const auto& e) { return unvisited[e.to.value]; });
    };
    NearestSearch search(topology);
    Order order{start};
    unvisited[start] = false;
    std::size_t first_open = 0;
    while (order.size() < hosts.size()) {
        Order near = search.run(order.back(), unvisited);
        if (near.empty()) {  // another component of the network
            while (!unvisited[hosts[first_open]]) ++first_open;
            near.push_back(hosts[first_open]);
        }
        const std::uint32_t next =
            *std::min_element(near.begin(), near.end(), [&](std::uint32_t a, std::uint32_t b) {
                return std::pair{open_neighbours(a), a} < std::pair{open_neighbours(b), b};
            });
        unvisited[next] = false;
        order.push_back(next);
    }
    return order;
}

std::uint64_t length(const Topology& topology, const Order& order) {
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
        sum += topology.cost(QpuId{order[i - 1]}, QpuId{order[i]});
    }
    return sum;
}

/// Breadth-first order from `start` over vertices that are not `done`.
Order layers_from(const WeightedGraph& graph, std::uint32_t start, std::vector<bool>& done) {
    const auto degree = [&](std::uint32_t v) { return graph.first[v + 1] - graph.first[v]; };
    Order order{start};
    done[start] = true;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto first_new = static_cast<std::ptrdiff_t>(order.size());
        for (std::uint64_t e = graph.first[order[i]]; e < graph.first[order[i] + 1]; ++e) {
            const std::uint32_t to = graph.edges[e].to;
            if (done[to]) continue;
            done[to] = true;
            order.push_back(to);
        }
        std::sort(order.begin() + first_new, order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return std::pair{degree(a), a} < std::pair{degree(b), b};
        });
    }
    return order;
}

}  // namespace

std::vector<std::uint32_t> interaction_order(const WeightedGraph& qubits) {
    Order order;
    std::vector<bool> done(qubits.num_vertices()), probed = done;
    for (std::uint32_t q = 0; q < qubits.num_vertices(); ++q) {
        if (done[q]) continue;
        const std::uint32_t end = layers_from(qubits, q, probed).back();
        const Order part = layers_from(qubits, end, done);
        order.insert(order.end(), part.begin(), part.end());
    }
    return order;
}

std::vector<std::uint32_t> network_walk(const Topology& topology,
                                        std::span<const std::uint32_t> capacity) {
    Order hosts;
    for (std::uint32_t v = 0; v < capacity.size(); ++v) {
        if (capacity[v] > 0) hosts.push_back(v);
    }
    Order best = hosts;
    if (topology.complete() || hosts.size() < 2) return best;
    std::uint64_t best_length = length(topology, best);
    for (std::size_t i = 0; i < kWalks && best_length > hosts.size() - 1; ++i) {
        const std::uint32_t start = hosts[i * hosts.size() / kWalks];
        Order order = walk_from(topology, start, hosts);
        const std::uint64_t order_length = length(topology, order);
        if (order_length < best_length) {
            best = std::move(order);
            best_length = order_length;
        }
    }
    return best;
}

std::vector<std::uint32_t> fill_in_order(std::span<const std::uint32_t> qubits,
                                         std::span<const std::uint32_t> order,
                                         std::span<const std::uint32_t> capacity) {
    std::vector<std::uint32_t> homes(qubits.size());
    std::size_t at = 0;
    std::uint32_t used = 0;
    for (std::uint32_t q : qubits) {
        while (used == capacity[order[at]]) {
            ++at;
            used = 0;
        }
        homes[q] = order[at];
        ++used;
    }
    return homes;
}

}  // namespace carillon
