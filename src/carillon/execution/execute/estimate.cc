// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/estimate.h"

#include <algorithm>
#include <cmath>

namespace carillon {

Interval wilson_interval(double share, double trials) {
    constexpr double kZ = 1.959963984540054;  // 97.5 % quantile of the normal distribution
    if (trials <= 0) return {0, 1};
    const double z2 = kZ * kZ / trials;
    const double middle = (share + z2 / 2) / (1 + z2);
    const double half = kZ / (1 + z2) * std::sqrt(share * (1 - share) / trials + z2 / (4 * trials));
    Interval interval{std::max(0.0, middle - half), std::min(1.0, middle + half)};
    if (share <= 0) interval.low = 0;
    if (share >= 1) interval.high = 1;
    return interval;
}

void Moments::add(const Moments& other) {
    if (other.count == 0) return;
    const auto own = static_cast<double>(count), theirs = static_cast<double>(other.count);
    const double both = own + theirs, distance = other.mean - mean;
    mean += distance * theirs / both;
    squares += other.squares + distance * distance * own * theirs / both;
    count += other.count;
}

std::optional<double> Moments::standard_error() const {
    if (count < 2) return std::nullopt;
    const auto n = static_cast<double>(count);
    return std::sqrt(squares / (n * (n - 1)));
}

}  // namespace carillon
