// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace carillon {

/// A point in time or a span, in whole picoseconds (64 bits: +-106 days).
struct Time {
    std::int64_t ps = 0;

    static Time from_ns(double ns) { return Time{std::llround(ns * 1e3)}; }
    double ns() const { return static_cast<double>(ps) * 1e-3; }

    // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm on <=>
    friend constexpr auto operator<=>(Time, Time) = default;
    constexpr Time& operator+=(Time other) {
        ps += other.ps;
        return *this;
    }
    friend constexpr Time operator+(Time a, Time b) { return Time{a.ps + b.ps}; }
    friend constexpr Time operator-(Time a, Time b) { return Time{a.ps - b.ps}; }
};

}  // namespace carillon
