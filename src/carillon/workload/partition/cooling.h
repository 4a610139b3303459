// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/deadline.h"

namespace carillon {

/// How a simulated annealing of an Assignment cools, and when it ends.
struct Cooling {
    double hot = 0;            ///< temperature at the start, in pairs
    double cold = 0.15;        ///< temperature at the end
    std::uint64_t work = 0;    ///< steps of Assignment::work() to spend
    double patience = 1;       ///< stop when this share of the work passes without a new best
    std::int64_t enough = 0;   ///< stop at this cost
    std::uint64_t stride = 1;  ///< steps at one temperature
    Deadline deadline;         ///< stop here too
};

/// Makes one change after another and keeps each by Metropolis' rule. Looks for a new best every
/// `between_looks` steps, descends at the end, and leaves the best seen, never a worse one than it
/// was given.
///
/// Args:
///     change: alters the assignment at random, through its journal; false when what it did is not
///         allowed and is to be taken back.
/// Source: Kirkpatrick, Gelatt & Vecchi, Science 220 (1983) 671.
void cool(Assignment& assignment, Random& random, const Cooling& cooling,
          std::uint64_t between_looks, const std::function<bool()>& change);

}  // namespace carillon
