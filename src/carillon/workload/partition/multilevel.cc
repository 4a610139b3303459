// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/multilevel.h"

#include <algorithm>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/workload/partition/homes.h"

namespace carillon {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint32_t kNone = 0xffffffff;

/// A group of nodes and the qubits that will live there.
struct Region {
    Ids nodes, qubits;
};

class Splitter {
  public:
    Splitter(const WeightedGraph& graph, const Topology& topology,
             std::span<const std::uint32_t> capacity, Halving halving, Random& random)
        : graph_(graph),
          topology_(topology),
          capacity_(capacity),
          halving_(halving),
          random_(random),
          centre_(graph.num_vertices(), kNone),
          local_(graph.num_vertices(), kNone) {}

    Ids run() {
        Region all;
        all.nodes = network_walk(topology_, capacity_);
        all.qubits.resize(graph_.num_vertices());
        std::iota(all.qubits.begin(), all.qubits.end(), 0);
        Ids homes(graph_.num_vertices());
        std::vector<Region> level{std::move(all)};
        while (!level.empty()) {  // breadth first, so that qubits elsewhere are equally settled
            std::vector<Region> next;
            for (Region& region : level) {
                if (region.nodes.size() > 1) {
                    split(region, next);
                } else {
                    for (std::uint32_t q : region.qubits) homes[q] = region.nodes[0];
                }
            }
            level = std::move(next);
        }
        return homes;
    }

  private:
    std::uint32_t hops(std::uint32_t a, std::uint32_t b) const {
        return std::min(topology_.cost(QpuId{a}, QpuId{b}), SteinerCost::kDisconnected);
    }

    std::uint64_t room(const Ids& nodes) const {
        std::uint64_t sum = 0;
        for (std::uint32_t v : nodes) sum += capacity_[v];
        return sum;
    }

    std::uint32_t farthest(const Ids& nodes, std::uint32_t from) const {
        return *std::max_element(nodes.begin(), nodes.end(), [&](std::uint32_t a, std::uint32_t b) {
            return hops(from, a) < hops(from, b);
        });
    }

    /// Nodes sorted from one end of the group to the other, cut where half the room is.
    std::pair<Ids, Ids> halve(Ids nodes) const {
        if (!topology_.complete() && halving_ == Halving::kByEnds) {
            const std::uint32_t a = farthest(nodes, nodes[0]), b = farthest(nodes, a);
            std::stable_sort(nodes.begin(), nodes.end(), [&](std::uint32_t x, std::uint32_t y) {
                return static_cast<std::int64_t>(hops(x, a)) - hops(x, b) <
                       static_cast<std::int64_t>(hops(y, a)) - hops(y, b);
            });
        }
        const std::uint64_t half = (room(nodes) + 1) / 2;
        std::uint64_t sum = 0;
        std::size_t cut = 0;
        while (cut + 1 < nodes.size() && (cut == 0 || sum + capacity_[nodes[cut]] <= half)) {
            sum += capacity_[nodes[cut++]];
        }
        const auto middle = nodes.begin() + static_cast<std::ptrdiff_t>(cut);
        return {Ids(nodes.begin(), middle), Ids(middle, nodes.end())};
    }

    /// The graph among the region's qubits. Partners outside pull towards the nearer half.
    WeightedGraph part_of_graph(const Region& region, std::uint32_t centre0,
                                std::uint32_t centre1) {
        WeightedGraph part;
        for (std::uint32_t i = 0; i < region.qubits.size(); ++i) local_[region.qubits[i]] = i;
        for (std::uint32_t q : region.qubits) {
            std::int64_t bias = 0;
            for (std::uint64_t e = graph_.first[q]; e < graph_.first[q + 1]; ++e) {
                const auto& [to, weight] = graph_.edges[e];
                if (local_[to] != kNone) {
                    part.edges.push_back({local_[to], weight});
                } else if (!topology_.complete() && centre_[to] != kNone) {
                    const std::uint32_t d0 = hops(centre0, centre_[to]);
                    const std::uint32_t d1 = hops(centre1, centre_[to]);
                    bias += d1 > d0 ? weight : d1 < d0 ? -weight : 0;
                }
            }
            part.first.push_back(part.edges.size());
            part.size.push_back(1);
            part.bias.push_back(bias);
        }
        for (std::uint32_t q : region.qubits) local_[q] = kNone;
        return part;
    }

    void split(const Region& region, std::vector<Region>& next) {
        Region half[2];
        std::tie(half[0].nodes, half[1].nodes) = halve(region.nodes);
        const std::uint32_t centres[2] = {half[0].nodes[half[0].nodes.size() / 2],
                                          half[1].nodes[half[1].nodes.size() / 2]};
        const std::uint64_t room0 = room(half[0].nodes), room1 = room(half[1].nodes);
        const std::uint64_t n = region.qubits.size();
        const std::vector<std::uint8_t> part =
            bisect(part_of_graph(region, centres[0], centres[1]), n > room1 ? n - room1 : 0,
                   std::min(n, room0), random_);
        for (std::uint32_t i = 0; i < n; ++i) half[part[i]].qubits.push_back(region.qubits[i]);
        for (int side : {0, 1}) {
            for (std::uint32_t q : half[side].qubits) centre_[q] = centres[side];
            if (half[side].qubits.size() > room(half[side].nodes)) {
                throw InternalError("a bisection does not fit");
            }
            if (!half[side].qubits.empty()) next.push_back(std::move(half[side]));
        }
    }

    const WeightedGraph& graph_;
    const Topology& topology_;
    std::span<const std::uint32_t> capacity_;
    Halving halving_;
    Random& random_;
    Ids centre_;  ///< by qubit: a node in the middle of its region
    Ids local_;   ///< by qubit: its index in the region being split
};

}  // namespace

WeightedGraph qubit_graph(const Hypergraph& graph) {
    // Pairs of nets that share a gate, each counted once.
    std::vector<std::uint64_t> keys;
    for (const Hypergraph::Gate& gate : graph.gates) {
        const auto nets = graph.nets_of(gate);
        for (std::size_t i = 0; i < nets.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                keys.push_back(std::uint64_t{std::min(nets[i], nets[j])} << 32 |
                               std::max(nets[i], nets[j]));
            }
        }
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

    // The same pairs as pairs of qubits, from both ends.
    std::vector<std::uint64_t> ends;
    ends.reserve(2 * keys.size());
    for (std::uint64_t key : keys) {
        const std::uint64_t a = graph.nets[key >> 32].qubit;
        const std::uint64_t b = graph.nets[key & 0xffffffff].qubit;
        ends.push_back(a << 32 | b);
        ends.push_back(b << 32 | a);
    }
    std::sort(ends.begin(), ends.end());
    WeightedGraph result;
    result.size.assign(graph.num_qubits, 1);
    result.bias.assign(graph.num_qubits, 0);
    std::size_t i = 0;
    for (std::uint64_t q = 0; q < graph.num_qubits; ++q) {
        while (i < ends.size() && ends[i] >> 32 == q) {
            const std::uint64_t key = ends[i];
            std::int64_t weight = 0;
            for (; i < ends.size() && ends[i] == key; ++i) ++weight;
            result.edges.push_back({static_cast<std::uint32_t>(key & 0xffffffff), weight});
        }
        result.first.push_back(result.edges.size());
    }
    return result;
}

std::vector<std::uint32_t> multilevel_homes(const WeightedGraph& qubits, const Topology& topology,
                                            std::span<const std::uint32_t> capacity,
                                            Halving halving, Random& random) {
    return Splitter(qubits, topology, capacity, halving, random).run();
}

}  // namespace carillon
