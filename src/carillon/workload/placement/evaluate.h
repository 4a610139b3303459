// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Price of one placement under the models that need no program: numbers of Bell pairs, where all
/// links have one price, else steps (LinkPrices). Loop bodies count once.
struct PlacementScore {
    /// As if every two QPUs were linked: each segment pays for every QPU beyond the first that it
    /// needs. The sum of (lambda - 1) over hyperedges (Andres-Martinez & Heunen 2019).
    std::uint64_t cat = 0;
    /// Each segment pays the links of a smallest tree that joins the QPUs that it needs
    /// (Andres-Martinez et al. 2023).
    std::uint64_t steiner = 0;
    /// A change of home pays its way, and each segment a smallest forest that joins
    /// every QPU where a gate wants a copy to some QPU that the qubit has lived on meanwhile
    /// (Burt, Chen & Leung 2026). Unlike `steiner`, a move never profits from copies.
    std::uint64_t teleport = 0;

    std::uint64_t remote_gates = 0;    ///< operands live on several QPUs
    std::uint64_t detached_gates = 0;  ///< of these, done where none of the operands lives
    std::uint64_t moves = 0;           ///< changes of home
    std::uint64_t kept = 0;            ///< copies kept through embeddable segments
};

/// Throws: InputError when QPUs that the placement needs are not connected.
PlacementScore evaluate_placement(const Interactions& interactions, const Network& network,
                                  const Placement& placement);

}  // namespace carillon
