// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace carillon::bench {

/// Points of one line, in order.
struct Curve {
    std::string name;
    std::vector<std::pair<double, double>> points;
};

/// Both axes logarithmic, a grid line per power of ten, and a dashed line of slope one.
std::string log_log_svg(const std::string& x_axis, const std::string& y_axis,
                        const std::vector<Curve>& curves);

}  // namespace carillon::bench
