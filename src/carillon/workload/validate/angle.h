// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace carillon::validation {

/// Angles closer than this (radians) count as equal.
constexpr double kAngleTolerance = 1e-8;

/// value + factor * s, where s is a run-time angle known by number only (none: 0).
struct Angle {
    double value = 0;
    std::uint32_t symbol = 0;  ///< 0: none
    double factor = 0;

    friend Angle operator*(double k, Angle a) { return {k * a.value, a.symbol, k * a.factor}; }
};

/// `angle` in [-pi, pi].
inline double reduced(double angle) {
    return std::remainder(angle, 2 * std::numbers::pi);
}

}  // namespace carillon::validation
