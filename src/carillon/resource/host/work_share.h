// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "carillon/resource/host/ranks.h"
#include "carillon/resource/host/work_ledger.h"
#include "carillon/resource/host/work_policy.h"

namespace carillon::host {

struct WorkOptions {
    WorkPolicy policy = WorkPolicy::kDynamic;
    std::uint64_t chunk = 0;  ///< least units of a chunk; 0: chosen
    RecoveryOptions recovery = {};
    /// Seconds since any moment, for speeds, backoff and stragglers; the machine's when empty.
    std::function<double()> clock = {};
};

/// What the work on a chunk gave.
struct ChunkResult {
    std::vector<std::byte> bytes;
    std::uint64_t failures = 0;  ///< units that failed and say so in the bytes
};

/// What run() returns.
struct WorkResult {
    bool here = false;              ///< the results are on this rank, the collector
    std::vector<WorkPiece> pieces;  ///< in the order of their units, every unit once
    WorkReport report;
};

/// Units of work shared out over all ranks.
///
/// Ranks take chunks from a one-sided counter without asking anybody, and send every result to the
/// collector, the lowest rank that lives, which works as well. Each keeps its results until the
/// end: when the collector dies, the next one is told all of them. What a dead rank had not
/// delivered is done again, as is a chunk that takes far longer than others, by a rank that has
/// nothing else to do; the first result counts. A chunk that fails is tried again elsewhere, after
/// a while; of one that fails again the units that fail are singled out. So every unit is in
/// exactly one piece or in the report's list of failures.
///
/// Deaths that happen meanwhile are acknowledged (Ranks::acknowledge_lost) and reported. When the
/// collector dies after run() returned on it and before close() began, the next collector gets the
/// results: at least one rank has them, as long as one lives.
class WorkShare {
  public:
    /// Does the units of a chunk. On the collector it is called in a thread of its own: it must not
    /// use the ranks. Throws: InputError ends all; any other Error is a failure of the chunk.
    using Work = std::function<ChunkResult(UnitRange)>;

    WorkShare(Ranks& ranks, WorkOptions options);
    /// Closes, unless an exception is on its way.
    ~WorkShare();
    WorkShare(const WorkShare&) = delete;
    WorkShare& operator=(const WorkShare&) = delete;

    /// Shares [0, count). All ranks that have not died call it with the same count and options. It
    /// returns on the collector as soon as the last unit is done; what `work` refers to must stay
    /// until close(), as a straggler may still be at it.
    ///
    /// Throws: InputError that `work` threw on any rank, on all ranks.
    WorkResult run(std::uint64_t count, Work work);

    /// Lets the workers go. They stay within run() until the collector closes.
    void close();

  private:
    class Session;

    Ranks* ranks_;
    WorkOptions options_;
    std::uint32_t sessions_ = 0;
    std::vector<Arrival> early_;  ///< for a run that this rank has not begun
    std::unique_ptr<Session> session_;
    int exceptions_;
};

}  // namespace carillon::host
