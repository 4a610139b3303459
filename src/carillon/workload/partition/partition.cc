// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/partition.h"

#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/partition/optimality.h"
#include "carillon/workload/partition/portfolio.h"
#include "carillon/workload/partition/problem.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {
namespace {

std::vector<std::uint32_t> given_homes(const PartitionOptions& options, std::uint32_t num_qubits,
                                       std::span<const std::uint32_t> capacity) {
    if (options.homes.size() != num_qubits) {
        throw InputError("homes are given for " + std::to_string(options.homes.size()) +
                         " qubits, the program has " + std::to_string(num_qubits));
    }
    std::vector<std::uint32_t> homes;
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

[[noreturn]] void refuse_method(const std::string& method) {
    for (const AbsentMember& absent : absent_members()) {
        if (absent.name != method) continue;
        throw InputError("this build has no partitioner '" + method + "'; install " +
                         std::string(absent.package) + " and build again");
    }
    std::string known = "auto, portfolio";
    std::set<std::string> listed;
    for (const Member& member : all_members()) {
        if (listed.insert(member.name).second) known += ", " + member.name;
    }
    throw InputError("unknown partition method '" + method + "'; use one of " + known);
}

PortfolioPlan plan_for(const PartitionProblem& problem, const PartitionOptions& options) {
    PortfolioPlan plan;
    if (!options.homes.empty()) {
        const auto homes = given_homes(options, problem.graph.num_qubits, problem.capacity);
        plan.members = {{"given", [homes](Workspace&) { return homes; }}};
    } else if (options.method == "auto" || options.method == "portfolio") {
        const bool wide = options.method == "portfolio" || options.effort == Effort::kHigh ||
                          options.time_limit_s > 0;
        plan = portfolio_plan(problem, options, wide);
    } else {
        plan.members = members_named(options.method);
        if (plan.members.empty()) refuse_method(options.method);
    }
    return plan;
}

/// Throws what says that homes are not joined, if they are not.
void check_connected(const PartitionProblem& problem, const Placement& placement) {
    for (QpuId home : placement.home) {
        steiner_tree(problem.topology, std::vector<QpuId>{placement.home[0], home});
    }
}

/// The placement with its exact cost, checked.
PartitionResult priced(const PartitionProblem& problem, Placement placement, std::string method) {
    PartitionResult result;
    result.placement = std::move(placement);
    result.method = std::move(method);
    check_placement(problem.interactions, problem.network, result.placement);
    result.cost = placement_cost(problem.interactions, problem.network, result.placement);
    if (result.cost.pairs >= SteinerCost::kDisconnected) check_connected(problem, result.placement);
    return result;
}

PartitionResult priced(const PartitionProblem& problem, const Candidate& candidate) {
    Workspace work(problem, 0);
    return priced(problem, to_placement(resume(work, candidate)), candidate.method);
}

void keep_better(PartitionResult& best, PartitionResult other) {
    if (other.cost.with_folding() < best.cost.with_folding()) best = std::move(other);
}

}  // namespace

PartitionResult partition(const Circuit& lowered, const Network& network,
                          const PartitionOptions& options) {
    PartitionProblem problem(lowered, network, options.embedding, options.detached);
    PortfolioResult found = run_portfolio(problem, plan_for(problem, options), options);
    PartitionResult result = priced(problem, found.still);
    const std::int64_t known =
        result.placement.kept.empty() ? static_cast<std::int64_t>(result.cost.pairs) : -1;
    if (!found.moving.method.empty()) keep_better(result, priced(problem, found.moving));
    Optimality optimality = find_optimality(problem, options, known);
    if (optimality.placement && options.homes.empty()) {
        keep_better(result, priced(problem, std::move(*optimality.placement), "integer program"));
    }
    add_optimality(result, optimality, !options.allow_moves && !options.embedding);
    result.members = std::move(found.members);
    result.diversity = found.diversity;
    return result;
}

}  // namespace carillon
