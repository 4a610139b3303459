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

/// Sum of the weights of the fitting ones.
///
/// Args:
///     looks: grows by the number of footprints looked at.
std::int64_t weight_that_fits(std::span<const Footprint> items, std::uint64_t axes,
                              std::uint64_t all, std::uint64_t& looks);

/// Which sets of axes may be chosen.
struct AxisChoice {
    std::uint64_t all = 0;     ///< axes of the state
    std::uint64_t always = 0;  ///< in every set
    int count = 0;             ///< axes of a set
    bool exchanges = true;     ///< improve the first choice
};

/// Axes with which much of what comes first can be done: taken as the items ask for them, then
/// improved by exchanges. Returns 0 when the first item does not fit into any set.
std::uint64_t choose_axes(std::span<const Footprint> items, const AxisChoice& choice);

/// The same for tiles.
std::uint64_t choose_axes(std::span<const Footprint> items, const Geometry& geometry);

}  // namespace carillon::engine::passes
