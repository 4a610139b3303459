// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Where qubits live, by time, under a placement.
class Residence {
  public:
    /// Both must outlive it.
    Residence(const Interactions& interactions, const Placement& placement);

    /// Nodes the segment's qubit lives on during it, in order: the first before any move at its
    /// begin, then the target of every move up to its end. A node may occur twice.
    std::vector<std::uint32_t> during(std::uint32_t segment) const;
    /// Home of a qubit after all moves at positions <= `position` of the program's own block.
    std::uint32_t at(QubitId qubit, std::uint32_t position) const;

  private:
    /// Position in the program's own block of the operation that owns a nested segment's block.
    std::uint32_t owner_position(std::uint32_t nested) const;

    struct Stay {
        std::uint32_t since;
        std::uint32_t node;
    };
    const Interactions* interactions_;
    std::vector<std::vector<Stay>> stays_;  ///< by qubit, the first since the start of time
};

}  // namespace carillon
