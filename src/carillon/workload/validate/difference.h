// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace carillon::validation {

/// Thrown inside the validator at the first thing that is not as the source says; validate() turns
/// it into Verdict::reason and lets nothing out.
struct Difference {
    std::string reason;
    bool placed = false;  ///< `reason` already says at which instruction
    explicit Difference(std::string why) : reason(std::move(why)) {}
};

}  // namespace carillon::validation
