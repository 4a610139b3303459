// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"

namespace carillon {

/// A timeline to move about in, for programs of more gates than a still picture can hold: HTML with
/// its data and a small script, no other file. A lane per qubit under its QPU, a strip of the whole
/// time above with the part that is shown; zoom by buttons, keys or Ctrl and wheel, move by
/// dragging. Far out a lane shows how busy it is, near by every gate with its name; hovering gives
/// times.
///
/// Returns: empty when nothing is scheduled or there are more than `most_shapes` gates and pairs
///     or 400 qubits.
std::string timeline_explorer(const DistributedProgram& program, const Timeline& timeline,
                              bool unit_steps, std::size_t most_shapes = 40000);

/// Rules for it, to go into a <style> after picture_style().
std::string_view explorer_style();

}  // namespace carillon
