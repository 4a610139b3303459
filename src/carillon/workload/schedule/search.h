// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/workload/schedule/list_schedule.h"

namespace carillon {

struct SearchOptions {
    std::uint32_t most_tries = 16;
    bool just_in_time = true;  ///< pairs as late as they can; else as early
    Time bound;                ///< no schedule is shorter: once reached, the search is over
};

/// The best schedule found, and the rule that gave it.
struct FoundSchedule {
    PlacedSteps placed;
    ListRule rule;
    std::string method;
    std::uint32_t tries = 0;
};

/// Tries one list schedule after another: pairs by the way from them to the program's end, by
/// program order, by that way with the queue on their links, by repeated passes backward and
/// forward (Li and Willis 1992; Tormos and Lova 2001), and by disturbed copies of the best so far;
/// then a local search exchanges neighbours on the critical path.
/// Fewest overdue pairs first, then the makespan, then the fewest discarded pairs, then the least
/// waiting. Programs of millions of steps get few tries. Same input, same answer.
FoundSchedule search_schedule(const ListScheduler& scheduler, const SearchOptions& options);

}  // namespace carillon
