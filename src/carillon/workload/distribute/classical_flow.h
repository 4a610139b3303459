// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Who needs which classical values, and who takes part in which block.
///
/// Every QPU that reads a value anywhere gets every new version of it (measurement outcomes by
/// message, assignments by computing them itself), so copies agree at every point of the program.
struct ClassicalFlow {
    std::vector<std::vector<QpuId>> bit_readers;       ///< by bit: QPUs that keep it up to date
    std::vector<std::vector<QpuId>> variable_readers;  ///< by variable
    std::vector<QpuId> bit_owner;  ///< by bit: who holds the final value; none if never written
    std::vector<QpuId> variable_owner;  ///< by variable
    std::unordered_map<std::uint32_t, std::vector<QpuId>>
        participants;  ///< by lowered operation number of an if/while

    /// QPUs that must do an assignment themselves.
    std::vector<QpuId> assigners(const Operation& op) const;
};

/// Args:
///     lowered: the lowered circuit.
///     interactions: its segments and gates.
///     placement: its placement; sites and homes say where operations run.
ClassicalFlow plan_classical_flow(const Circuit& lowered, const Interactions& interactions,
                                  const Placement& placement, const Topology& topology);

/// Nodes that a cat copy of a qubit at `home` passes on its way to `site`, both included (a
/// cheapest path).
std::vector<QpuId> copy_route(const Topology& topology, QpuId home, QpuId site);

}  // namespace carillon
