// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/deadline.h"

namespace carillon {

/// Positions of the program's own block at which homes may change: before about every layer of
/// multi-qubit gates, with equally many gates between two, at most `most` of them. Rising.
std::vector<std::uint32_t> move_positions(const Hypergraph& graph, std::size_t most);

/// The same homes at every time and the same sites, with other time slices.
///
/// Args:
///     timed: a hypergraph of the same circuit (say, with idle nets).
///     cuts: contain those of `placed`.
Assignment with_slices(const Assignment& placed, const Hypergraph& timed,
                       std::vector<std::uint32_t> cuts);

/// Annealing of homes over time, from a static placement: first with few time slices, then with
/// ever more, so that whole phases of a program find their places before single layers do. Never
/// worse than `placed`.
///
/// Args:
///     work: steps to spend in all.
///     enough: cost at which to stop.
///     deadline: when to stop at the latest.
Assignment anneal_moves(const Assignment& placed, const Hypergraph& timed, Random& random,
                        std::uint64_t work, std::int64_t enough, Deadline deadline = {});

}  // namespace carillon
