// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/member.h"

#ifdef CARILLON_HAS_SCOTCH

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <numeric>
//
#include <scotch.h>

#include "carillon/base/error.h"
#include "carillon/workload/partition/fit.h"

namespace carillon {
namespace {

void require(int status, const char* what) {
    if (status != 0) throw InternalError(std::string("Scotch: ") + what + " failed");
}

/// Owners of Scotch's structures, whose types are opaque blocks.
struct Graph {
    Graph() { require(SCOTCH_graphInit(&it), "a graph"); }
    ~Graph() { SCOTCH_graphExit(&it); }
    SCOTCH_Graph it;
};
struct Architecture {
    Architecture() { require(SCOTCH_archInit(&it), "an architecture"); }
    ~Architecture() { SCOTCH_archExit(&it); }
    SCOTCH_Arch it;
};
struct Strategy {
    Strategy() { require(SCOTCH_stratInit(&it), "a strategy"); }
    ~Strategy() { SCOTCH_stratExit(&it); }
    SCOTCH_Strat it;
};

/// Arrays of a graph; they must outlive it.
struct Arrays {
    std::vector<SCOTCH_Num> first{0}, to, edge_weight, vertex_weight;

    void build(Graph& graph) {
        require(SCOTCH_graphBuild(
                    &graph.it, 0, static_cast<SCOTCH_Num>(first.size() - 1), first.data(), nullptr,
                    vertex_weight.empty() ? nullptr : vertex_weight.data(), nullptr,
                    static_cast<SCOTCH_Num>(to.size()), to.data(), edge_weight.data()),
                "building a graph");
    }
};

Arrays qubit_arrays(const WeightedGraph& graph) {
    constexpr std::int64_t kMost = 1 << 20;
    Arrays arrays;
    for (std::uint32_t v = 0; v < graph.num_vertices(); ++v) {
        for (std::uint64_t e = graph.first[v]; e < graph.first[v + 1]; ++e) {
            arrays.to.push_back(static_cast<SCOTCH_Num>(graph.edges[e].to));
            arrays.edge_weight.push_back(
                static_cast<SCOTCH_Num>(std::min(graph.edges[e].weight, kMost)));
        }
        arrays.first.push_back(static_cast<SCOTCH_Num>(arrays.to.size()));
    }
    return arrays;
}

/// The network among nodes with room; nodes without lengthen the edge across them.
Arrays network_arrays(const PartitionProblem& p, const Topology& topology) {
    Arrays arrays;
    for (std::uint32_t a : p.walk) {
        for (std::size_t i = 0; i < p.walk.size(); ++i) {
            const std::uint32_t cost = topology.cost(QpuId{a}, QpuId{p.walk[i]});
            if (cost == Topology::kUnreachable) {
                throw InternalError("Scotch maps on connected networks only");
            }
            if (p.walk[i] == a) continue;
            const std::vector<QpuId> path = topology.cheapest_path(QpuId{a}, QpuId{p.walk[i]});
            const bool direct = std::all_of(path.begin() + 1, path.end() - 1,
                                            [&](QpuId v) { return p.capacity[v.value] == 0; });
            if (!direct) continue;
            arrays.to.push_back(static_cast<SCOTCH_Num>(i));
            arrays.edge_weight.push_back(static_cast<SCOTCH_Num>(cost));
        }
        arrays.first.push_back(static_cast<SCOTCH_Num>(arrays.to.size()));
        arrays.vertex_weight.push_back(static_cast<SCOTCH_Num>(p.capacity[a]));
    }
    return arrays;
}

void build_architecture(Architecture& target, const PartitionProblem& p, const Topology& topology,
                        Graph& network, Arrays& arrays, Strategy& strategy) {
    const auto parts = static_cast<SCOTCH_Num>(p.walk.size());
    if (topology.complete()) {
        std::vector<SCOTCH_Num> weight;
        for (std::uint32_t v : p.walk) weight.push_back(static_cast<SCOTCH_Num>(p.capacity[v]));
        require(SCOTCH_archCmpltw(&target.it, parts, weight.data()), "a complete architecture");
        return;
    }
    arrays = network_arrays(p, topology);
    arrays.build(network);
    require(SCOTCH_archBuild0(&target.it, &network.it, 0, nullptr, &strategy.it),
            "an architecture of the network");
}

}  // namespace

bool have_scotch() {
    return true;
}

std::vector<std::uint32_t> scotch_homes(Workspace& work) {
    static std::mutex one_at_a_time;  // Scotch's random numbers are global
    const std::lock_guard lock(one_at_a_time);
    const PartitionProblem& p = work.problem;
    std::vector<std::uint32_t> homes(p.graph.num_qubits, p.walk.empty() ? 0 : p.walk[0]);
    if (p.walk.size() < 2 || homes.empty()) return homes;
    SCOTCH_randomSeed(static_cast<SCOTCH_Num>(work.random.below(1u << 30)));
    SCOTCH_randomReset();

    Arrays qubits = qubit_arrays(p.qubits), links;
    Graph source, network;
    Architecture target;
    Strategy strategy, for_architecture;
    qubits.build(source);
    build_architecture(target, p, work.topology, network, links, for_architecture);
    const double spare = std::max(
        0.001, static_cast<double>(std::accumulate(p.capacity.begin(), p.capacity.end(), 0.0)) /
                       static_cast<double>(homes.size()) -
                   1);
    require(SCOTCH_stratGraphMapBuild(&strategy.it, SCOTCH_STRATQUALITY,
                                      static_cast<SCOTCH_Num>(p.walk.size()), spare),
            "a strategy");
    std::vector<SCOTCH_Num> part(homes.size());
    require(SCOTCH_graphMap(&source.it, &target.it, &strategy.it, part.data()), "mapping");
    for (std::size_t q = 0; q < homes.size(); ++q) {
        homes[q] = p.walk[static_cast<std::size_t>(part[q])];
    }
    return fit(p.qubits, std::move(homes), p.capacity);
}

}  // namespace carillon

#else

#include "carillon/base/error.h"

namespace carillon {

bool have_scotch() {
    return false;
}

std::vector<std::uint32_t> scotch_homes(Workspace&) {
    throw InternalError("this build has no Scotch");
}

}  // namespace carillon

#endif
