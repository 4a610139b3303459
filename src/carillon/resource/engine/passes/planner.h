// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/resource/engine/passes/pass.h"

namespace carillon::engine::passes {

/// What the planner must know of the state and the processor.
struct Geometry {
    int axes = 0;
    int lane_bits = 0;
    int tile_axes = 0;  ///< size of a tile; all of the state when it is that small
    int run_axes = 0;   ///< lowest axes, in every tile
};

/// For a state of `axes` axes in `bytes_per_amplitude`, worked on by `threads`.
Geometry make_geometry(int axes, int lane_bits, std::size_t bytes_per_amplitude, int threads);

/// Passes that do the items, each choosing the axes of its tiles so that many items fit in.
///
/// A pass holds an item when all axes on which it is not diagonal are in the tile and everything
/// that must come before it is done: within the pass, items wait only for others that share an
/// axis on which one of both is not diagonal.
std::vector<Pass> plan(const Items& items, const Geometry& geometry);

}  // namespace carillon::engine::passes
