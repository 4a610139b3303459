// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/partition/problem.h"

namespace carillon {

/// What is known about the least cost.
struct Optimality {
    LowerBound any;                      ///< for all placements
    LowerBound fixed;                    ///< for static ones, gates folded or not
    LowerBound unfolded;                 ///< for static ones without folded gates; `fixed` itself
                                         ///< where no gate has three or more qubits
    bool unfolded_solved = false;        ///< `unfolded` is the cost of one
    std::optional<Placement> placement;  ///< static, cheaper than the one that was known
    std::string note;                    ///< why the integer program did not solve it; or empty
};

/// Lower bounds, and the exact static optimum when `options.prove_s` allows.
///
/// Args:
///     known_cost: of a static placement without kept copies or folded gates; negative: none is
///         known.
Optimality find_optimality(const PartitionProblem& problem, const PartitionOptions& options,
                           std::int64_t known_cost);

/// Writes bounds, gap and proof into a result.
///
/// Throws: InternalError when the result costs less than a bound that holds for it.
void add_optimality(PartitionResult& result, const Optimality& known, bool only_static);

}  // namespace carillon
