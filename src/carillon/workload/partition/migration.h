// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/deadline.h"

namespace carillon {

struct MigrationOptions {
    double hot = 0.5;         ///< temperature at the start, in pairs
    double cold = 0.12;       ///< temperature at the end
    std::uint64_t work = 0;   ///< steps of Assignment::work() to spend
    double patience = 0.7;    ///< stop when this share of the work passes without a new best
    std::int64_t enough = 0;  ///< stop at this cost
    Deadline deadline;        ///< stop here too
};

/// Annealing of homes over time on the exact cost, by chains of evictions: an operand of a remote
/// gate joins its partner for a stretch of slices that begins and ends where its homes or segments
/// change anyhow; where that overfills the QPU, another qubit leaves it for such a stretch of its
/// own, and so on. Their gates then settle wherever they cost least; or the gates of one segment
/// are gathered or scattered. Capacities hold after every step, and no net sees two changes of
/// home. Leaves the best placement found, never a worse one than it was given.
void migrate(Assignment& assignment, Random& random, const MigrationOptions& options);

}  // namespace carillon
