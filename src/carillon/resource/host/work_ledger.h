// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "carillon/resource/host/work_policy.h"

namespace carillon::host {

/// What is done about work that goes wrong.
struct RecoveryOptions {
    int retries = 2;              ///< of a unit that failed, before it is given up
    double backoff_s = 0.05;      ///< before the first retry; doubled for each further one
    int sick_after = 3;           ///< failures in a row after which a worker gets no more
    double straggler_s = 0.2;     ///< a chunk is no straggler before it took so long
    double straggler_factor = 3;  ///< a chunk that takes so many times longer than others of its
                                  ///< size is begun again by an idle worker
    /// Failures of units, given up or told by the work itself, after which everything stops.
    std::uint64_t max_failures = UINT64_MAX;
};

/// What one worker did.
struct WorkerTally {
    std::uint64_t chunks = 0;  ///< delivered first
    std::uint64_t units = 0;
    double seconds = 0;  ///< in chunks, also in those that were dropped
    std::uint64_t failures = 0;
    bool dead = false;
    bool sick = false;
};

struct FailedUnits {
    UnitRange range;
    std::string message;  ///< of the last failure
    int worker = 0;       ///< that it happened to
};

struct WorkReport {
    WorkPolicy policy = WorkPolicy::kDynamic;
    std::uint64_t count = 0;
    std::vector<WorkerTally> workers;
    std::uint64_t retries = 0;     ///< chunks begun again after a failure
    std::uint64_t redone = 0;      ///< chunks begun again because of a death or a straggler
    std::uint64_t duplicates = 0;  ///< results dropped because the units were done already
    std::vector<FailedUnits> failed;
    bool stopped = false;  ///< more failures than allowed
    std::vector<int> deaths;
    int collector = 0;
    double seconds = 0;  ///< until the last result was in

    /// Busiest worker's seconds over their mean, 1 = even; workers that died are left out.
    double imbalance() const;
};

/// A result and the units it is of.
struct WorkPiece {
    UnitRange range;
    std::vector<std::byte> bytes;
};

/// The collector's book: which units are done, who works on what, what must be done again. Knows no
/// messages and no clock; times are handed in, in seconds.
class WorkLedger {
  public:
    /// Args:
    ///     first: false for the book of one who takes over from a collector that died: what is done
    ///         is then not known before the workers told it.
    WorkLedger(const ChunkPlan& plan, int workers, const RecoveryOptions& recovery,
               bool first = true);

    /// A worker says that it began a chunk.
    void took(int worker, UnitRange range, double now);
    /// Returns: false when some of the units were done already; the result is dropped then.
    bool delivered(int worker, WorkPiece piece, double seconds, std::uint64_t failures);
    void failed(int worker, UnitRange range, const std::string& message, double seconds,
                double now);
    void died(int worker);
    /// A worker found the counter at its end.
    void idle(int worker, double now);

    /// What an idle worker is to do next, if anything; it counts as begun.
    std::optional<UnitRange> next_for(int worker, double now);

    bool finished() const { return report_.stopped || done_units_ == plan_.count(); }
    bool sick(int worker) const { return tally(worker).sick; }
    /// Units a second, measured; 0 before the first chunk.
    double speed(int worker) const { return speeds_[at(worker)]; }
    double total_speed() const;

    const WorkReport& report() const { return report_; }
    WorkReport& report() { return report_; }
    /// Results in the order of their units.
    std::vector<WorkPiece> take_pieces();

  private:
    struct Held {
        UnitRange range;
        double since = 0;
    };
    /// Units that must be done again.
    struct Retry {
        UnitRange range;
        int attempts = 0;  ///< that failed
        double not_before = 0;
        std::vector<int> failed_on;
    };

    static std::size_t at(int worker) { return static_cast<std::size_t>(worker); }
    const WorkerTally& tally(int worker) const { return report_.workers[at(worker)]; }
    bool usable(int worker) const { return !tally(worker).dead && !tally(worker).sick; }
    int usable_workers() const;
    /// Marks units as done; false, and nothing marked, when some of them were.
    bool cover(UnitRange range);
    /// The first part of a range that is not done.
    std::optional<UnitRange> first_gap(UnitRange range) const;
    void give_up(UnitRange range, const std::string& message, int worker);
    void drain_if_sick(int worker);
    void count_failures(std::uint64_t units);
    std::optional<UnitRange> from_retries(int worker, double now);
    std::optional<UnitRange> from_orphans(int worker, double now);
    std::optional<UnitRange> from_stragglers(int worker, double now);
    std::optional<UnitRange> first_orphan(double now) const;
    bool lost(int owner, double now) const;
    UnitRange begin_chunk(int worker, UnitRange range, double now);
    double expected_seconds(UnitRange range) const;

    ChunkPlan plan_;
    RecoveryOptions recovery_;
    WorkReport report_;
    std::map<std::uint64_t, std::uint64_t> done_;  ///< begin to end, apart from each other
    std::uint64_t done_units_ = 0;
    std::map<std::uint64_t, WorkPiece> pieces_;  ///< by begin
    std::vector<std::optional<Held>> held_;      ///< by worker
    std::deque<Retry> retries_;
    std::map<std::uint64_t, Retry> begun_again_;  ///< by begin
    std::vector<double> speeds_;
    std::vector<bool> heard_;  ///< by worker: it told what it has
    std::vector<int> failures_in_a_row_;
    std::vector<int> blames_;     ///< by worker: chunks that failed there and went well elsewhere
    std::uint64_t failures_ = 0;  ///< of units
    double delivered_seconds_ = 0;
    std::uint64_t delivered_units_ = 0;
    double exhausted_at_ = -1;  ///< when a worker first found the counter at its end
};

}  // namespace carillon::host
