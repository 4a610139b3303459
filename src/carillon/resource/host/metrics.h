// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/rank_trace.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// What one rank did and used.
struct RankMetrics {
    int rank = 0, node = 0;
    std::uint64_t process = 0;  ///< ranks that are threads of one process share its memory
    RankTimes times;
    std::uint64_t state_bytes = 0;   ///< of the state that it holds
    std::uint64_t memory_bytes = 0;  ///< largest resident size of its process
    TrafficCounts traffic{};         ///< what it sent
};

/// What a run over ranks took. Ratios are 0 to 1, and 1 where there was nothing to lose.
struct RunMetrics {
    std::vector<RankMetrics> per_rank;  ///< by index in the group
    int nodes = 1;
    double wall_s = 0;  ///< of the rank that took longest
    /// What one node's network can carry, where that is known; 0 = not.
    double network_bytes_per_s = 0;

    std::size_t ranks() const { return per_rank.size(); }
    double busy_s() const;  ///< of all ranks
    /// Busy time of all ranks / (ranks x wall time).
    double scaling_efficiency() const;
    /// Mean / largest busy time of a rank.
    double load_balance() const;
    /// Seconds of communication hidden behind computing / all seconds of communication.
    double overlap() const;
    /// Seconds of communication that nothing hid, and of waiting / (ranks x wall time): what the
    /// rest of the run costs. Waiting for a message that is under way counts once.
    double communication_overhead() const;
    /// Bytes of state / largest resident size of all processes.
    double memory_efficiency() const;
    TrafficCounts traffic() const;  ///< of all ranks
    std::uint64_t messages() const;
    std::uint64_t bytes() const;         ///< in messages
    std::uint64_t window_bytes() const;  ///< in windows
    /// Bytes in messages by wall time / what the network of all nodes carries; nothing (negative)
    /// where that is not known.
    double network_utilisation() const;
};

/// Largest resident size of this process so far.
std::uint64_t peak_resident_bytes();

/// What the diary and the counters of this rank say now.
RankMetrics measure_rank(const Ranks& ranks, const RankTrace& trace, std::uint64_t state_bytes);

/// The metrics of all members, on all of them.
RunMetrics gather_metrics(Group& group, const RankMetrics& own);

/// A table for people, ending in a newline.
std::string metrics_text(const RunMetrics& metrics);
/// A JSON object (docs/reference/metrics.md).
std::string metrics_json(const RunMetrics& metrics);
/// The same for Prometheus (text format 0.0.4).
std::string metrics_prometheus(const RunMetrics& metrics);

/// The kept spans of all members as trace events for Perfetto or chrome://tracing: one process a
/// rank, one row an activity. Clocks of other nodes are set by a barrier. Only the first
/// member gets the text.
std::string gather_trace(Group& group, const RankTrace& trace);

}  // namespace carillon::host
