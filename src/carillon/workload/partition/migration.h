// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/cooling.h"

namespace carillon {

struct MigrationOptions : Cooling {
    MigrationOptions() { hot = 0.5, cold = 0.12, patience = 0.7, stride = 64; }
};

/// Annealing of homes over time on the exact cost, by chains of evictions: an operand of a remote
/// gate joins its partner for a stretch of slices that begins and ends where its homes or segments
/// change anyhow; where that overfills the QPU, another qubit leaves it for such a stretch of its
/// own, and so on. Their gates then settle wherever they cost least; or the gates of one segment
/// are gathered or scattered. Capacities hold after every step, and no net sees two changes of
/// home. Leaves the best placement found, never a worse one than it was given.
void migrate(Assignment& assignment, Random& random, const MigrationOptions& options);

}  // namespace carillon
