// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/program_score.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "carillon/workload/schedule/instruction_cost.h"
#include "carillon/workload/schedule/schedule.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {
namespace {

/// Counts what one QPU's instructions are.
class StreamCounter {
  public:
    StreamCounter(const QpuProgram& qpu, const Node& node, const std::vector<TimeSpan>& spans,
                  ProgramScore& score)
        : qpu_(qpu), node_(node), spans_(spans), score_(score), service_(qpu.num_qubits()) {}

    void count() {
        std::size_t position = 0;
        visit_instructions(qpu_, [&](const Instruction& i) {
            count(i);
            // Of branches only the one that the schedule takes can spoil the result.
            if (spans_[position++].scheduled()) count_errors(i);
        });
        const auto used = std::count_if(service_.begin(), service_.end(),
                                        [](const Service& s) { return s.touched; });
        score_.comm_in_use = std::max(score_.comm_in_use, static_cast<std::uint32_t>(used));
    }

  private:
    /// How long a communication qubit's present half has served.
    struct Service {
        bool touched = false;
        std::size_t gates = 0;
    };

    void count_errors(const Instruction& i) {
        FidelityScore& f = score_.fidelity;
        (i.kind == InstructionKind::kMeasure ? f.readout : f.gates) += log_success(i, node_);
    }

    void count(const Instruction& i) {
        const bool gate = i.kind == InstructionKind::kGate;
        score_.local_gates += gate;
        score_.local_swaps += gate && i.gate == GateKind::kSwap;
        for (const LocalQubit q : qpu_.qubits(i)) {
            if (!qpu_.is_comm(q)) continue;
            service_[q].touched = true;
            if (!gate) service_[q].gates = 0;
            if (!gate || i.num_operands < 2) continue;
            score_.longest_service = std::max(score_.longest_service, ++service_[q].gates);
        }
    }

    const QpuProgram& qpu_;
    const Node& node_;
    const std::vector<TimeSpan>& spans_;
    ProgramScore& score_;
    std::vector<Service> service_;  ///< by qubit; of data qubits it stays empty
};

void count_program(const DistributedProgram& program, const Network& network,
                   const Timeline& timeline, ProgramScore& score) {
    score.pairs = program.pairs.size();
    score.transfers = program.transfers.size();
    for (const BellPair& pair : program.pairs) {
        ++score.by_purpose[std::string(purpose_name(pair.purpose))];
    }
    score.classical_bits = summarize(program).classical_bits;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        StreamCounter(program.qpus[q], network.nodes[q], timeline.instructions[q], score).count();
    }
}

/// Splits the fidelity into its parts; waiting is what the others leave.
void split_fidelity(const Network& network, const ScheduleSummary& summary, FidelityScore& f) {
    for (std::size_t l = 0; l < summary.links.size(); ++l) {
        const LinkUse& use = summary.links[l];
        const Link& link = network.links[l];
        if (use.pairs > 0) f.pairs += static_cast<double>(use.pairs) * std::log(link.fidelity);
        if (use.transfers > 0) {
            f.transfers += static_cast<double>(use.transfers) * std::log1p(-link.transfer_error);
        }
    }
    f.log_fidelity = summary.log_fidelity;
    f.waiting_ns = summary.waiting.ns();
    f.waiting = f.log_fidelity - f.pairs - f.transfers - f.gates - f.readout;
}

/// Mean, error and maximum of the makespan over random numbers of attempts.
void draw_makespans(const DistributedProgram& program, const Network& network,
                    const DependencyGraph& graph, const ScoreOptions& options, TimeScore& time) {
    double sum = 0, squares = 0;
    for (std::uint32_t i = 0; i < options.samples; ++i) {
        ScheduleOptions draw;
        draw.entanglement_seed = options.seed + i;
        const double ns = schedule(program, network, graph, draw).makespan.ns();
        sum += ns;
        squares += ns * ns;
        time.slowest_ns = std::max(time.slowest_ns, ns);
    }
    time.samples = options.samples;
    if (options.samples == 0) return;
    const double n = options.samples;
    time.expected_ns = sum / n;
    if (options.samples == 1) return;
    const double variance = std::max(0.0, squares / n - time.expected_ns * time.expected_ns);
    time.error_ns = std::sqrt(variance / (n - 1));
}

}  // namespace

ProgramScore score_program(const DistributedProgram& program, const Network& network,
                           const ScoreOptions& options) {
    const DependencyGraph graph = find_dependencies(program, network);
    const Timeline timeline = schedule(program, network, graph);
    const ScheduleSummary summary = summarize_schedule(program, network, graph, timeline);
    ProgramScore score;
    count_program(program, network, timeline, score);
    split_fidelity(network, summary, score.fidelity);
    score.time.mean_times_ns = summary.makespan.ns();
    score.time.lower_bound_ns = summary.lower_bound.ns();
    score.time.rounds = summary.rounds;
    draw_makespans(program, network, graph, options, score.time);
    return score;
}

}  // namespace carillon
