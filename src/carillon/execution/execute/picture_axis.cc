// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/picture_style.h"

namespace carillon {

double TimeAxis::x(Time t) const {
    const double share = end_.ps > 0 ? static_cast<double>(t.ps) / static_cast<double>(end_.ps) : 0;
    return left_ + share * (right_ - left_);
}

std::string TimeAxis::label(Time t) const {
    return unit_steps_ ? fmt::format("step {:.0f}", t.ns()) : format_duration(t.ns());
}

std::string TimeAxis::draw(double top, double bottom) const {
    const double span = static_cast<double>(std::max<std::int64_t>(end_.ps, 1));
    const double rough = span * 110 / (right_ - left_);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double nice : {1.0, 2.0, 5.0})
        if (nice * power >= rough) {
            step = nice * power;
            break;
        }
    if (unit_steps_) step = std::max(step, 1000.0);
    std::string text;
    for (double t = 0; t <= span * 1.0001; t += step) {
        const double at = left_ + t / span * (right_ - left_);
        text += fmt::format(
            "<path class=\"tick\" d=\"M{0} {1}V{2}\"/>"
            "<text class=\"small soft{4}\" x=\"{0}\" y=\"{3}\">{5}</text>\n",
            coordinate(at), coordinate(top), coordinate(bottom), coordinate(top - 6),
            t == 0 ? "" : " mid",
            unit_steps_ ? fmt::format("{:.0f}", t / 1000) : format_duration(t / 1000));
    }
    return text;
}

}  // namespace carillon
