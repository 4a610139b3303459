// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/dependencies.h"
#include "carillon/workload/schedule/lower_bound.h"

namespace carillon {

/// What one link did.
struct LinkUse {
    std::size_t pairs = 0;
    std::size_t discarded = 0;
    std::size_t transfers = 0;  ///< qubits carried over
    Time busy;               ///< time spent making pairs, discarded ones too, and carrying qubits,
                             ///< over all channels
    double utilisation = 0;  ///< busy / makespan / channels
};

/// What one QPU did.
struct QpuUse {
    std::uint32_t data_used = 0, comm_used = 0;  ///< qubits that some instruction touches
    std::size_t gates = 0;                       ///< local gates, corrections included
    std::size_t pairs = 0;                       ///< sides of Bell pairs
    std::size_t transfers = 0;                   ///< sides of transfers
    Time busy;                                   ///< time in which at least one qubit is worked on
    Time waiting;  ///< idle time of its qubits while they hold a state, summed over qubits
};

/// Cost of a scheduled program in time and fidelity.
struct ScheduleSummary {
    Time makespan;
    Time lower_bound;       ///< no schedule is shorter, whichever communication qubits it uses:
                            ///< MakespanBounds::best()
    MakespanBounds bounds;  ///< for the mean time of pairs, whatever times the schedule drew
    double gap = 0;         ///< makespan / lower_bound - 1, or 0 when the bound is 0; drawn times
                            ///< can be luckier than the mean, then it is negative
    std::uint32_t rounds = 0;   ///< longest chain of Bell pairs that wait for each other, through
                                ///< data or through the reuse of a communication qubit
    std::uint32_t depth = 0;    ///< longest chain of gates, measurements, resets and pairs
    Time waiting;               ///< over all QPUs
    std::size_t packets = 0;    ///< classical messages that leave one node for another together
                                ///< count as one
    std::size_t discarded = 0;  ///< pairs made but given up, as older than a memory cut-off
    std::size_t overdue = 0;    ///< pairs used although older
    std::size_t stale_copies = 0;  ///< times a communication qubit that holds a half or a copy
                                   ///< waits longer than its node's cut-off, overdue ones included
    std::vector<LinkUse> links;
    std::vector<QpuUse> qpus;
    double log_fidelity = 0;  ///< natural logarithm of expected_fidelity (which may underflow)
    double expected_fidelity = 1;
    std::string_view fidelity_method;
};

/// Measures a timeline.
///
/// The expected fidelity is an estimate: the product of the fidelity of every Bell pair, the
/// success probability of every gate, measurement and reset, and exp(-t / T2) for every stretch t
/// in which a qubit holds a state and nothing acts on it (T2 = 2 T1 where only T1 is given). It
/// ignores that errors may cancel or miss the result, so it errs on the low side.
ScheduleSummary summarize_schedule(const DistributedProgram& program, const Network& network,
                                   const DependencyGraph& graph, const Timeline& timeline);

}  // namespace carillon
