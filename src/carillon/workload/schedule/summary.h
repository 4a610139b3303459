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

namespace carillon {

/// What one link did.
struct LinkUse {
    std::size_t pairs = 0;
    Time busy;               ///< time spent making pairs
    double utilisation = 0;  ///< busy / makespan
};

/// What one QPU did.
struct QpuUse {
    std::uint32_t data_used = 0, comm_used = 0;  ///< qubits that some instruction touches
    std::size_t gates = 0;                       ///< local gates, corrections included
    std::size_t pairs = 0;                       ///< sides of Bell pairs
    Time busy;                                   ///< time in which at least one qubit is worked on
    Time waiting;  ///< idle time of its qubits while they hold a state, summed over qubits
};

/// Cost of a scheduled program in time and fidelity.
struct ScheduleSummary {
    Time makespan;
    /// No schedule is shorter: the longer of `critical_path` and `busiest_link`.
    Time lower_bound;
    Time critical_path;        ///< makespan if links and communication qubits were never short
    Time busiest_link;         ///< pair-making time of the link with most of it
    double gap = 0;            ///< makespan / lower_bound - 1, or 0 when the bound is 0
    std::uint32_t rounds = 0;  ///< longest chain of Bell pairs that wait for each other, through
                               ///< data or through the reuse of a communication qubit
    std::uint32_t depth = 0;   ///< longest chain of gates, measurements, resets and pairs
    Time waiting;              ///< over all QPUs
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
