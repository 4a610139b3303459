// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/partition.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "carillon/base/error.h"
#include "carillon/workload/partition/anneal.h"
#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/homes.h"
#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/partition/multilevel.h"
#include "carillon/workload/partition/sites.h"
#include "carillon/workload/partition/steiner.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

constexpr int kSiteSweeps = 16;
constexpr std::uint64_t kWorkPerItem = 4'000;  ///< at low effort, per gate and qubit
/// With less work per gate than this, annealing keeps cool and only refines its start.
constexpr std::uint64_t kHotStepsPerGate = 2000;
constexpr double kLargeHot = 0.4;

/// Steps of work for annealing: a fixed number, less for small programs.
std::uint64_t anneal_work(Effort effort, const Hypergraph& graph) {
    const std::uint64_t factor = effort == Effort::kLow ? 1 : effort == Effort::kNormal ? 10 : 100;
    return factor * std::min<std::uint64_t>(4'000'000,
                                            kWorkPerItem * (graph.gates.size() + graph.num_qubits));
}

void check_fits(const Circuit& circuit, std::span<const std::uint32_t> capacity) {
    const auto room = std::accumulate(capacity.begin(), capacity.end(), std::uint64_t{0});
    if (circuit.num_qubits <= room) return;
    throw InputError("the program needs " + std::to_string(circuit.num_qubits) +
                     " qubits, the network has " + std::to_string(room) +
                     " data qubits on QPUs in service; add QPUs or data qubits");
}

std::vector<Node> given_homes(const PartitionOptions& options, std::uint32_t num_qubits,
                              std::span<const std::uint32_t> capacity) {
    if (options.homes.size() != num_qubits) {
        throw InputError("homes are given for " + std::to_string(options.homes.size()) +
                         " qubits, the program has " + std::to_string(num_qubits));
    }
    std::vector<Node> homes;
    std::vector<std::uint32_t> used(capacity.size());
    for (QpuId home : options.homes) {
        if (home.value >= capacity.size()) {
            throw InputError("homes: there is no node " + std::to_string(home.value) +
                             " in a network of " + std::to_string(capacity.size()));
        }
        if (++used[home.value] > capacity[home.value]) {
            throw InputError("homes: node " + std::to_string(home.value) + " has room for " +
                             std::to_string(capacity[home.value]) + " qubits, more are assigned");
        }
        homes.push_back(home.value);
    }
    return homes;
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
    return placement;
}

/// A placement and what it costs.
struct Candidate {
    Assignment::Snapshot state;
    std::string method;
};

class Partitioner {
  public:
    Partitioner(const Circuit& circuit, const Network& network, const PartitionOptions& options)
        : network_(network),
          options_(options),
          capacity_(node_capacities(network)),
          topology_(network),
          steiner_(topology_, SteinerCost::Precision::kEstimate),
          interactions_(find_interactions(circuit)),
          graph_(build_hypergraph(circuit, interactions_, false)),
          random_(options.seed) {
        check_fits(circuit, capacity_);
        walk_ = network_walk(topology_, capacity_);
    }

    PartitionResult run() {
        const Candidate best = static_placement();
        return result(placement_of(best), best.method);
    }

  private:
    Placement placement_of(const Candidate& candidate) {
        Assignment a(graph_, steiner_, capacity_, {}, candidate.state.homes);
        a.restore(candidate.state);
        return to_placement(a);
    }

    Candidate static_placement() {
        if (!options_.homes.empty()) {
            return with_sites(given_homes(options_, graph_.num_qubits, capacity_), "given");
        }
        const bool all = options_.method == "auto" || options_.method == "anneal";
        if (!all && options_.method != "contiguous" && options_.method != "multilevel") {
            throw InputError("unknown partition method '" + options_.method +
                             "'; use auto, contiguous, multilevel or anneal");
        }
        if (options_.method == "contiguous") return with_sites(contiguous_homes(), "contiguous");
        Candidate best;
        const auto offer = [&best](Candidate candidate) {
            const bool better = best.method.empty() || candidate.state.cost < best.state.cost;
            if (better) best = std::move(candidate);
        };
        const WeightedGraph qubits = qubit_graph(graph_);
        if (all) {
            offer(with_sites(contiguous_homes(), "contiguous"));
            offer(with_sites(fill_in_order(interaction_order(qubits), walk_, capacity_),
                             "interaction order"));
        }
        for (Halving halving : {Halving::kByWalk, Halving::kByEnds}) {
            offer(with_sites(multilevel_homes(qubits, topology_, capacity_, halving, random_),
                             "multilevel"));
        }
        return all && best.state.cost > 0 ? annealed(std::move(best)) : best;
    }

    Candidate annealed(Candidate start) {
        Assignment a(graph_, steiner_, capacity_, {}, start.state.homes);
        a.restore(start.state);
        const std::uint64_t work = anneal_work(options_.effort, graph_);
        const bool large = work / (graph_.gates.size() + 1) < kHotStepsPerGate;
        anneal(a, random_, {.hot = large ? kLargeHot : 0, .work = work});
        optimise_sites(a, random_, kSiteSweeps);
        if (a.cost() >= start.state.cost) return start;
        return {a.snapshot(), "anneal"};
    }

    std::vector<Node> contiguous_homes() {
        std::vector<std::uint32_t> qubits(graph_.num_qubits);
        std::iota(qubits.begin(), qubits.end(), 0);
        return fill_in_order(qubits, walk_, capacity_);
    }

    Candidate with_sites(std::vector<Node> homes, std::string method) {
        Assignment a(graph_, steiner_, capacity_, {}, std::move(homes));
        cover_sites(a);
        descend_sites(a, random_, kSiteSweeps);
        return {a.snapshot(), std::move(method)};
    }

    PartitionResult result(Placement placement, std::string method) {
        check_placement(interactions_, network_, placement);
        PlacementCost cost = placement_cost(interactions_, network_, placement);
        if (cost.pairs >= SteinerCost::kDisconnected) check_connected(placement);
        return {std::move(placement), cost, std::move(method)};
    }

    void check_connected(const Placement& placement) {
        for (QpuId home : placement.home) {
            steiner_tree(topology_, std::vector<QpuId>{placement.home[0], home});
        }
    }

    const Network& network_;
    const PartitionOptions& options_;
    std::vector<std::uint32_t> capacity_;
    Topology topology_;
    SteinerCost steiner_;
    Interactions interactions_;
    Hypergraph graph_;
    Random random_;
    std::vector<Node> walk_;  ///< nodes with room, neighbours near each other
};

}  // namespace

Effort effort_from_name(std::string_view name) {
    if (name == "low") return Effort::kLow;
    if (name == "normal") return Effort::kNormal;
    if (name == "high") return Effort::kHigh;
    throw InputError("unknown effort '" + std::string(name) + "'; use low, normal or high");
}

PartitionResult partition(const Circuit& lowered, const Network& network,
                          const PartitionOptions& options) {
    return Partitioner(lowered, network, options).run();
}

}  // namespace carillon
