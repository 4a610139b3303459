// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/deadline.h"

namespace carillon {

struct AnnealOptions {
    double hot = 0;           ///< temperature at the start in pairs; 0: from sampled cost changes
    double cold = 0.15;       ///< temperature at the end
    std::uint64_t work = 0;   ///< steps of Assignment::work() to spend
    double patience = 1;      ///< stop when this share of the work passes without a new best
    std::int64_t enough = 0;  ///< stop at this cost
    bool homes = true;        ///< change homes too, not only sites
    std::span<const std::uint32_t> movable;  ///< qubits that may change home; empty: all
    Deadline deadline;                       ///< stop here too
};

/// Simulated annealing over homes, sites and kept copies together, on the exact cost. A step gives
/// one qubit another home for some time (in exchange with another qubit where there is no room) and
/// sends their gates wherever they then cost least; or gathers or scatters the gates of one
/// segment; or keeps copies through a middle, or releases them. Capacities hold after every step.
/// With several time slices no net sees two changes of home. Leaves the best placement found, never
/// a worse one than it was given.
void anneal(Assignment& assignment, Random& random, const AnnealOptions& options);

}  // namespace carillon
