// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/open_late.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "carillon/workload/schedule/just_in_time.h"

namespace carillon {
namespace {

class OpeningSteps {
  public:
    explicit OpeningSteps(const ListScheduler& scheduler)
        : scheduler_(scheduler), marked_(scheduler.graph().steps.size()) {
        for (std::uint32_t s = 0; s < marked_.size(); ++s)
            if (scheduler.graph().steps[s].makes_pair()) mark_after(s);
    }

    bool contains(std::uint32_t step) const { return marked_[step]; }

  private:
    const Instruction& instruction(std::uint32_t step) const {
        return *scheduler_.graph().steps[step].instruction;
    }

    template <class Wanted>
    void mark(std::uint32_t after, Wanted&& wanted) {
        for (const ListScheduler::Arc& arc : scheduler_.after(after))
            if (!marked_[arc.to] && wanted(instruction(arc.to))) {
                marked_[arc.to] = true;
                follow(arc.to);
            }
    }

    /// The controlled X onto the near half, and the conditioned X onto the far one.
    void mark_after(std::uint32_t pair) {
        mark(pair, [](const Instruction& i) {
            return i.kind == InstructionKind::kGate && i.gate == GateKind::kX &&
                   (i.controls > 0 || i.num_conditions > 0);
        });
    }

    void follow(std::uint32_t step) {
        const Instruction& here = instruction(step);
        if (here.kind == InstructionKind::kGate && here.controls > 0)
            mark(step, [](const Instruction& i) {
                return i.kind == InstructionKind::kMeasure && i.source == Instruction::kNoSource;
            });
        if (here.kind == InstructionKind::kMeasure)
            mark(step, [](const Instruction& i) {
                return i.kind == InstructionKind::kSend || i.kind == InstructionKind::kReset;
            });
        if (here.kind == InstructionKind::kSend)
            mark(step, [](const Instruction& i) { return i.kind == InstructionKind::kRecv; });
    }

    const ListScheduler& scheduler_;
    std::vector<bool> marked_;
};

void move_openings(const ListScheduler& scheduler, PlacedSteps& placed) {
    const DependencyGraph& graph = scheduler.graph();
    const OpeningSteps opening(scheduler);
    for (std::size_t k = graph.topological.size(); k-- > 0;) {
        const std::uint32_t s = graph.topological[k];
        TimeSpan& span = placed.spans[s];
        if (!opening.contains(s) || !span.scheduled() || scheduler.after(s).empty()) continue;
        std::int64_t latest = std::numeric_limits<std::int64_t>::max();
        for (const ListScheduler::Arc& arc : scheduler.after(s)) {
            const Time lag = arc.message ? graph.steps[arc.to].lag : Time{};
            latest = std::min(latest, placed.spans[arc.to].start.ps - lag.ps);
        }
        if (latest > span.end.ps) span = {Time{latest - span.length().ps}, Time{latest}};
    }
}

/// Whether some pair waits longer than its memories keep it, and than before.
bool spoils_pairs(const ListScheduler& scheduler, const PlacedSteps& before,
                  const PlacedSteps& after) {
    for (std::uint32_t s = 0; s < after.spans.size(); ++s) {
        const Step& step = scheduler.graph().steps[s];
        if (!step.makes_pair() || !after.spans[s].scheduled()) continue;
        const Time cutoff = memory_cutoff(scheduler.network(), step);
        const Time waits = waiting_before_use(scheduler, after, s);
        if (cutoff.ps > 0 && waits > cutoff && waits > waiting_before_use(scheduler, before, s))
            return true;
    }
    return false;
}

}  // namespace

void open_copies_late(const ListScheduler& scheduler, PlacedSteps& placed) {
    // A pair that was given up holds qubits and channels that no order of steps tells of.
    if (!placed.discarded.empty()) return;
    PlacedSteps moved = placed;
    move_openings(scheduler, moved);
    make_pairs_just_in_time(scheduler, moved);
    if (!spoils_pairs(scheduler, placed, moved)) placed = std::move(moved);
}

}  // namespace carillon
