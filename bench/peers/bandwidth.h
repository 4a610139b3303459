// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/resource/engine/thread_team.h"

namespace carillon::bench {

/// Rate at which `team` reads and writes `bytes` of memory in place, in 10^9 bytes per second (both
/// directions counted): the best of a few passes, the memory touched before.
double in_place_bandwidth(engine::ThreadTeam& team, std::uint64_t bytes);

}  // namespace carillon::bench
