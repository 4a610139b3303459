// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"

namespace carillon {

/// Checks that a timeline could happen, whoever made it. Shares with the scheduler nothing but how
/// long single operations take.
///
/// Every qubit does one thing at a time, in the order of its stream; a bit is there before it is
/// read, and read before it is overwritten; a message takes its latency; both halves of a pair are
/// made at once, in the time its link needs; at no moment are more channels of a link busy than it
/// has; a half waits no longer than the memory cut-off for its first use unless the timeline says
/// so (`overdue`); discarded pairs hold their qubits and channels too; of every `if` one branch
/// runs, the same on every QPU.
///
/// Returns: what is wrong, empty when nothing is; at most 20 lines.
std::vector<std::string> check_timeline(const DistributedProgram& program, const Network& network,
                                        const Timeline& timeline);

}  // namespace carillon
