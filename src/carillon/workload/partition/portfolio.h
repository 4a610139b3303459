// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/workload/partition/member.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/partition/problem.h"

namespace carillon {

/// What a portfolio does, phase by phase. Each phase sees all that was found before it.
struct PortfolioPlan {
    std::vector<Member> members;     ///< start from nothing
    std::size_t annealings = 0;      ///< of the best different placements found
    std::size_t recombinations = 0;  ///< of pairs of good ones
    std::size_t moving = 0;          ///< static placements from which moves are searched
    std::uint64_t anneal_steps = 0;  ///< of work for one annealing
    std::uint64_t moves_steps = 0;   ///< of work for one search of moves
    bool until_deadline = false;     ///< then go on until the deadline
};

/// The plan for an effort. With `wide` the whole portfolio, otherwise the best of a few members,
/// annealed once.
PortfolioPlan portfolio_plan(const PartitionProblem& problem, const PartitionOptions& options,
                             bool wide);

struct PortfolioResult {
    Candidate still;   ///< best without moves
    Candidate moving;  ///< best with moves; its method is empty when there is none
    std::vector<PartitionMember> members;
    double diversity = 0;
};

/// Runs the plan's searches on several threads. Without a deadline the result depends on the plan
/// and the seed alone. Never worse than any of its members. A member that throws, or gives homes
/// that do not fit, is refused and reported so.
///
/// Throws: InternalError when no member gave homes that fit.
PortfolioResult run_portfolio(PartitionProblem& problem, const PortfolioPlan& plan,
                              const PartitionOptions& options);

}  // namespace carillon
