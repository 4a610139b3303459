// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/deadline.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// What a placement costs in pairs under hard limits (communication qubits, lifetimes), nothing
/// when it cannot be done under them.
using PlacementPrice = std::function<std::optional<std::uint64_t>(const Placement&)>;

struct BoundedOptions {
    std::uint64_t seed = 0;
    std::uint64_t trials = 1000;  ///< placements to price
    std::uint64_t enough = 0;     ///< price at which to stop
    bool keep_homes = false;      ///< only sites may change
    Deadline deadline;
};

struct BoundedResult {
    Placement placement;
    std::uint64_t price = 0;
    std::uint64_t trials = 0;  ///< placements priced
};

/// Searches placements by their price under limits, which no sum over segments can tell: simulated
/// annealing whose every step is priced in full. A step sends a group of gates that share a qubit
/// and a pair of QPUs to one side or the other, sends one gate elsewhere, lets two qubits trade
/// homes, or gives up a change of home. Copies kept through segments are given up by the steps that
/// disturb them. Never worse than the start; the same seed gives the same result (without a
/// deadline).
///
/// Args:
///     start: a placement that fits.
///     price: must give a price for `start`.
BoundedResult search_bounded(const Circuit& lowered, const Network& network, const Placement& start,
                             const PlacementPrice& price, const BoundedOptions& options);

}  // namespace carillon
