// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/schedule.h"

#include <algorithm>
#include <utility>

#include "carillon/workload/schedule/just_in_time.h"
#include "carillon/workload/schedule/lower_bound.h"
#include "carillon/workload/schedule/open_late.h"
#include "carillon/workload/schedule/search.h"

namespace carillon {

namespace {

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

/// The best schedule that was found, of the pairs' mean or random times.
FoundSchedule find_schedule(const Network& network, const DependencyGraph& graph, Time bound,
                            const ScheduleOptions& options) {
    const ListScheduler scheduler(network, graph);
    FoundSchedule found = search_schedule(scheduler, {options.most_tries, options.prefetch, bound});
    if (options.entanglement_seed) {
        found.rule.release.clear();
        found.rule.cutoffs = true;
        found.rule.entanglement_seed = options.entanglement_seed;
        found.placed = scheduler.run(found.rule);
    } else {
        if (options.open_late) open_copies_late(scheduler, found.placed);
        send_in_packets(scheduler, found.placed);
    }
    return found;
}

void fill_messages(Timeline& timeline, const DependencyGraph& graph) {
    for (const Step& step : graph.steps) {
        const Instruction& i = *step.instruction;
        if (i.kind != InstructionKind::kSend && i.kind != InstructionKind::kRecv) continue;
        MessageTiming& m = timeline.messages[i.message.value];
        if (i.kind == InstructionKind::kSend) {
            m.from = step.qpu;
            m.send = timeline.instructions[step.qpu.value][step.position].end;
        } else {
            m.to = step.qpu;
        }
    }
    for (const Step& step : graph.steps)
        if (step.instruction->kind == InstructionKind::kRecv) {
            MessageTiming& m = timeline.messages[step.instruction->message.value];
            m.arrive = m.send + step.lag;
        }
}

void fill_discarded(Timeline& timeline, const DependencyGraph& graph, const PlacedSteps& placed) {
    for (const PlacedSteps::Discard& d : placed.discarded)
        timeline.discarded.push_back(
            {graph.steps[d.step].instruction->pair, d.generation, d.channels});
    for (const std::uint32_t s : placed.overdue)
        timeline.overdue.push_back(graph.steps[s].instruction->pair);
    if (!timeline.overdue.empty())
        timeline.notes.push_back(
            std::to_string(timeline.overdue.size()) +
            " Bell pairs are used although older than the memory cut-off: with these links and "
            "communication qubits no schedule that was tried does without");
}

}  // namespace

Timeline schedule(const DistributedProgram& program, const Network& network,
                  const DependencyGraph& graph, const ScheduleOptions& options) {
    const Time bound = bound_makespan(network, program, graph).as_it_is;
    const FoundSchedule found = options.prefetch
                                    ? find_schedule(network, graph, bound, options)
                                    : find_schedule(network, made_on_demand(graph), bound, options);
    const std::vector<TimeSpan>& spans = found.placed.spans;
    Timeline timeline;
    timeline.notes = graph.notes;
    timeline.method = found.method;
    timeline.tries = found.tries;
    timeline.drawn = options.entanglement_seed.has_value();
    timeline.pairs.resize(program.pairs.size());
    timeline.transfers.resize(program.transfers.size());
    timeline.messages.resize(program.num_messages);
    for (const QpuProgram& qpu : program.qpus)
        timeline.instructions.emplace_back(count_instructions(qpu));
    for (std::size_t s = 0; s < graph.steps.size(); ++s) {
        const Step& step = graph.steps[s];
        timeline.instructions[step.qpu.value][step.position] = spans[s];
        timeline.makespan = std::max(timeline.makespan, spans[s].end);
        if (!step.link.valid()) continue;
        timeline.instructions[step.other_qpu.value][step.other_position] = spans[s];
        if (step.makes_pair())
            timeline.pairs[step.instruction->pair.value] = {step.link, spans[s],
                                                            found.placed.channels[s]};
        else
            timeline.transfers[step.instruction->transfer.value] = {step.link, spans[s]};
    }
    fill_messages(timeline, graph);
    fill_discarded(timeline, graph, found.placed);
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
