// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/recombine.h"

#include <algorithm>

#include "carillon/workload/partition/anneal.h"
#include "carillon/workload/partition/diversity.h"
#include "carillon/workload/partition/sites.h"

namespace carillon {
namespace {

constexpr int kSiteSweeps = 16;
constexpr double kHot = 1;              ///< first temperature: parents are good, so not very hot
constexpr double kLeastShare = 1. / 8;  ///< of the work, however few qubits are disputed

}  // namespace

std::vector<std::uint32_t> disputed_qubits(const PartitionProblem& problem, const Candidate& a,
                                           const Candidate& b) {
    const auto renamed = renamed_like(a.state.homes, b.state.homes, problem.capacity);
    std::vector<std::uint32_t> disputed;
    for (std::uint32_t q = 0; q < renamed.size(); ++q) {
        if (renamed[q] != a.state.homes[q]) disputed.push_back(q);
    }
    return disputed;
}

Candidate recombine(Workspace& work, const Candidate& a, const Candidate& b, std::uint64_t steps,
                    std::string name) {
    const Candidate& better = b.state.cost < a.state.cost ? b : a;
    const Candidate& other = &better == &a ? b : a;
    Candidate child{better.state, {}, std::move(name)};
    const auto disputed = disputed_qubits(work.problem, better, other);
    if (disputed.empty()) return child;
    const double share =
        std::max(kLeastShare, static_cast<double>(disputed.size()) / work.problem.graph.num_qubits);
    AnnealOptions options;
    options.hot = kHot;
    options.work = static_cast<std::uint64_t>(share * static_cast<double>(steps));
    options.enough = work.problem.least;
    options.movable = disputed;
    options.deadline = work.deadline;
    Assignment assignment = resume(work, better);
    anneal(assignment, work.random, options);
    optimise_sites(assignment, work.random, kSiteSweeps);
    if (assignment.cost() < child.state.cost) child.state = assignment.snapshot();
    return child;
}

}  // namespace carillon
