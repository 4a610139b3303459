// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/optimality.h"

#include "carillon/workload/bounds/connectivity.h"
#include "carillon/workload/bounds/cut_bound.h"
#include "carillon/workload/bounds/integer_program.h"

namespace carillon {
namespace {

/// Bounds by default take no longer than a blink.
constexpr std::size_t kMostGates = 20'000;
constexpr std::uint32_t kMostQubits = 64;
constexpr std::size_t kMostGatesToProve = 500'000;
constexpr std::uint32_t kMostQubitsToProve = 256;

}  // namespace

Optimality find_optimality(const PartitionProblem& problem, const PartitionOptions& options,
                           std::int64_t known_cost) {
    Optimality known;
    known.any = {problem.least, BoundScope::kAny, "connectivity"};
    known.fixed = known.unfolded = known.any;
    const bool prove = options.prove_s > 0;
    if (problem.graph.gates.size() > (prove ? kMostGatesToProve : kMostGates)) {
        if (prove) known.note = "the program has too many gates for an integer program";
        return known;
    }
    const StaticModel model(problem.interactions, problem.network);
    SteinerCost steiner(model.topology);
    known.any = greater(known.any, connectivity_bound(model));
    known.fixed =
        greater(known.any, cut_bound(model, steiner, prove ? kMostQubitsToProve : kMostQubits));
    known.unfolded = known.fixed;
    if (!prove) return known;
    ExactOptions exact_options;
    exact_options.seconds = options.prove_s;
    exact_options.known_cost = known_cost;
    ExactResult exact = solve_static(problem.interactions, problem.network, exact_options);
    known.unfolded = greater(known.fixed, exact.bound);
    if (exact.bound.scope != BoundScope::kStaticUnfolded) known.fixed = known.unfolded;
    known.unfolded_solved = exact.solved;
    known.placement = std::move(exact.placement);
    known.note = std::move(exact.note);
    return known;
}

void add_optimality(PartitionResult& result, const Optimality& known, bool only_static) {
    const auto cost = static_cast<std::int64_t>(result.cost.with_folding());
    const bool fixed = result.placement.moves.empty() && result.placement.kept.empty();
    check_bound(known.any, cost);
    if (fixed) {
        check_bound(known.fixed, cost);
        check_bound(known.unfolded, static_cast<std::int64_t>(result.cost.pairs));
    }
    result.bound = only_static ? known.fixed : known.any;
    result.static_bound = known.unfolded;
    result.static_bound_is_optimum = known.unfolded_solved;
    result.bound_note = known.note;
    result.set_cost(result.cost);
}

void PartitionResult::set_cost(const PlacementCost& other) {
    cost = other;
    const auto spent = static_cast<std::int64_t>(cost.with_folding());
    gap = optimality_gap(bound.cost, spent);
    optimal = spent <= bound.cost;
}

}  // namespace carillon
