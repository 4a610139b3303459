// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_mode.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <type_traits>

#include "carillon/base/error.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/process_controller.h"
#include "carillon/execution/execute/process_plan.h"
#include "carillon/execution/execute/sample_deferred.h"
#include "carillon/execution/execute/stream.h"
#include "carillon/resource/substrate/substrate.h"

namespace carillon {

namespace {

using substrate::Act;
using substrate::Roles;

/// First byte of a note between rank 0 and another.
enum class Note : std::uint8_t { kLeave, kPlan, kResult };

void send_note(host::Ranks& ranks, int to, Note note, const std::vector<std::byte>& bytes) {
    std::vector<std::byte> all(1, static_cast<std::byte>(note));
    all.insert(all.end(), bytes.begin(), bytes.end());
    ranks.send(all, to, substrate::kNotes, host::Traffic::kControl);
}

substrate::SubstrateOptions substrate_options(const Plan& plan) {
    substrate::SubstrateOptions options;
    options.state = register_options(plan.options, plan.options.threads);
    options.state.ranks = nullptr;  // they share the work in another way
    options.names = plan.names;
    options.qubits = plan.qubits;
    return options;
}

/// Rank 0 in one run.
class Leader {
  public:
    Leader(host::Ranks& ranks, const DistributedProgram& program, const SimulateOptions& options,
           const ProcessHooks& hooks)
        : ranks_(ranks), program_(program), options_(options), hooks_(hooks) {
        const auto qpus = static_cast<int>(program.qpus.size());
        plan_.roles = Roles::split(ranks.size(), qpus, program.name);
        plan_.options = options;
        plan_.sampled = !options.per_shot && can_sample(program);
        // As run_program() does it, so that the same sums are added in the same order.
        if (!plan_.sampled && program.num_qubits <= kSmallState) plan_.options.threads = 1;
        for (const QpuProgram& qpu : program.qpus) {
            plan_.names.push_back(qpu.name);
            plan_.qubits.push_back(qpu.num_qubits());
        }
    }

    ProgramRunResult run() {
        hand_out();
        result_.shots = options_.shots;
        result_.sampled = plan_.sampled;
        if (options_.single_precision)
            hold<float>();
        else
            hold<double>();
        gather();
        if (!plan_.sampled) {
            count();
            keep_most_outcomes(options_, result_);
        }
        return std::move(result_);
    }

    const Plan& plan() const { return plan_; }

  private:
    void hand_out() {
        for (int rank = 1; rank < ranks_.size(); ++rank) {
            Plan own = plan_;
            if (!plan_.roles.holds_qubits(rank))
                own.slice = slice_of(program_, qpu_at(plan_.roles.controller_at(rank)));
            send_note(ranks_, rank, Note::kPlan, plan_bytes(own));
        }
    }

    static QpuId qpu_at(int controller) { return QpuId{static_cast<std::size_t>(controller)}; }

    /// Serves all rounds.
    template <class Real>
    void hold() {
        substrate::SubstrateOptions substrate = substrate_options(plan_);
        substrate.waiting = [this](std::uint32_t qpu, const Act& act) {
            return Stream::waiting(program_, QpuId{qpu}, act);
        };
        substrate::Substrate<Real> qubits(ranks_, plan_.roles, std::move(substrate));
        try {
            const std::uint64_t rounds = plan_.sampled ? 1 : options_.shots;
            for (std::uint64_t round = 0; round < rounds; ++round) {
                qubits.run_round();
                auto& held = qubits.performer().qubits();
                if (plan_.sampled)
                    sample_deferred(program_, options_, held, qubits.performer().deferred(),
                                    result_);
                take_resources(held, result_);
                if constexpr (std::is_same_v<Real, double>)
                    if (hooks_.round_over) hooks_.round_over(round, held);
            }
        } catch (const host::PeerLost&) {
            throw;
        } catch (...) {
            const std::exception_ptr thrown = std::current_exception();
            qubits.close();
            std::rethrow_exception(thrown);
        }
        qubits.close();
    }

    /// What the other ranks have to say.
    void gather() {
        ProcessReport& report = result_.processes.emplace();
        report.ranks = ranks_.description();
        const int controllers = plan_.roles.controllers;
        of_qpu_.resize(static_cast<std::size_t>(controllers));
        report.holders.push_back(this_process(ranks_, ""));
        result_.counters.runs = plan_.sampled ? 1 : options_.shots;
        for (int rank = 1; rank < ranks_.size(); ++rank) {
            host::Arrival note = ranks_.next(substrate::kNotes);
            ControllerResult result = read_result(std::span(note.bytes).subspan(1));
            result.process.rank = note.from;
            if (plan_.roles.holds_qubits(note.from))
                report.holders.push_back(result.process);
            else
                of_qpu_[static_cast<std::size_t>(plan_.roles.controller_at(note.from))] =
                    std::move(result);
        }
        std::ranges::sort(report.holders, {}, &ProcessOf::rank);
        for (std::uint32_t qpu = 0; qpu < of_qpu_.size(); ++qpu) add_result(qpu, report);
        report.runs = result_.counters.runs;
        report.pairs_by_link = result_.counters.pairs_by_link;
        add_prediction(report);
    }

    void add_result(std::uint32_t qpu, ProcessReport& report) {
        ControllerResult& own = of_qpu_[qpu];
        own.process.name = plan_.names[qpu];
        report.controllers.push_back(own.process);
        add_counters(own.counters, result_.counters);
        std::uint64_t messages = 0;
        for (std::uint32_t to = 0; to < own.messages.size(); ++to) {
            messages += own.messages[to];
            if (own.bits[to] > 0) {
                ProcessTraffic& traffic = report.traffic[{qpu, to}];
                traffic.messages = own.messages[to];
                traffic.bits = own.bits[to];
            }
        }
        if (messages != own.sent_by_transport)
            throw InternalError("QPU " + own.process.name + " sent " + std::to_string(messages) +
                                " messages of bits, and its rank counted " +
                                std::to_string(own.sent_by_transport));
    }

    void add_prediction(ProcessReport& report) {
        const auto predicted = predict_traffic(program_);
        if (!predicted) return;
        for (const auto& [qpus, bits] : predicted->bits_by_qpus)
            report.traffic[qpus].predicted_bits = bits * report.runs;
        for (auto& [qpus, traffic] : report.traffic)
            traffic.predicted_bits = traffic.predicted_bits.value_or(0);
        report.predicted_pairs_by_link.emplace();
        for (const auto& [link, pairs] : predicted->pairs_by_link)
            (*report.predicted_pairs_by_link)[link] = pairs * report.runs;
    }

    /// Puts together what the QPUs own of every shot.
    void count() {
        const bool output = has_output(program_);
        std::vector<std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>> owned;
        for (std::size_t qpu = 0; qpu < of_qpu_.size(); ++qpu) {
            owned.push_back(owned_by(program_, QpuId{qpu}));
            if (of_qpu_[qpu].owned_bits.size() != owned[qpu].first.size() * options_.shots ||
                of_qpu_[qpu].owned_variables.size() != owned[qpu].second.size() * options_.shots)
                throw InternalError("QPU " + plan_.names[qpu] + " did not report all shots");
        }
        for (std::uint64_t shot = 0; shot < options_.shots; ++shot) {
            ClassicalState memory;
            memory.bits.assign(program_.num_bits, 0);
            for (const Variable& v : program_.variables) memory.variables.push_back(v.initial);
            for (std::size_t qpu = 0; qpu < of_qpu_.size(); ++qpu) {
                const auto& [bits, variables] = owned[qpu];
                for (std::size_t k = 0; k < bits.size(); ++k)
                    memory.bits[bits[k]] = of_qpu_[qpu].owned_bits[shot * bits.size() + k];
                for (std::size_t k = 0; k < variables.size(); ++k)
                    memory.variables[variables[k]] =
                        of_qpu_[qpu].owned_variables[shot * variables.size() + k];
            }
            if (hooks_.shot_over) hooks_.shot_over(shot, memory);
            if (output)
                ++result_.counts[outcome_key(program_.bit_registers, program_.variables, memory)];
        }
    }

    host::Ranks& ranks_;
    const DistributedProgram& program_;
    const SimulateOptions& options_;
    const ProcessHooks& hooks_;
    Plan plan_;
    ProgramRunResult result_;
    std::vector<ControllerResult> of_qpu_;
};

/// A rank that holds qubits beside rank 0.
template <class Real>
void hold_qubits(host::Ranks& ranks, const Plan& plan) {
    substrate::Substrate<Real> qubits(ranks, plan.roles, substrate_options(plan));
    const std::uint64_t rounds = plan.sampled ? 1 : plan.options.shots;
    for (std::uint64_t round = 0; round < rounds; ++round) qubits.run_round();
}

ControllerResult take_part(host::Ranks& ranks, const Plan& plan) {
    if (!plan.roles.holds_qubits(ranks.rank())) return control_qpu(ranks, plan);
    if (plan.options.single_precision)
        hold_qubits<float>(ranks, plan);
    else
        hold_qubits<double>(ranks, plan);
    ControllerResult result;
    result.process = this_process(ranks, "");
    return result;
}

/// Says which part a rank had that died; one that died, not one that left because of it.
host::PeerLost named(const host::PeerLost& lost, const host::Ranks& ranks, const Plan& plan) {
    int rank = lost.rank();
    for (int r = ranks.size(); r-- > 0;)
        if (ranks.state(r) == host::RankState::kDead && ranks.state(rank) != host::RankState::kDead)
            rank = r;
    std::string part = "which led the run";
    if (!plan.roles.holds_qubits(rank))
        part = "which controlled QPU " +
               plan.names[static_cast<std::size_t>(plan.roles.controller_at(rank))];
    else if (rank != 0)
        part = "which held qubits";
    return {rank, "rank " + std::to_string(rank) + ", " + part + ", died"};
}

}  // namespace

ProgramRunResult run_processes(host::Ranks& ranks, const DistributedProgram& program,
                               const SimulateOptions& options, const ProcessHooks& hooks) {
    const auto begin = std::chrono::steady_clock::now();
    if (!options.initial_state.empty() || options.questions.any() || options.explain)
        throw InputError(
            "processes run programs from |0> and count outcomes; expectation values, amplitudes, "
            "states and explanations are for one whole state");
    check_for_processes(program);
    Leader leader(ranks, program, options, hooks);
    try {
        ProgramRunResult result = leader.run();
        result.wall_s =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        return result;
    } catch (const host::PeerLost& lost) {
        throw named(lost, ranks, leader.plan());
    }
}

void join_processes(host::Ranks& ranks) {
    for (;;) {
        const host::Arrival note = ranks.next(substrate::kNotes);
        if (note.bytes.at(0) == static_cast<std::byte>(Note::kLeave)) return;
        const Plan plan = read_plan(std::span(note.bytes).subspan(1));
        try {
            send_note(ranks, 0, Note::kResult, result_bytes(take_part(ranks, plan)));
        } catch (const host::PeerLost& lost) {
            throw named(lost, ranks, plan);
        } catch (const std::exception&) {
            // The same was thrown on rank 0, which says it.
        }
    }
}

ProcessCrew::~ProcessCrew() {
    try {
        for (int rank = 1; rank < ranks_->size(); ++rank)
            send_note(*ranks_, rank, Note::kLeave, {});
    } catch (const std::exception&) {
        // A rank died, and the others know.
    }
}

void check_ranks(int ranks, std::size_t qpus, const std::string& what) {
    Roles::split(ranks, static_cast<int>(qpus), what);
}

std::optional<PredictedTraffic> predict_traffic(const DistributedProgram& program) {
    PredictedTraffic predicted;
    for (std::uint32_t qpu = 0; qpu < program.qpus.size(); ++qpu)
        for (const Instruction& i : program.qpus[qpu].block(BlockId{0})) {
            if (i.kind == InstructionKind::kIf || i.kind == InstructionKind::kWhile)
                return std::nullopt;
            if (i.kind == InstructionKind::kSend) ++predicted.bits_by_qpus[{qpu, i.peer.value}];
        }
    for (const BellPair& pair : program.pairs) ++predicted.pairs_by_link[pair.link.value];
    return predicted;
}

}  // namespace carillon
