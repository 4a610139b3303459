// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Where each segment's qubit lives, is held already, and is needed, under a placement.
class SegmentNeeds {
  public:
    using Homes = std::vector<std::vector<QpuId>>;

    /// Both must outlive it.
    SegmentNeeds(const Interactions& interactions, const Placement& placement);

    /// By segment: the QPUs the qubit lives on during it, the first one first.
    const Homes& homes() const { return homes_; }
    /// Copies kept through a segment.
    std::span<const KeptCopy> kept_through(std::uint32_t segment) const;
    /// The qubit's segment `steps` after (before, if negative) a segment of the program's own
    /// block.
    std::optional<std::uint32_t> neighbour(std::uint32_t segment, int steps) const;
    /// Nodes where the segment's qubit lives or needs a copy, rising.
    ///
    /// Args:
    ///     without: gates that need no copies, by gate; empty: none.
    std::vector<std::uint32_t> needed(std::uint32_t segment,
                                      const std::vector<bool>& without = {}) const;
    /// Nodes that hold the segment's qubit when it begins, rising.
    std::vector<std::uint32_t> held_before(std::uint32_t segment) const;

  private:
    const Interactions& interactions_;
    const Placement& placement_;
    Homes homes_;
};

}  // namespace carillon
