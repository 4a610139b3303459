// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/workload/partition/bisection.h"

namespace carillon {

/// Homes made to fit: from every node that holds too many qubits, those that lose least (by the
/// weight of edges to partners) go to nodes with room. Homes that fit are left as they are.
///
/// Args:
///     capacity: by node; enough for all qubits in total.
std::vector<std::uint32_t> fit(const WeightedGraph& qubits, std::vector<std::uint32_t> homes,
                               std::span<const std::uint32_t> capacity);

}  // namespace carillon
