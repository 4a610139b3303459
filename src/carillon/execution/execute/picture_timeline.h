// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"

namespace carillon {

/// A program in time, to stand in an HTML page: labels in one SVG, lanes in another that scrolls.
struct TimelinePicture {
    std::string labels, lanes;
    std::string caption;  ///< what is shown, and what had to be left out
    bool detailed = true;
};

struct TimelineOptions {
    bool unit_steps = false;         ///< the times are steps, not nanoseconds
    std::size_t most_lanes = 96;     ///< qubits, before QPUs are drawn as a whole
    std::size_t most_shapes = 3500;  ///< instructions, likewise
    std::size_t most_rows = 64;      ///< QPUs drawn as a whole
};

/// Small programs: a lane per qubit, gates coloured by kind, Bell pairs from the start of their
/// making to their use, messages. Large ones: a row per QPU with its activity over time, so that
/// the picture keeps its size.
TimelinePicture draw_timeline(const DistributedProgram& program, const Timeline& timeline,
                              const TimelineOptions& options = {});

}  // namespace carillon
