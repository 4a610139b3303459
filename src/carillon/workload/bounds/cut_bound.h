// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/bounds/static_model.h"

namespace carillon {

/// A bound for static placements from weights on gates and eigenvalues.
///
/// Two-qubit gates get weights such that no copy of a segment, wherever it stands, serves gates of
/// more weight than 1 in all. Then a placement costs at least the weight of the gates between its
/// homes. How little a partition within capacities can cut of the graph of these weights is bounded
/// by eigenvalues of its Laplacian, with the diagonal shifted for the best bound.
///
/// A copy at a QPU serves all gates with partners that live there (no more than its room), and
/// gates done there with partners from third QPUs, which need a second copy: each of the two bears
/// half of such a gate.
///
/// Gates on three or more qubits count nothing, so that it holds however they are done.
///
/// Programs of more than `most_qubits` get 0 (a dense matrix is solved).
///
/// Source: Donath & Hoffman, IBM J. Res. Dev. 17 (1973) 420, for the eigenvalue bound.
LowerBound cut_bound(const StaticModel& model, SteinerCost& steiner,
                     std::uint32_t most_qubits = 200);

}  // namespace carillon
