// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/summary.h"

#include <algorithm>
#include <cmath>

#include "carillon/workload/schedule/instruction_cost.h"

namespace carillon {

namespace {

constexpr std::string_view kFidelityMethod =
    "product of pair fidelities, operation success and exp(-idle/T2)";

bool acts_on_qubits(InstructionKind kind) {
    return kind == InstructionKind::kGate || kind == InstructionKind::kMeasure ||
           kind == InstructionKind::kReset || kind == InstructionKind::kPair;
}

/// Longest chains through the partial order.
void measure_chains(const DependencyGraph& graph, const Timeline& timeline,
                    ScheduleSummary& summary) {
    const std::size_t n = graph.steps.size();
    std::vector<std::int64_t> start(n, 0);
    std::vector<std::uint32_t> rounds(n, 0), depth(n, 0);
    for (const std::uint32_t s : graph.topological) {
        const Step& step = graph.steps[s];
        rounds[s] += step.link.valid();
        depth[s] += acts_on_qubits(step.instruction->kind);
        const Time duration = step.link.valid()
                                  ? timeline.pairs[step.instruction->pair.value].generation.length()
                                  : step.duration;
        const std::int64_t end = start[s] + duration.ps;
        summary.critical_path = std::max(summary.critical_path, Time{end});
        summary.rounds = std::max(summary.rounds, rounds[s]);
        summary.depth = std::max(summary.depth, depth[s]);
        for (const Dependency& d : graph.successors(s)) {
            rounds[d.to] = std::max(rounds[d.to], rounds[s]);
            depth[d.to] = std::max(depth[d.to], depth[s]);
            if (d.kind == DependencyKind::kReuse) continue;
            const std::int64_t lag =
                d.kind == DependencyKind::kMessage ? graph.steps[d.to].lag.ps : 0;
            start[d.to] = std::max(start[d.to], end + lag);
        }
    }
}

void measure_links(const DependencyGraph& graph, const Timeline& timeline,
                   ScheduleSummary& summary) {
    for (const Step& step : graph.steps) {
        if (!step.link.valid()) continue;
        LinkUse& use = summary.links[step.link.value];
        ++use.pairs;
        use.busy += timeline.pairs[step.instruction->pair.value].generation.length();
    }
    for (LinkUse& use : summary.links) {
        summary.busiest_link = std::max(summary.busiest_link, use.busy);
        if (timeline.makespan.ps > 0)
            use.utilisation =
                static_cast<double>(use.busy.ps) / static_cast<double>(timeline.makespan.ps);
    }
}

/// Length of the union of the spans; they are sorted here.
Time covered(std::vector<TimeSpan>& spans) {
    std::sort(spans.begin(), spans.end(),
              [](const TimeSpan& a, const TimeSpan& b) { return a.start < b.start; });
    Time total, until{-1};
    for (const TimeSpan& s : spans) {
        if (s.end <= until) continue;
        total += s.end - std::max(s.start, until);
        until = s.end;
    }
    return total;
}

double coherence_ns(const Node& node) {
    if (node.t2_ns > 0) return node.t2_ns;
    return 2 * node.t1_ns;
}

/// Follows the instructions of one QPU in stream order (on each qubit that is time order).
class QpuMeter {
  public:
    QpuMeter(const QpuProgram& qpu, const Node& node, const std::vector<TimeSpan>& spans)
        : qpu_(qpu), node_(node), spans_(spans), held_since_(qpu.num_qubits(), kFree) {}

    QpuUse measure(double& log_fidelity) {
        std::vector<bool> used(qpu_.num_qubits(), false);
        std::size_t position = 0;
        visit_instructions(qpu_, [&](const Instruction& i) {
            const TimeSpan span = spans_[position++];
            if (!span.scheduled() || !acts_on_qubits(i.kind)) return;
            log_success_ += log_success(i, node_);
            use_.gates += i.kind == InstructionKind::kGate;
            use_.pairs += i.kind == InstructionKind::kPair;
            if (i.kind != InstructionKind::kPair && span.length().ps > 0) busy_.push_back(span);
            for (const LocalQubit q : qpu_.qubits(i)) {
                used.at(q) = true;
                hold(q, i.kind, span);
            }
        });
        use_.busy = covered(busy_);
        for (LocalQubit q = 0; q < qpu_.num_qubits(); ++q)
            (qpu_.is_comm(q) ? use_.comm_used : use_.data_used) += used[q];
        if (const double t2 = coherence_ns(node_); t2 > 0) log_success_ -= use_.waiting.ns() / t2;
        log_fidelity += log_success_;
        return use_;
    }

  private:
    static constexpr Time kFree{-1};

    /// A qubit waits from the end of one instruction to the start of the next, unless a
    /// measurement or a reset has emptied it in between.
    void hold(LocalQubit q, InstructionKind kind, TimeSpan span) {
        Time& since = held_since_[q];
        if (since != kFree) use_.waiting += std::max(Time{}, span.start - since);
        const bool empties = kind == InstructionKind::kMeasure || kind == InstructionKind::kReset;
        since = empties ? kFree : span.end;
    }

    const QpuProgram& qpu_;
    const Node& node_;
    const std::vector<TimeSpan>& spans_;
    std::vector<Time> held_since_;
    std::vector<TimeSpan> busy_;
    QpuUse use_;
    double log_success_ = 0;
};

}  // namespace

ScheduleSummary summarize_schedule(const DistributedProgram& program, const Network& network,
                                   const DependencyGraph& graph, const Timeline& timeline) {
    ScheduleSummary summary;
    summary.makespan = timeline.makespan;
    summary.fidelity_method = kFidelityMethod;
    summary.links.resize(network.links.size());
    measure_chains(graph, timeline, summary);
    measure_links(graph, timeline, summary);
    summary.lower_bound = std::max(summary.critical_path, summary.busiest_link);
    if (summary.lower_bound.ps > 0)
        summary.gap =
            static_cast<double>(summary.makespan.ps) / static_cast<double>(summary.lower_bound.ps) -
            1;
    for (std::size_t l = 0; l < summary.links.size(); ++l)
        if (summary.links[l].pairs > 0)
            summary.log_fidelity +=
                static_cast<double>(summary.links[l].pairs) * std::log(network.links[l].fidelity);
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        QpuMeter meter(program.qpus[q], network.nodes[q], timeline.instructions[q]);
        summary.qpus.push_back(meter.measure(summary.log_fidelity));
        summary.waiting += summary.qpus.back().waiting;
    }
    summary.expected_fidelity = std::exp(summary.log_fidelity);
    return summary;
}

}  // namespace carillon
