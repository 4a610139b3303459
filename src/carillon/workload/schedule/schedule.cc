// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/schedule.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>

#include "carillon/base/random.h"

namespace carillon {

namespace {

constexpr std::uint32_t kStreamEntanglement = 0x656e74;  ///< attempts of Bell pair generation

/// Time from the start of each step to the end of the program if no link were ever busy.
std::vector<std::int64_t> ways_to_end(const DependencyGraph& graph) {
    std::vector<std::int64_t> way(graph.steps.size(), 0);
    for (auto it = graph.topological.rbegin(); it != graph.topological.rend(); ++it) {
        std::int64_t after = 0;
        for (const Dependency& d : graph.successors(*it)) {
            const bool travels = d.kind == DependencyKind::kMessage;
            after = std::max(after, way[d.to] + (travels ? graph.steps[d.to].lag.ps : 0));
        }
        way[*it] = after + graph.steps[*it].duration.ps;
    }
    return way;
}

/// Time one pair takes: the mean, or attempts drawn until one succeeds.
Time generation_time(const Step& step, const Network& network, const ScheduleOptions& options) {
    const Link& link = network.link(step.link);
    if (!options.entanglement_seed || step.duration.ps == 0) return step.duration;
    const double period_ns = 1e9 / (link.attempt_rate_hz * link.multiplexing);
    const double p = link.success_probability;
    if (p >= 1) return Time::from_ns(period_ns);
    const double u = keyed_uniform(*options.entanglement_seed, kStreamEntanglement,
                                   step.instruction->pair.value, 0);
    const double attempts = std::max(1.0, std::ceil(std::log1p(-u) / std::log1p(-p)));
    return Time::from_ns(attempts * period_ns);
}

/// Plays the program forward in time.
class ListSchedule {
  public:
    ListSchedule(const Network& network, const DependencyGraph& graph,
                 const ScheduleOptions& options)
        : network_(network),
          graph_(graph),
          options_(options),
          way_(ways_to_end(graph)),
          open_(graph.predecessors),
          ready_(graph.steps.size(), 0),
          spans_(graph.steps.size()),
          links_(network.links.size()) {}

    std::vector<TimeSpan> run() {
        for (std::size_t s = 0; s < open_.size(); ++s)
            if (open_[s] == 0) events_.push({0, kStepReady, static_cast<std::uint32_t>(s)});
        while (!events_.empty()) {
            const Event e = events_.top();
            events_.pop();
            if (e.kind == kLinkFree) {
                serve(e.index, e.time);
            } else if (graph_.steps[e.index].link.valid()) {
                wait_for_link(e.index, e.time);
            } else {
                place(e.index, e.time, graph_.steps[e.index].duration);
            }
        }
        return std::move(spans_);
    }

  private:
    /// At one instant all steps become ready before a link picks among them.
    enum EventKind : std::uint8_t { kStepReady, kLinkFree };
    struct Event {
        std::int64_t time;
        EventKind kind;
        std::uint32_t index;
        bool operator<(const Event& other) const {  // the queue gives the largest first
            return std::tie(time, kind, index) > std::tie(other.time, other.kind, other.index);
        }
    };
    struct Waiting {
        std::int64_t way;
        std::uint32_t step;
        bool operator<(const Waiting& other) const {
            return way != other.way ? way < other.way : step > other.step;
        }
    };
    struct LinkState {
        std::int64_t free_at = 0;
        std::priority_queue<Waiting> waiting;
    };

    void wait_for_link(std::uint32_t step, std::int64_t now) {
        const std::uint32_t link = graph_.steps[step].link.value;
        links_[link].waiting.push({way_[step], step});
        if (links_[link].free_at <= now) events_.push({now, kLinkFree, link});
    }

    void serve(std::uint32_t link, std::int64_t now) {
        LinkState& state = links_[link];
        if (state.free_at > now || state.waiting.empty()) return;
        const std::uint32_t step = state.waiting.top().step;
        state.waiting.pop();
        place(step, now, generation_time(graph_.steps[step], network_, options_));
        state.free_at = spans_[step].end.ps;
        events_.push({state.free_at, kLinkFree, link});
    }

    void place(std::uint32_t step, std::int64_t now, Time duration) {
        const std::int64_t end = now + duration.ps;
        spans_[step] = {Time{now}, Time{end}};
        for (const Dependency& d : graph_.successors(step)) {
            const bool travels = d.kind == DependencyKind::kMessage;
            ready_[d.to] = std::max(ready_[d.to], end + (travels ? graph_.steps[d.to].lag.ps : 0));
            if (--open_[d.to] == 0) events_.push({ready_[d.to], kStepReady, d.to});
        }
    }

    const Network& network_;
    const DependencyGraph& graph_;
    const ScheduleOptions& options_;
    std::vector<std::int64_t> way_;
    std::vector<std::uint32_t> open_;
    std::vector<std::int64_t> ready_;
    std::vector<TimeSpan> spans_;
    std::vector<LinkState> links_;
    std::priority_queue<Event> events_;
};

std::size_t count_instructions(const QpuProgram& qpu) {
    std::size_t n = 0;
    visit_instructions(qpu, [&n](const Instruction&) { ++n; });
    return n;
}

/// Stretches every `if` and `while` over what runs inside; returns the end of the block.
Time stretch(const QpuProgram& qpu, BlockId block, std::vector<TimeSpan>& spans,
             std::size_t& position) {
    Time last{-1};
    if (!block.valid()) return last;
    for (const Instruction& i : qpu.block(block)) {
        TimeSpan& own = spans[position++];
        if (i.body.valid()) own.end = std::max(own.end, stretch(qpu, i.body, spans, position));
        if (i.otherwise.valid())
            own.end = std::max(own.end, stretch(qpu, i.otherwise, spans, position));
        last = std::max(last, own.end);
    }
    return last;
}

}  // namespace

Timeline schedule(const DistributedProgram& program, const Network& network,
                  const DependencyGraph& graph, const ScheduleOptions& options) {
    const std::vector<TimeSpan> spans = ListSchedule(network, graph, options).run();
    Timeline timeline;
    timeline.notes = graph.notes;
    timeline.pairs.resize(program.pairs.size());
    timeline.messages.resize(program.num_messages);
    for (const QpuProgram& qpu : program.qpus)
        timeline.instructions.emplace_back(count_instructions(qpu));
    for (std::size_t s = 0; s < graph.steps.size(); ++s) {
        const Step& step = graph.steps[s];
        const Instruction& i = *step.instruction;
        timeline.instructions[step.qpu.value][step.position] = spans[s];
        timeline.makespan = std::max(timeline.makespan, spans[s].end);
        if (step.link.valid()) {
            timeline.instructions[step.other_qpu.value][step.other_position] = spans[s];
            timeline.pairs[i.pair.value] = {step.link, spans[s]};
        }
        if (i.kind == InstructionKind::kSend) {
            MessageTiming& m = timeline.messages[i.message.value];
            m.from = step.qpu;
            m.send = spans[s].end;
        }
        if (i.kind == InstructionKind::kRecv) timeline.messages[i.message.value].to = step.qpu;
    }
    for (std::size_t s = 0; s < graph.steps.size(); ++s)
        if (const Step& step = graph.steps[s]; step.instruction->kind == InstructionKind::kRecv) {
            MessageTiming& m = timeline.messages[step.instruction->message.value];
            m.arrive = m.send + step.lag;
        }
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        std::size_t position = 0;
        stretch(program.qpus[q], BlockId{0}, timeline.instructions[q], position);
    }
    return timeline;
}

Timeline schedule(const DistributedProgram& program, const Network& network,
                  const ScheduleOptions& options) {
    return schedule(program, network, find_dependencies(program, network), options);
}

}  // namespace carillon
