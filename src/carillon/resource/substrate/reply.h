// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace carillon::substrate {

/// What the sequencer answers: bytes in a row.
enum class Reply : std::uint8_t {
    kZero,     ///< outcome of the next measurement
    kOne,      ///< likewise
    kRead,     ///< one more message of acts was read to its end
    kRound,    ///< one more round is over
    kFailure,  ///< the run ends; a Failure takes the rest of the message
};

/// In the place of a message's number: no more bits come from this controller.
inline constexpr std::uint64_t kLastLetter = ~std::uint64_t{0};

}  // namespace carillon::substrate
