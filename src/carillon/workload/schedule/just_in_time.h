// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/list_schedule.h"

namespace carillon {

/// Moves every Bell pair's making as late as its first use and the other pairs of its link allow,
/// so that halves wait as little as they can. Nothing else moves, so the makespan stays.
///
/// Args:
///     placed: a forward schedule; its pair spans are changed.
void make_pairs_just_in_time(const ListScheduler& scheduler, PlacedSteps& placed);

/// Time from the end of a pair's making to its first use; 0 when it is never used.
Time waiting_before_use(const ListScheduler& scheduler, const PlacedSteps& placed,
                        std::uint32_t pair);

/// Sends messages between the same two nodes together where no later instruction has to wait for
/// it: a packet leaves when the last of its bits is there and arrives before the first is wanted.
/// Their number is the least for these times of everything else (points that stab all intervals).
void send_in_packets(const ListScheduler& scheduler, PlacedSteps& placed);

}  // namespace carillon
