// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/resource/engine/passes/pass.h"
#include "carillon/resource/engine/passes/planner.h"

namespace carillon::engine::passes {

/// A phase in terms of a tile: `factor` where all `inside` axes of the tile and all `outside` axes
/// of the state are 1.
struct TilePhase {
    std::uint64_t inside = 0, outside = 0;
    Complex factor;
};

/// One sweep for the phases; those it cannot hold (three or more axes across rows, or two that only
/// some tiles have) go to `others`.
TileSweep sweep_of(std::span<const TilePhase> phases, const Geometry& geometry,
                   std::vector<TilePhase>& others);

}  // namespace carillon::engine::passes
