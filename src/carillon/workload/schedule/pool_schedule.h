// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/comm_pools.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

/// What a schedule over pools goes by.
struct PoolRule {
    std::vector<std::int64_t> priority;  ///< by step; of those that wait the highest goes first
    std::vector<std::int64_t> release;   ///< by step: nothing that needs a communication qubit
                                         ///< starts earlier; empty = 0 for all
    bool in_order = false;  ///< stays of a pool begin in the order of the stream, each on a qubit
                            ///< whose last stay ended before in the stream
};

/// Every use of a communication qubit with the qubit it gets.
struct PoolPlan {
    std::vector<std::uint32_t> sequence;  ///< steps in an order in which they can be done
    std::vector<LocalQubit> qubit;        ///< by stay
    Time makespan;
};

/// What runs of one PoolScheduler may still do, and what they have found out.
struct PoolEffort {
    std::size_t steps_left = 0;                                    ///< that may be placed
    std::vector<std::pair<std::uint32_t, std::uint32_t>> circles;  ///< the second step must not
                                                                   ///< start before the first
};

/// Makes list schedules in which every stay takes any free communication qubit of its pool.
///
/// A step that begins stays waits until its links and pools have room. That can end in a circle: of
/// two gates each holds a copy in the last qubit that the other needs. Then the run starts again
/// with what the first step of the reference order waits for put behind it.
class PoolScheduler {
  public:
    /// All must outlive this object.
    ///
    /// Args:
    ///     reference: a valid placement in time of the graph as it is; circles are resolved by its
    ///                order.
    PoolScheduler(const DistributedProgram& program, const Network& network,
                  const DependencyGraph& graph, const std::vector<TimeSpan>& reference);

    /// Nothing when circles were met too often or the effort is used up.
    std::optional<PoolPlan> run(const PoolRule& rule, PoolEffort& effort) const;

    const CommPools& pools() const { return pools_; }

  private:
    friend class PoolRun;
    enum class ArcKind : std::uint8_t { kEnd, kMessage, kStart };
    struct Arc {
        std::uint32_t to;
        ArcKind kind;  ///< what `to` waits for
    };
    using Arcs = std::vector<std::vector<Arc>>;

    void keep_windows_together(const DistributedProgram& program);
    void rank_steps(const std::vector<TimeSpan>& reference);
    Arcs arcs_in_order() const;

    const Network& network_;
    const DependencyGraph& graph_;
    CommPools pools_;
    Arcs arcs_;  ///< by step, without reuse within pools
    std::vector<std::pair<std::uint32_t, std::uint32_t>> reuse_;  ///< steps of the arcs left out
    std::vector<std::uint32_t> rank_;                        ///< by step, in the reference order
    bool sorted_ = false;                                    ///< there is such an order
    std::vector<std::uint32_t> begin_of_, end_of_;           ///< by stay: steps
    std::vector<std::vector<std::uint32_t>> begins_, ends_;  ///< by step: stays
};

}  // namespace carillon
