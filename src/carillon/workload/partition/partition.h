// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// How long to search. Counted in steps of work, never in seconds, so that results repeat.
enum class Effort : std::uint8_t { kLow, kNormal, kHigh };

/// "low", "normal" or "high". Throws: InputError for anything else.
Effort effort_from_name(std::string_view name);

struct PartitionOptions {
    std::uint64_t seed = 0;
    Effort effort = Effort::kNormal;
    bool allow_moves = true;  ///< qubits may change their home (teledata) where that is cheaper
    /// How homes are found: "contiguous" (qubits in order along the network), "multilevel"
    /// (recursive bisection of qubits and network together), or "auto" (the best of these and more,
    /// then annealed, then moved in time). With the first two only sites are searched further.
    std::string method = "auto";
    std::vector<QpuId> homes;  ///< when given: home of every qubit, kept; only sites are searched
};

struct PartitionResult {
    Placement placement;
    PlacementCost cost;
    std::string method;  ///< what found the homes
};

/// Homes, moves and gate sites that need few Bell pairs.
///
/// Same circuit, network and options, same result. On networks of up to 64 nodes never more
/// pairs than the contiguous placement (beyond, the search estimates trees).
///
/// Args:
///     lowered: its multi-qubit gates are controlled z and p.
/// Throws: InputError when the program does not fit on the network, when QPUs that it needs are not
///     connected, or when options are wrong.
PartitionResult partition(const Circuit& lowered, const Network& network,
                          const PartitionOptions& options = {});

}  // namespace carillon
