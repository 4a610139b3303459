// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/workload/partition/problem.h"

namespace carillon {

/// Qubits that two static placements put in different groups, once the QPUs of one are renamed like
/// those of the other.
std::vector<std::uint32_t> disputed_qubits(const PartitionProblem& problem, const Candidate& a,
                                           const Candidate& b);

/// A child of two static placements: it keeps the homes of the cheaper one for all qubits that both
/// group alike, and searches homes for the others by annealing (and sites for all gates). Never
/// worse than the better parent.
///
/// Args:
///     steps: of work, for all qubits; a dispute over few gets less.
Candidate recombine(Workspace& work, const Candidate& a, const Candidate& b, std::uint64_t steps,
                    std::string name);

}  // namespace carillon
