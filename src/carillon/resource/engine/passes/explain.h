// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "carillon/resource/engine/passes/pass.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/thread_team.h"

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

/// How fast this machine is now.
struct Speeds {
    double vector_ops_per_s = 0;  ///< of one thread, while all run
    double bytes_per_s = 0;       ///< read and written by all threads together
};

/// Measures for some hundredths of a second: gates on tiles in the caches, and a pass over memory.
template <class Real>
Speeds measure_speeds(ThreadTeam& team);

/// A pass that was done.
struct PassRecord {
    PassCost cost;
    std::uint64_t axes = 0;  ///< of the tile, as a mask over those of the state
    int state_axes = 0;
    double part = 1;  ///< of the state that was not known to be zero
    double predicted_s = 0, measured_s = 0;
};

/// What the pass should take: its arithmetic spread over the threads, and its traffic.
double predict(const PassCost& cost, const Speeds& speeds, const Geometry& geometry, int threads,
               double part);

}  // namespace carillon::engine::passes
