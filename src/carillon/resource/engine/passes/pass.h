// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "carillon/resource/engine/kernels/tile.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// Masks named `outside` are over axes of the state that are not in the tile: they are the same
/// for all amplitudes of one tile, so that something is done in a tile or is not.

struct TileStep {
    kernels::GroupStep step;
    std::uint64_t outside = 0;  ///< must be 1
};

/// Gates on three axes above the lanes, and on the lanes.
struct TileGroup {
    std::array<int, 3> bits{};  ///< vector bits
    std::vector<TileStep> steps;
};

/// A diagonal factor that only tiles with `outside` at 1 have.
struct OutsidePhase {
    std::uint64_t outside = 0;
    int axis = -1;  ///< of the tile; -1: all amplitudes
    Complex factor;
};

/// Many phases at once.
struct TileSweep {
    kernels::Sweep sweep;
    std::vector<Complex> factors;  ///< by axis of the tile
    Complex scalar = 1;
    std::vector<OutsidePhase> varying;
    std::size_t phases = 0;
};

/// Anything else: an item with its masks in axes of the tile.
struct TileItem {
    struct Where {
        Condition inside;
        std::uint64_t outside = 0;
    };
    Item item;
    std::vector<Where> conditions;
    std::uint64_t outside_parity = 0;  ///< kPair
    std::vector<int> targets;
};

/// One pass over memory: tiles are taken out, worked on and put back.
struct Pass {
    std::vector<int> axes;    ///< by axis of the tile, rising: the axis of the state
    int run_axes = 0;         ///< axes 0 to run_axes - 1 are those of the state
    double factor = 1;        ///< owed by the rotations
    std::uint64_t flips = 0;  ///< axes of the state on which it is not diagonal
    bool whole = false;       ///< a single item that no tile holds, done on the whole state
    std::vector<std::variant<TileGroup, TileSweep, TileItem>> work;
};

}  // namespace carillon::engine::passes
