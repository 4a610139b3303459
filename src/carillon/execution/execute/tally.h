// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "carillon/execution/execute/estimate.h"

namespace carillon {

/// What some shots of a program gave. Tallies of different shots add up to that of all.
struct Tally {
    std::uint64_t shots = 0;
    std::map<std::string, std::uint64_t> counts;  ///< by outcome (outcome_key)
    /// Of the observable asked for: one number for a state that all shots share, one for each
    /// trajectory.
    Moments expectation;
    std::uint64_t pairs = 0;           ///< Bell pairs made
    std::uint64_t classical_bits = 0;  ///< sent between QPUs
    std::string error;  ///< what was wrong with the program; the tally is worth nothing then

    void add(const Tally& other);
};

std::vector<std::byte> to_bytes(const Tally& tally);
/// Reads a tally and takes its bytes off the front. Throws: InternalError when they are none.
Tally take_tally(std::span<const std::byte>& bytes);

}  // namespace carillon
