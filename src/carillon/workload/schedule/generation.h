// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// Mean time a link needs for one Bell pair that it attempts on `channels` of its channels at once:
/// the period of its attempts / (1 - (1 - p)^channels). 0 where pairs are free (no attempt rate).
Time mean_generation_time(const Link& link, std::uint32_t channels);

/// The time a pair takes when its number of attempts is drawn: geometric, at least one.
///
/// Args:
///     uniform: a random number in [0, 1).
Time random_generation_time(const Link& link, std::uint32_t channels, double uniform);

/// Least time of the whole link that a pair costs, whatever the channels given to it: a channel's
/// mean time divided by the number of channels.
Time link_time_per_pair(const Link& link);

}  // namespace carillon
