// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/choose_sites.h"

#include <vector>

#include "carillon/workload/partition/problem.h"
#include "carillon/workload/partition/sites.h"
#include "carillon/workload/placement/cost.h"

namespace carillon {
namespace {

constexpr int kSweeps = 16;

/// Homes by slice and qubit, cut at the positions of moves.
std::vector<Assignment::Node> homes_by_slice(const Placement& placement,
                                             std::vector<std::uint32_t>& cuts) {
    std::vector<Assignment::Node> home;
    for (const QpuId h : placement.home) home.push_back(h.value);
    std::vector<Assignment::Node> all = home;
    for (std::size_t i = 0; i < placement.moves.size();) {
        cuts.push_back(placement.moves[i].position);
        for (; i < placement.moves.size() && placement.moves[i].position == cuts.back(); ++i) {
            home[placement.moves[i].qubit.value] = placement.moves[i].to.value;
        }
        all.insert(all.end(), home.begin(), home.end());
    }
    return all;
}

}  // namespace

void choose_sites(const Circuit& lowered, const Network& network, Placement& placement,
                  std::uint64_t seed) {
    PartitionProblem problem(lowered, network);
    if (!placement.moves.empty()) problem.add_time();
    Workspace work(problem, seed);
    std::vector<std::uint32_t> cuts;
    std::vector<Assignment::Node> homes = homes_by_slice(placement, cuts);
    Assignment a(placement.moves.empty() ? problem.graph : problem.timed, work.steiner,
                 problem.capacity, std::move(cuts), std::move(homes));
    optimise_sites(a, work.random, kSweeps);
    placement.site.assign(problem.interactions.num_operations, QpuId{});
    for (std::uint32_t g = 0; g < a.graph().gates.size(); ++g) {
        placement.site[a.graph().gates[g].operation] = QpuId{a.site(g)};
    }
    placement.kept.clear();
    check_placement(problem.interactions, network, placement);
}

}  // namespace carillon
