// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/run_program.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "carillon/base/error.h"
#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/inspect_state.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/program_runner.h"
#include "carillon/execution/execute/sample_deferred.h"
#include "carillon/execution/execute/shot_loop.h"

namespace carillon {

namespace {

using Handle = engine::AffineFrame::Handle;

template <class Real>
std::vector<Handle> layout_handles(const DistributedProgram& program,
                                   const ProgramRunner<Real>& runner) {
    std::vector<Handle> handles;
    for (const Location& location : program.final_layout)
        handles.push_back(runner.handle(location));
    std::vector<Handle> sorted = handles;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end())
        throw InputError("the final layout puts two source qubits in one place");
    return handles;
}

template <class Real>
void run_sampled(const DistributedProgram& program, const SimulateOptions& options,
                 ProgramRunResult& result) {
    ProgramRunner<Real> runner(program, options, options.threads, true);
    runner.run(0);
    {
        const auto span = host::open_span(whole_work(options), host::Activity::kCompute, "sample");
        sample_deferred(program, options, runner.qubits(), runner.deferred_qubits(), result);
    }
    if (options.questions.any())
        result.answers = inspect_state(runner.qubits(), layout_handles(program, runner),
                                       options.questions, options.ranks);
    take_resources(runner.qubits(), result);
    runner.qubits().close();
    add_counters(runner.counters(), result.counters);
    result.sampled = true;
}

template <class Real>
void run_by_shots(const DistributedProgram& program, const SimulateOptions& options,
                  ProgramRunResult& result) {
    const bool parallel = program.num_qubits <= kSmallState;
    const bool output = has_output(program);
    const SimulateOptions own = options_of_shots(options, parallel);
    const auto span = host::open_span(parallel ? options.locality.trace : nullptr,
                                      host::Activity::kCompute, "shots");
    std::mutex mutex;
    const auto chunk = [&](std::uint64_t begin, std::uint64_t end, Counts& counts) {
        for (std::uint64_t shot = begin; shot < end; ++shot) {
            ProgramRunner<Real> runner(program, own, parallel ? 1 : options.threads);
            runner.run(shot);
            runner.qubits().close();
            if (output)
                ++counts[outcome_key(program.bit_registers, program.variables, runner.classical())];
            const std::lock_guard lock(mutex);
            take_resources(runner.qubits(), result);
            add_counters(runner.counters(), result.counters);
        }
    };
    constexpr std::uint64_t kGrain = 16;
    run_shots(options.shots, parallel ? options.threads : 1, kGrain, chunk, result.counts,
              options.locality.thread_start);
}

/// <a|rho|a> where rho is what the register holds on the listed qubits.
double overlap(const std::vector<Complex>& a, engine::Register<double>& reg,
               std::vector<Handle> handles) {
    std::vector<bool> listed;
    for (const Handle h : handles) {
        if (h >= listed.size()) listed.resize(h + 1);
        listed[h] = true;
    }
    for (const Handle h : reg.indefinite())  // left entangled by a wrong program
        if (h >= listed.size() || !listed[h]) handles.push_back(h);
    const std::vector<Complex> all = reg.amplitudes(handles);
    double sum = 0;
    for (std::size_t begin = 0; begin < all.size(); begin += a.size()) {
        Complex inner = 0;
        for (std::size_t i = 0; i < a.size(); ++i) inner += std::conj(a[i]) * all[begin + i];
        sum += std::norm(inner);
    }
    return sum;
}

}  // namespace

void add_counters(const ProgramCounters& from, ProgramCounters& to) {
    to.runs += from.runs;
    to.pairs += from.pairs;
    to.classical_bits += from.classical_bits;
    to.gates += from.gates;
    to.measurements += from.measurements;
    for (const auto& [qpus, count] : from.bits_by_qpus) to.bits_by_qpus[qpus] += count;
    for (const auto& [link, count] : from.pairs_by_link) to.pairs_by_link[link] += count;
    to.transfers += from.transfers;
    for (const auto& [link, count] : from.transfers_by_link) to.transfers_by_link[link] += count;
    for (const auto& [purpose, count] : from.pairs_by_purpose)
        to.pairs_by_purpose[purpose] += count;
}

bool can_sample(const DistributedProgram& program) {
    for (const QpuProgram& qpu : program.qpus) {
        std::vector<bool> touched(qpu.num_qubits()), measured(qpu.num_qubits());
        for (const Instruction& i : qpu.block(BlockId{0})) {
            if (i.kind == InstructionKind::kIf || i.kind == InstructionKind::kWhile ||
                i.kind == InstructionKind::kAssign)
                return false;
            if (i.kind == InstructionKind::kBarrier || i.kind == InstructionKind::kDelay) continue;
            std::vector<BitId> bits(qpu.conditions(i).begin(), qpu.conditions(i).end());
            std::vector<VariableId> variables;
            for (const Param& p : qpu.parameters(i))
                if (!p.constant()) collect_reads(program.exprs, p.expr, bits, variables);
            for (const BitId bit : bits)
                if (bit.value < program.num_bits) return false;
            const bool of_source = i.source != Instruction::kNoSource;
            for (const LocalQubit q : qpu.qubits(i)) {
                if (measured[q]) return false;
                if (i.kind == InstructionKind::kReset && of_source && touched[q]) return false;
                touched[q] = touched[q] || i.kind != InstructionKind::kReset;
                measured[q] = i.kind == InstructionKind::kMeasure && of_source;
            }
        }
    }
    return true;
}

void run_program_shots(const DistributedProgram& program, const SimulateOptions& options,
                       std::uint64_t begin, std::uint64_t end, ProgramRunResult& result) {
    const auto run = [&](auto real) {
        for (std::uint64_t shot = begin; shot < end; ++shot) {
            ProgramRunner<decltype(real)> runner(program, options, options.threads);
            runner.run(shot);
            if (has_output(program))
                ++result.counts[outcome_key(program.bit_registers, program.variables,
                                            runner.classical())];
            take_resources(runner.qubits(), result);
            add_counters(runner.counters(), result.counters);
        }
    };
    options.single_precision ? run(float{}) : run(double{});
    result.shots += end - begin;
}

ProgramRunResult run_program(const DistributedProgram& program, const SimulateOptions& given) {
    const auto begin = std::chrono::steady_clock::now();
    SimulateOptions options = given;
    ProgramRunResult result;
    result.shots = options.shots;
    const bool sampled = !options.per_shot && can_sample(program);
    if (!sampled) keep_shots_safe(options);
    if (!options.initial_state.empty())
        throw InputError(
            "an initial state is given to circuits; distributed programs start in |0>");
    if (options.questions.any()) {
        check_questions(options.questions, static_cast<std::uint32_t>(program.final_layout.size()));
        if (!sampled) throw InputError(kNoFinalState);
    }
    if (options.single_precision)
        sampled ? run_sampled<float>(program, options, result)
                : run_by_shots<float>(program, options, result);
    else
        sampled ? run_sampled<double>(program, options, result)
                : run_by_shots<double>(program, options, result);
    if (!sampled) keep_most_outcomes(options, result);
    result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

FinalState final_state(const DistributedProgram& program, std::uint64_t seed, std::uint64_t shot,
                       const SimulateOptions& options) {
    SimulateOptions own = options;
    own.seed = seed;
    own.ranks = nullptr;
    ProgramRunner<double> runner(program, own, own.threads);
    runner.run(shot);
    return {runner.classical(), runner.qubits().amplitudes(layout_handles(program, runner))};
}

FidelityResult fidelity(const Circuit& circuit, const DistributedProgram& program,
                        std::uint64_t seed, std::uint64_t shot, const SimulateOptions& options) {
    if (circuit.num_qubits != program.final_layout.size() || circuit.num_bits != program.num_bits)
        throw InputError(
            "the distributed program has " + std::to_string(program.final_layout.size()) +
            " source qubits and " + std::to_string(program.num_bits) + " bits, the circuit " +
            std::to_string(circuit.num_qubits) + " and " + std::to_string(circuit.num_bits));
    SimulateOptions own = options;
    own.seed = seed;
    own.ranks = nullptr;
    ProgramRunner<double> runner(program, own, own.threads);
    runner.run(shot);
    CircuitRunner<double> source(circuit, own, own.threads);
    source.start_shot(shot);
    source.follow(runner.outcomes());
    source.run_rest();

    FidelityResult result;
    result.program_probability = runner.probability();
    result.source_probability = source.probability();
    const ClassicalState ours = runner.classical();
    const ClassicalState& theirs = source.classical();
    result.outputs_agree = true;
    for (std::uint32_t b = 0; b < program.num_bits; ++b)
        if (program.bit_owner[b].valid()) result.outputs_agree &= ours.bits[b] == theirs.bits[b];
    for (std::size_t v = 0; v < program.variables.size(); ++v)
        if (program.variable_owner[v].valid())
            result.outputs_agree &= ours.variables[v] == theirs.variables[v];

    std::vector<Handle> all(circuit.num_qubits);
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all[q] = q;
    const std::vector<Complex> expected = source.qubits().amplitudes(all);
    result.fidelity = overlap(expected, runner.qubits(), layout_handles(program, runner));
    if (result.source_probability == 0) result.fidelity = 0;
    return result;
}

}  // namespace carillon
