// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "carillon/resource/engine/passes/pass.h"
#include "carillon/resource/engine/passes/planner.h"

namespace carillon::engine::passes {

/// What a pass does to each vector of the state, counted.
struct PassCost {
    int tile_axes = 0;       ///< 0: the whole state at once
    std::size_t groups = 0;  ///< loads and stores of all vectors for gates on three axes
    std::size_t rotations = 0, lane_rotations = 0;
    std::size_t interactions = 0, lane_interactions = 0;
    std::size_t group_phases = 0, flips = 0;
    std::size_t sweeps = 0, sweep_phases = 0;
    std::size_t items = 0;  ///< done by a kernel of their own
    double flops = 0;       ///< in all, of states whose axes are all in use
    double bytes = 0;       ///< to and from memory, likewise
    double cycles = 0;      ///< of one core's vector units and cache ports, for each vector
};

PassCost cost_of(const Pass& pass, const Geometry& geometry, std::size_t bytes_per_amplitude);

}  // namespace carillon::engine::passes
