// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/summary.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "carillon/workload/schedule/instruction_cost.h"

namespace carillon {

namespace {

constexpr std::string_view kFidelityMethod =
    "product of pair fidelities, operation success and exp(-idle/T2)";
constexpr std::string_view kFidelityMethodWithTransfers =
    "product of pair fidelities, operation and transfer success and exp(-idle/T2)";

bool acts_on_qubits(InstructionKind kind) {
    return kind == InstructionKind::kGate || kind == InstructionKind::kMeasure ||
           kind == InstructionKind::kReset || kind == InstructionKind::kPair ||
           kind == InstructionKind::kTransfer;
}

/// Longest chains through the partial order.
void measure_chains(const DependencyGraph& graph, ScheduleSummary& summary) {
    const std::size_t n = graph.steps.size();
    std::vector<std::uint32_t> rounds(n, 0), depth(n, 0);
    for (const std::uint32_t s : graph.topological) {
        const Step& step = graph.steps[s];
        rounds[s] += step.makes_pair();
        depth[s] += acts_on_qubits(step.instruction->kind);
        summary.rounds = std::max(summary.rounds, rounds[s]);
        summary.depth = std::max(summary.depth, depth[s]);
        for (const Dependency& d : graph.successors(s)) {
            rounds[d.to] = std::max(rounds[d.to], rounds[s]);
            depth[d.to] = std::max(depth[d.to], depth[s]);
        }
    }
}

void measure_links(const Network& network, const Timeline& timeline, ScheduleSummary& summary) {
    summary.links.resize(network.links.size());
    const auto add = [&](LinkId link, const TimeSpan& generation, std::uint32_t channels) {
        summary.links[link.value].busy += Time{generation.length().ps * channels};
    };
    for (const PairTiming& p : timeline.pairs) {
        if (!p.generation.scheduled()) continue;
        ++summary.links[p.link.value].pairs;
        add(p.link, p.generation, p.channels);
    }
    for (const TransferTiming& t : timeline.transfers) {
        if (!t.passage.scheduled()) continue;
        ++summary.links[t.link.value].transfers;
        add(t.link, t.passage, 1);
    }
    for (const DiscardedPair& d : timeline.discarded) {
        const LinkId link = timeline.pairs[d.pair.value].link;
        ++summary.links[link.value].discarded;
        add(link, d.generation, d.channels);
    }
    for (std::size_t l = 0; l < summary.links.size(); ++l) {
        LinkUse& use = summary.links[l];
        const double channels = std::max(network.links[l].multiplexing, 1u);
        if (timeline.makespan.ps > 0)
            use.utilisation = static_cast<double>(use.busy.ps) /
                              static_cast<double>(timeline.makespan.ps) / channels;
    }
}

std::size_t count_packets(const Timeline& timeline) {
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::int64_t>> packets;
    for (const MessageTiming& m : timeline.messages)
        if (m.scheduled()) packets.emplace_back(m.from.value, m.to.value, m.send.ps);
    std::sort(packets.begin(), packets.end());
    return static_cast<std::size_t>(std::unique(packets.begin(), packets.end()) - packets.begin());
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
    QpuMeter(const DistributedProgram& program, QpuId id, const Node& node,
             const std::vector<TimeSpan>& spans)
        : program_(program),
          id_(id),
          qpu_(program.qpu(id)),
          node_(node),
          spans_(spans),
          held_since_(qpu_.num_qubits(), kFree),
          cutoff_(Time::from_ns(node.memory_cutoff_ns)) {}

    std::size_t stale() const { return stale_; }

    QpuUse measure(double& log_fidelity) {
        std::vector<bool> used(qpu_.num_qubits(), false);
        std::size_t position = 0;
        visit_instructions(qpu_, [&](const Instruction& i) {
            const TimeSpan span = spans_[position++];
            if (!span.scheduled() || !acts_on_qubits(i.kind)) return;
            log_success_ += log_success(i, node_);
            use_.gates += i.kind == InstructionKind::kGate;
            use_.pairs += i.kind == InstructionKind::kPair;
            use_.transfers += i.kind == InstructionKind::kTransfer;
            if (i.kind != InstructionKind::kPair && span.length().ps > 0) busy_.push_back(span);
            for (const LocalQubit q : qpu_.qubits(i)) {
                used.at(q) = true;
                hold(q, empties(i), span);
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

    /// Measurements and resets empty a qubit; of a transfer the one it leaves.
    bool empties(const Instruction& i) const {
        return i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kReset ||
               (i.kind == InstructionKind::kTransfer &&
                program_.transfers[i.transfer.value].from == id_);
    }

    /// A qubit waits from the end of one instruction to the start of the next, unless it is empty
    /// in between.
    void hold(LocalQubit q, bool empties, TimeSpan span) {
        Time& since = held_since_[q];
        if (since != kFree) {
            const Time idle = std::max(Time{}, span.start - since);
            use_.waiting += idle;
            if (qpu_.is_comm(q) && cutoff_.ps > 0 && idle > cutoff_) ++stale_;
        }
        since = empties ? kFree : span.end;
    }

    const DistributedProgram& program_;
    QpuId id_;
    const QpuProgram& qpu_;
    const Node& node_;
    const std::vector<TimeSpan>& spans_;
    std::vector<Time> held_since_;
    Time cutoff_;
    std::size_t stale_ = 0;
    std::vector<TimeSpan> busy_;
    QpuUse use_;
    double log_success_ = 0;
};

}  // namespace

ScheduleSummary summarize_schedule(const DistributedProgram& program, const Network& network,
                                   const DependencyGraph& graph, const Timeline& timeline) {
    ScheduleSummary summary;
    summary.makespan = timeline.makespan;
    summary.fidelity_method =
        program.transfers.empty() ? kFidelityMethod : kFidelityMethodWithTransfers;
    measure_chains(graph, summary);
    measure_links(network, timeline, summary);
    summary.bounds = bound_makespan(network, program, graph);
    summary.lower_bound = summary.bounds.best();
    if (summary.lower_bound.ps > 0)
        summary.gap =
            static_cast<double>(summary.makespan.ps) / static_cast<double>(summary.lower_bound.ps) -
            1;
    summary.packets = count_packets(timeline);
    summary.discarded = timeline.discarded.size();
    summary.overdue = timeline.overdue.size();
    for (std::size_t l = 0; l < summary.links.size(); ++l) {
        const LinkUse& use = summary.links[l];
        const Link& link = network.links[l];
        if (use.pairs > 0)
            summary.log_fidelity += static_cast<double>(use.pairs) * std::log(link.fidelity);
        if (use.transfers > 0)
            summary.log_fidelity +=
                static_cast<double>(use.transfers) * std::log1p(-link.transfer_error);
    }
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        QpuMeter meter(program, QpuId{q}, network.nodes[q], timeline.instructions[q]);
        summary.qpus.push_back(meter.measure(summary.log_fidelity));
        summary.waiting += summary.qpus.back().waiting;
        summary.stale_copies += meter.stale();
    }
    summary.expected_fidelity = std::exp(summary.log_fidelity);
    return summary;
}

}  // namespace carillon
