// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/inspect_state.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/shot_blocks.h"
#include "carillon/execution/execute/shot_loop.h"
#include "carillon/resource/engine/sample.h"

namespace carillon {

namespace {

using Handle = engine::AffineFrame::Handle;

bool has_reset(const Circuit& circuit) {
    return std::ranges::any_of(circuit.body(),
                               [](const Operation& op) { return op.kind == OpKind::kReset; });
}

/// Runs everything but the measurements once, and samples them.
template <class Real>
void simulate_sampled(const Circuit& circuit, const SimulateOptions& options,
                      SimulateResult& result) {
    Circuit unmeasured = circuit;
    std::vector<QubitId> source_of(circuit.num_bits);
    std::erase_if(unmeasured.body(), [&](const Operation& op) {
        if (op.kind == OpKind::kMeasure && op.bit.valid())
            source_of[op.bit.value] = circuit.qubits(op)[0];
        return op.kind == OpKind::kMeasure || op.kind == OpKind::kReset;
    });
    CircuitRunner<Real> gates(unmeasured, options, options.threads);
    gates.run_rest();
    std::vector<BitId> bits;
    std::vector<Handle> measured;
    for (std::uint32_t b = circuit.num_bits; b-- > 0;) {
        if (!source_of[b].valid()) continue;
        bits.emplace_back(b);
        measured.push_back(source_of[b].value);
    }
    if (has_output(circuit) && options.shots > 0) {
        const auto span = host::open_span(whole_work(options), host::Activity::kCompute, "sample");
        const auto samples = engine::sample(gates.qubits(), measured, options.seed, options.shots,
                                            most_kept(options));
        count_samples(circuit.bit_registers, circuit.variables, circuit.initial_state(), bits,
                      samples, result);
    }
    if (options.questions.any()) {
        std::vector<Handle> all(circuit.num_qubits);
        for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all[q] = q;
        gates.qubits().multiply_phase(std::polar(1.0, circuit.global_phase));
        const auto span = host::open_span(whole_work(options), host::Activity::kCompute, "ask");
        result.answers = inspect_state(gates.qubits(), all, options.questions, options.ranks);
    }
    take_resources(gates.qubits(), result);
    gates.qubits().close();
    result.sampled = true;
}

/// Runs shots together until they part; small states in parallel, some shots on each thread.
template <class Real>
void simulate_by_shots(const Circuit& circuit, const SimulateOptions& options,
                       SimulateResult& result) {
    const bool parallel = circuit.num_qubits <= kSmallState;
    const SimulateOptions own = options_of_shots(options, parallel);
    const auto span = host::open_span(parallel ? options.locality.trace : nullptr,
                                      host::Activity::kCompute, "shots");
    ShotBlocks<Real> blocks(circuit, own, parallel ? 1 : options.threads);
    result.shots = 0;
    // Chunks do not depend on the number of threads, so neither does which shots run together.
    constexpr std::uint64_t kChunks = 8;
    const std::uint64_t grain = parallel ? (options.shots + kChunks - 1) / kChunks : options.shots;
    run_shots(
        options.shots, parallel ? options.threads : 1, std::max<std::uint64_t>(grain, 1),
        [&](std::uint64_t begin, std::uint64_t end, Counts& counts) {
            blocks.run(begin, end, counts, result);
        },
        result.counts, options.locality.thread_start);
}

}  // namespace

bool can_sample(const Circuit& circuit) {
    std::vector<bool> touched(circuit.num_qubits), measured(circuit.num_qubits);
    bool possible = true;
    for (const Operation& op : circuit.body()) {
        const auto qubits = circuit.qubits(op);
        switch (op.kind) {
            case OpKind::kGate: {
                std::vector<BitId> bits;
                std::vector<VariableId> variables;
                for (const Param& p : circuit.parameters(op))
                    if (!p.constant()) collect_reads(circuit.exprs, p.expr, bits, variables);
                possible &= bits.empty();
                for (const QubitId q : qubits) {
                    possible &= !measured[q.value];
                    touched[q.value] = true;
                }
                break;
            }
            case OpKind::kMeasure:
                possible &= !measured[qubits[0].value];
                measured[qubits[0].value] = touched[qubits[0].value] = true;
                break;
            case OpKind::kReset:  // of a fresh qubit does nothing
                possible &= !touched[qubits[0].value];
                break;
            case OpKind::kIf:
            case OpKind::kWhile:
            case OpKind::kAssign:
                possible = false;
                break;
            case OpKind::kBarrier:
            case OpKind::kDelay:
                break;
        }
        if (!possible) return false;
    }
    return true;
}

SimulateResult simulate(const Circuit& circuit, const SimulateOptions& given) {
    const auto begin = std::chrono::steady_clock::now();
    SimulateOptions options = given;
    SimulateResult result;
    result.shots = options.shots;
    // What resets do nothing to is |0>, and an initial state may be another.
    const bool sampled = !options.per_shot && can_sample(circuit) &&
                         (options.initial_state.empty() || !has_reset(circuit));
    if (!sampled) keep_shots_safe(options);
    if (options.questions.any()) {
        check_questions(options.questions, circuit.num_qubits);
        if (!sampled) throw InputError(kNoFinalState);
    }
    if (options.single_precision)
        sampled ? simulate_sampled<float>(circuit, options, result)
                : simulate_by_shots<float>(circuit, options, result);
    else
        sampled ? simulate_sampled<double>(circuit, options, result)
                : simulate_by_shots<double>(circuit, options, result);
    if (!sampled) keep_most_outcomes(options, result);
    result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

FinalState final_state(const Circuit& circuit, std::uint64_t seed, std::uint64_t shot,
                       const SimulateOptions& options) {
    SimulateOptions own = options;
    own.seed = seed;
    own.ranks = nullptr;
    CircuitRunner<double> runner(circuit, own, own.threads);
    runner.start_shot(shot);
    runner.run_rest();
    std::vector<Handle> all(circuit.num_qubits);
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all[q] = q;
    runner.qubits().multiply_phase(std::polar(1.0, circuit.global_phase));
    return {runner.classical(), runner.qubits().amplitudes(all)};
}

}  // namespace carillon
