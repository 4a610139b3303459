// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/partition/partition.h"

namespace carillon {

/// Steps of Assignment::work() for one annealing of homes: a fixed number, less for small programs.
std::uint64_t anneal_work(Effort effort, const Hypergraph& graph);

/// Whether so little work falls on each gate that annealing had better keep cool and only refine.
bool too_little_to_heat(std::uint64_t work, const Hypergraph& graph);

/// Steps for the search for moves in all; 0 where they are not searched.
std::uint64_t moves_work(Effort effort, const Hypergraph& graph);

}  // namespace carillon
