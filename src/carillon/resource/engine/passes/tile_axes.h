// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/planner.h"

namespace carillon::engine::passes {

/// The part of an item that decides where it fits.
struct Footprint {
    std::uint64_t flips = 0, reads = 0;
    int weight = 0;  ///< what doing it is worth
};

/// Positions of the footprints, in order, that a pass over tiles of `axes` can do.
std::vector<std::uint32_t> fitting(std::span<const Footprint> items, std::uint64_t axes,
                                   std::uint64_t all);

/// Axes for a tile that does much of what comes first: taken as the items ask for them, then
/// improved by exchanges. Returns 0 when the first item does not fit into any tile.
std::uint64_t choose_axes(std::span<const Footprint> items, const Geometry& geometry);

}  // namespace carillon::engine::passes
