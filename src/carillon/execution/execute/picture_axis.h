// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/base/time.h"
#include "carillon/execution/execute/picture_timeline.h"

namespace carillon {

/// A horizontal time axis from 0 to an end.
class TimeAxis {
  public:
    TimeAxis() = default;
    TimeAxis(Time end, double left, double right, bool unit_steps)
        : end_(end), left_(left), right_(right), unit_steps_(unit_steps) {}

    double x(Time t) const;
    std::string label(Time t) const;
    /// Tick lines from `top` to `bottom` with labels above them.
    std::string draw(double top, double bottom) const;

  private:
    Time end_{1};
    double left_ = 0, right_ = 1;
    bool unit_steps_ = false;
};

/// The aggregated picture: a row per QPU, local operations above its line and Bell pairs in the
/// making below.
TimelinePicture draw_activity(const DistributedProgram& program, const Timeline& timeline,
                              std::size_t most_rows, bool unit_steps);

}  // namespace carillon
