// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/problem.h"

#include <algorithm>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/workload/partition/homes.h"
#include "carillon/workload/partition/multilevel.h"
#include "carillon/workload/partition/sites.h"
#include "carillon/workload/placement/cost.h"

namespace carillon {
namespace {

constexpr int kSiteSweeps = 16;

/// Whether every vertex can be reached from the first.
bool connected(const WeightedGraph& graph) {
    std::vector<bool> seen(graph.num_vertices());
    std::vector<std::uint32_t> queue{0};
    seen[0] = true;
    for (std::size_t i = 0; i < queue.size(); ++i) {
        for (std::uint64_t e = graph.first[queue[i]]; e < graph.first[queue[i] + 1]; ++e) {
            const std::uint32_t to = graph.edges[e].to;
            if (!seen[to]) queue.push_back(to);
            seen[to] = true;
        }
    }
    return queue.size() == seen.size();
}

std::int64_t least_cost(const WeightedGraph& qubits, std::vector<std::uint32_t> rooms) {
    std::sort(rooms.rbegin(), rooms.rend());
    std::uint64_t room = 0;
    std::int64_t used = 0;
    while (room < qubits.num_vertices()) room += rooms[static_cast<std::size_t>(used++)];
    return used > 1 && connected(qubits) ? used - 1 : 0;
}

void check_fits(const Circuit& circuit, std::span<const std::uint32_t> capacity) {
    const auto room = std::accumulate(capacity.begin(), capacity.end(), std::uint64_t{0});
    if (circuit.num_qubits <= room) return;
    throw InputError("the program needs " + std::to_string(circuit.num_qubits) +
                     " qubits, the network has " + std::to_string(room) +
                     " data qubits on QPUs in service; add QPUs or data qubits");
}

}  // namespace

PartitionProblem::PartitionProblem(const Circuit& c, const Network& n, bool embedding,
                                   bool detached)
    : circuit(c),
      network(n),
      capacity(node_capacities(n)),
      topology(n),
      steiner(topology, SteinerCost::Precision::kEstimate),
      interactions(find_interactions(c)),
      embedding_(embedding),
      detached_(detached) {
    graph = limited(build_hypergraph(c, interactions, false));
    check_fits(c, capacity);
    walk = network_walk(topology, capacity);
    qubits = qubit_graph(graph);
    least = least_cost(qubits, capacity);
}

void PartitionProblem::add_time() {
    if (timed.num_operations == 0) timed = limited(build_hypergraph(circuit, interactions, true));
}

/// Without the middles that may not be used.
Hypergraph PartitionProblem::limited(Hypergraph full) const {
    full.detached = detached_;
    if (!embedding_) {
        full.middles.clear();
        full.middle_of.clear();
    }
    return full;
}

std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t index) {
    return Random(seed * 0x9e3779b97f4a7c15u ^ Random(index)())();
}

Assignment resume(Workspace& work, const Candidate& candidate) {
    const PartitionProblem& problem = work.problem;
    Assignment a(candidate.cuts.empty() ? problem.graph : problem.timed, work.steiner,
                 problem.capacity, candidate.cuts, candidate.state.homes);
    a.restore(candidate.state);
    return a;
}

Candidate with_sites(Workspace& work, std::vector<std::uint32_t> homes, std::string method) {
    Assignment a(work.problem.graph, work.steiner, work.problem.capacity, {}, std::move(homes));
    cover_sites(a);
    descend_sites(a, work.random, kSiteSweeps);
    return {a.snapshot(), {}, std::move(method)};
}

Placement to_placement(const Assignment& a) {
    const Hypergraph& graph = a.graph();
    Placement placement;
    for (std::uint32_t q = 0; q < graph.num_qubits; ++q) {
        placement.home.push_back(QpuId{a.home(0, q)});
    }
    for (std::uint32_t t = 1; t < a.num_slices(); ++t) {
        for (std::uint32_t q = 0; q < graph.num_qubits; ++q) {
            if (a.home(t, q) == a.home(t - 1, q)) continue;
            placement.moves.push_back({a.cuts()[t - 1], QubitId{q}, QpuId{a.home(t, q)}});
        }
    }
    placement.site.resize(graph.num_operations);
    for (std::uint32_t g = 0; g < graph.gates.size(); ++g) {
        placement.site[graph.gates[g].operation] = QpuId{a.site(g)};
    }
    for (std::uint32_t m = 0; a.num_kept() > 0 && m < graph.middles.size(); ++m) {
        std::vector<std::uint32_t> nodes(a.kept(m).begin(), a.kept(m).end());
        if (nodes.empty()) continue;
        std::sort(nodes.begin(), nodes.end());
        for (std::uint32_t node : nodes) {
            placement.kept.push_back({graph.middles[m].segment, QpuId{node}});
        }
        const Hypergraph::Net& net = graph.nets[graph.middles[m].net];
        const QpuId home{a.home(a.first_slice(graph.middles[m].net), net.qubit)};
        for (std::uint32_t g : graph.gates_of(net)) {
            placement.site[graph.gates[g].operation] = home;
        }
    }
    std::sort(placement.kept.begin(), placement.kept.end(),
              [](const KeptCopy& x, const KeptCopy& y) {
                  return std::pair{x.segment, x.qpu.value} < std::pair{y.segment, y.qpu.value};
              });
    return placement;
}

}  // namespace carillon
