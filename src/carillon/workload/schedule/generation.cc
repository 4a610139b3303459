// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/generation.h"

#include <algorithm>
#include <cmath>

namespace carillon {

namespace {

double success(const Link& link, std::uint32_t channels) {
    if (channels == 1) return link.success_probability;
    return -std::expm1(channels * std::log1p(-std::min(link.success_probability, 1.0)));
}

}  // namespace

Time mean_generation_time(const Link& link, std::uint32_t channels) {
    if (link.attempt_rate_hz <= 0) return {};
    return Time::from_ns(1e9 / (link.attempt_rate_hz * success(link, channels)));
}

Time random_generation_time(const Link& link, std::uint32_t channels, double uniform) {
    if (link.attempt_rate_hz <= 0) return {};
    const double p = success(link, channels);
    const double attempts =
        p >= 1 ? 1 : std::max(1.0, std::ceil(std::log1p(-uniform) / std::log1p(-p)));
    return Time::from_ns(attempts * 1e9 / link.attempt_rate_hz);
}

Time link_time_per_pair(const Link& link) {
    return Time{mean_generation_time(link, 1).ps / std::max(link.multiplexing, 1u)};
}

}  // namespace carillon
