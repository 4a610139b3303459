// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/workload/placement/segment_needs.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// Which gates on three or more qubits are folded: the AND of their operands goes from home to home
/// along a smallest tree that joins these, one Bell pair per link, instead of a copy of every
/// operand at the gate's site. Copies can serve other gates of their segments too, so that which
/// gates are better folded depends on all of them.
struct Folding {
    std::vector<bool> folded;  ///< by gate; empty when there are none
    std::uint64_t saved = 0;   ///< Bell pairs that folding them saves
    std::uint32_t gates = 0;   ///< how many are folded
};

/// Folds gates as long as that saves pairs, from two starts: none folded, and all.
///
/// Gates whose operands move while their copies are open, and those that a kept copy stands on, are
/// not folded.
Folding choose_folding(const Interactions& interactions, const Placement& placement,
                       const SegmentNeeds& needs, SteinerCost& steiner);

}  // namespace carillon
