// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/cooling.h"

namespace carillon {

/// With `hot` 0 the first temperature comes from sampled cost changes.
struct AnnealOptions : Cooling {
    std::span<const std::uint32_t> movable;  ///< qubits that may change home; empty: all
};

/// Simulated annealing of a static placement, over homes, sites and kept copies together, on the
/// exact cost. A step gives one qubit another home (in exchange with another qubit where there is
/// no room) and sends its gates wherever they then cost least; or gathers or scatters the gates of
/// one segment; or keeps copies through a middle, or releases them. Capacities hold after every
/// step. Leaves the best placement found, never a worse one than it was given.
///
/// Args:
///     assignment: of one time slice (migrate() is for several).
void anneal(Assignment& assignment, Random& random, const AnnealOptions& options);

}  // namespace carillon
