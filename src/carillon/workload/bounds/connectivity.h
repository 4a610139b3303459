// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/bounds/static_model.h"

namespace carillon {

/// Groups of qubits that gates hang together: a group of n qubits that needs m QPUs has gates
/// across every split of these, so it takes m - 1 pairs. The QPUs are counted as if the largest had
/// only this group. Holds for any placement: a pair joins two QPUs,
/// whether a copy, a qubit or the product of a folded gate goes over it.
LowerBound connectivity_bound(const StaticModel& model);

}  // namespace carillon
