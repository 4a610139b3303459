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
#include "carillon/workload/partition/moves.h"
#include "carillon/workload/partition/multilevel.h"
#include "carillon/workload/partition/sites.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {
namespace {

using Node = Assignment::Node;

constexpr int kSiteSweeps = 16;
constexpr std::uint64_t kWorkPerItem = 4'000;  ///< at low effort, per gate and qubit
/// With less work per gate than this, annealing keeps cool and only refines its start.
constexpr std::uint64_t kHotStepsPerGate = 2000;
constexpr double kCool = 0.4;
constexpr std::uint64_t kMovesShare = 4;          ///< work on moves per work on homes ...
constexpr std::size_t kManyGates = 4000;          ///< ... up to this many gates, where it pays most
constexpr std::uint64_t kMoveStepsPerGate = 200;  ///< with less, moves are not searched
constexpr std::uint32_t kMovingQubits = 16384;    ///< with more, neither

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

/// Static homes and sites, and what found them.
struct Candidate {
    Assignment::Snapshot state;
    std::string method;
};

class Partitioner {
  public:
    Partitioner(const Circuit& circuit, const Network& network, const PartitionOptions& options)
        : circuit_(circuit),
          network_(network),
          options_(options),
          capacity_(node_capacities(network)),
          topology_(network),
          steiner_(topology_, SteinerCost::Precision::kEstimate),
          interactions_(find_interactions(circuit)),
          graph_(build_hypergraph(circuit, interactions_, false)),
          random_(options.seed) {
        check_fits(circuit, capacity_);
        walk_ = network_walk(topology_, capacity_);
        qubits_ = qubit_graph(graph_);
        least_ = least_cost();
    }

    PartitionResult run() {
        const Candidate best = static_placement();
        const Assignment placed = assignment_of(best);
        PartitionResult fixed = result(to_placement(placed), best.method);
        const std::uint64_t share = graph_.gates.size() <= kManyGates ? kMovesShare : 1;
        const std::uint64_t work = share * anneal_work(options_.effort, graph_);
        const bool too_large = graph_.num_qubits > kMovingQubits ||
                               work / (graph_.gates.size() + 1) < kMoveStepsPerGate;
        const bool search = options_.method == "auto" && options_.homes.empty();
        if (!search || !options_.allow_moves || too_large || enough(placed.cost())) return fixed;
        PartitionResult moved = moving_placement(placed, best.method, work);
        return moved.cost.pairs < fixed.cost.pairs ? moved : fixed;
    }

  private:
    Assignment assignment_of(const Candidate& candidate) {
        Assignment a(graph_, steiner_, capacity_, {}, candidate.state.homes);
        a.restore(candidate.state);
        return a;
    }

    /// The better of moves searched from the best static placement and from the contiguous one,
    /// which is the better start for some programs that work their way through their qubits.
    PartitionResult moving_placement(const Assignment& placed, const std::string& method,
                                     std::uint64_t work) {
        const Hypergraph timed = build_hypergraph(circuit_, interactions_, true);
        Assignment best = anneal_moves(placed, timed, random_, work / 2, least_);
        optimise_sites(best, random_, kSiteSweeps);
        if (!enough(best.cost())) {
            const Candidate contiguous = with_sites(contiguous_homes(), "contiguous");
            Assignment other =
                anneal_moves(assignment_of(contiguous), timed, random_, work / 2, least_);
            optimise_sites(other, random_, kSiteSweeps);
            if (other.cost() < best.cost()) best = std::move(other);
        }
        return result(to_placement(best), method + ", moves");
    }

  private:
    /// Whether no placement can cost less, as far as is easily known: qubits that all hang together
    /// and need m QPUs take m - 1 pairs.
    bool enough(std::int64_t cost) const { return cost <= least_; }

    std::int64_t least_cost() const {
        std::vector<std::uint32_t> rooms = capacity_;
        std::sort(rooms.rbegin(), rooms.rend());
        std::uint64_t room = 0;
        std::int64_t used = 0;
        while (room < graph_.num_qubits) room += rooms[static_cast<std::size_t>(used++)];
        return used > 1 && connected(qubits_) ? used - 1 : 0;
    }

    Candidate static_placement() {
        if (!options_.homes.empty()) {
            return with_sites(given_homes(options_, graph_.num_qubits, capacity_), "given");
        }
        const std::string& method = options_.method;
        const bool all = method == "auto";
        if (!all && method != "contiguous" && method != "multilevel") {
            throw InputError("unknown partition method '" + method +
                             "'; use auto, contiguous or multilevel");
        }
        Candidate best;
        const auto offer = [&](const std::string& name, const auto& homes) {
            if (!best.method.empty() && enough(best.state.cost)) return;
            Candidate candidate = with_sites(homes(), name);
            const bool better = best.method.empty() || candidate.state.cost < best.state.cost;
            if (better) best = std::move(candidate);
        };
        if (all || method == "contiguous") {
            offer("contiguous", [&] { return contiguous_homes(); });
        }
        if (all) {
            offer("interaction order",
                  [&] { return fill_in_order(interaction_order(qubits_), walk_, capacity_); });
        }
        if (all || method == "multilevel") {
            for (Halving halving : {Halving::kByWalk, Halving::kByEnds}) {
                offer("multilevel", [&] {
                    return multilevel_homes(qubits_, topology_, capacity_, halving, random_);
                });
            }
        }
        return all && !enough(best.state.cost) ? annealed(std::move(best)) : best;
    }

    Candidate annealed(Candidate start) {
        Assignment a = assignment_of(start);
        AnnealOptions anneal_options;
        anneal_options.work = anneal_work(options_.effort, graph_);
        anneal_options.enough = least_;
        if (anneal_options.work / (graph_.gates.size() + 1) < kHotStepsPerGate) {
            anneal_options.hot = kCool;
            anneal_options.patience = 0.1;
        }
        anneal(a, random_, anneal_options);
        optimise_sites(a, random_, kSiteSweeps);
        if (a.cost() >= start.state.cost) return start;
        return {a.snapshot(), "annealing"};
    }

    std::vector<Node> ordered_homes() {
        return fill_in_order(interaction_order(qubits_), walk_, capacity_);
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

    const Circuit& circuit_;
    const Network& network_;
    const PartitionOptions& options_;
    std::vector<std::uint32_t> capacity_;
    Topology topology_;
    SteinerCost steiner_;
    Interactions interactions_;
    Hypergraph graph_;
    Random random_;
    std::vector<Node> walk_;  ///< nodes with room, neighbours near each other
    WeightedGraph qubits_;
    std::int64_t least_ = 0;
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
