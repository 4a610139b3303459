// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "carillon/resource/network/network.h"
#include "carillon/workload/distribute/route_tree.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// The links of a segment of a nested block: from the qubit's home to all sites of its gates.
RouteTree nested_routes(const Topology& topology, const Interactions& interactions,
                        const Placement& placement, std::uint32_t segment, QpuId home);

/// By QPU, communication qubits that are enough for operations [first, last) of nested blocks with
/// every copy opened once: an upper bound of those in use at one time.
///
/// Args:
///     home: gives the home of a qubit there.
std::map<QpuId, std::uint32_t> communication_needs(const Topology& topology,
                                                   const Interactions& interactions,
                                                   const Placement& placement, std::uint32_t first,
                                                   std::uint32_t last,
                                                   const std::function<QpuId(QubitId)>& home);

}  // namespace carillon
