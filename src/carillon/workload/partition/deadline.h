// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <limits>

namespace carillon {

/// A point in time at which a search is to end; by default never.
class Deadline {
  public:
    Deadline() = default;
    /// So many seconds from now; no end when `seconds` is not positive.
    explicit Deadline(double seconds) : start_(Clock::now()), limit_s_(seconds) {}

    bool set() const { return limit_s_ > 0; }
    bool over() const { return set() && left_s() <= 0; }
    double elapsed_s() const {
        return std::chrono::duration<double>(Clock::now() - start_).count();
    }
    /// Infinite when there is no end.
    double left_s() const {
        return set() ? limit_s_ - elapsed_s() : std::numeric_limits<double>::infinity();
    }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
    double limit_s_ = 0;
};

}  // namespace carillon
