// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

/// What a list schedule goes by.
struct ListRule {
    std::vector<std::int64_t> priority = {};  ///< by step; among pairs that wait for one link the
                                              ///< highest goes first
    bool strict = false;  ///< priority is minus the position in the link's order, which is kept
                          ///< even if the link has to wait for the next pair
    bool all_channels = false;  ///< a pair takes every idle channel of its link; else an equal
                                ///< share of them with those that wait
    bool backward = false;      ///< from the program's end to its start; times count from the end
    bool cutoffs = false;       ///< pairs that wait too long are discarded; forward only
    std::vector<std::int64_t> release = {};  ///< by step: no pair starts earlier; empty = 0 for all
    std::optional<std::uint64_t> entanglement_seed = {};
};

/// Steps placed in time.
struct PlacedSteps {
    std::vector<TimeSpan> spans;          ///< by step
    std::vector<std::uint32_t> channels;  ///< by step; 0 where no link is used
    struct Discard {
        std::uint32_t step;
        TimeSpan generation;
        std::uint32_t channels;
    };
    std::vector<Discard> discarded;
    std::vector<std::uint32_t> overdue;  ///< pairs used although older than the cut-off
    Time makespan;
    bool complete = true;  ///< false when strict orders wait for each other
};

/// Makes list schedules of one program: a step starts as soon as all it depends on is done, a pair
/// or transfer as soon as its link also has an idle channel. n log n in the number of steps.
class ListScheduler {
  public:
    /// Both must outlive this object.
    ListScheduler(const Network& network, const DependencyGraph& graph);

    PlacedSteps run(const ListRule& rule) const;

    /// The steps that wait for `step`, or that it waits for.
    struct Arc {
        std::uint32_t to;
        bool message;
    };
    std::span<const Arc> after(std::size_t step) const { return forward_.of(step); }
    std::span<const Arc> before(std::size_t step) const { return backward_.of(step); }
    const DependencyGraph& graph() const { return graph_; }
    const Network& network() const { return network_; }

  private:
    friend class ListRun;
    struct Arcs {
        std::vector<std::uint32_t> first;
        std::vector<Arc> arcs;
        std::span<const Arc> of(std::size_t step) const {
            return {arcs.data() + first[step], arcs.data() + first[step + 1]};
        }
    };

    const Network& network_;
    const DependencyGraph& graph_;
    Arcs forward_, backward_;
};

/// Time from the start of each step to the end of the program if no link were ever busy.
///
/// Args:
///     with_reuse: communication qubits are used in turn, as the program has them; else they are
///                 never short.
std::vector<std::int64_t> ways_to_end(const DependencyGraph& graph, bool with_reuse = true);

/// Least time of the whole link that a pair or transfer costs; a transfer takes one channel.
Time link_time(const Network& network, const Step& step);

/// The time after which an unused half of this pair is discarded; 0 = never.
Time memory_cutoff(const Network& network, const Step& pair);

}  // namespace carillon
