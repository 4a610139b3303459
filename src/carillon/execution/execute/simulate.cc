// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <span>

#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/shot_loop.h"
#include "carillon/resource/engine/sample.h"

namespace carillon {

namespace {

using Handle = engine::AffineFrame::Handle;

/// False when no run of the program writes a bit or a variable.
bool has_output(const Circuit& circuit) {
    bool written = false;
    visit_operations(circuit, [&](const Operation& op, BlockId, std::size_t) {
        written |= op.kind == OpKind::kMeasure || op.kind == OpKind::kAssign;
    });
    return written;
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
    if (has_output(circuit)) {
        const auto samples = engine::sample(gates.qubits(), measured, options.seed, options.shots);
        count_samples(circuit.bit_registers, circuit.variables, circuit.initial_state(), bits,
                      samples, result.counts);
    }
    take_resources(gates.qubits(), result);
    result.sampled = true;
}

/// Operations before which all shots are alike.
bool draws_or_decides(const Operation& op) {
    return op.kind == OpKind::kMeasure || op.kind == OpKind::kReset || op.kind == OpKind::kIf ||
           op.kind == OpKind::kWhile || op.kind == OpKind::kAssign;
}

/// Runs shot by shot from where the shots part; small states in parallel, one shot per thread.
template <class Real>
void simulate_by_shots(const Circuit& circuit, const SimulateOptions& options,
                       SimulateResult& result) {
    const bool parallel = circuit.num_qubits <= kSmallState;
    CircuitRunner<Real> start(circuit, options, parallel ? 1 : options.threads);
    start.run_until(draws_or_decides);
    const bool output = has_output(circuit);
    std::mutex mutex;
    const auto chunk = [&](std::uint64_t begin, std::uint64_t end, Counts& counts) {
        CircuitRunner<Real> runner = start;
        for (std::uint64_t shot = begin; shot < end; ++shot) {
            if (shot != begin) runner = start;
            runner.start_shot(shot);
            runner.run_rest();
            if (output)
                ++counts[outcome_key(circuit.bit_registers, circuit.variables, runner.classical())];
        }
        const std::lock_guard lock(mutex);
        take_resources(runner.qubits(), result);
    };
    run_shots(options.shots, parallel ? options.threads : 1, chunk, result.counts);
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

SimulateResult simulate(const Circuit& circuit, const SimulateOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    SimulateResult result;
    result.shots = options.shots;
    const bool sampled = !options.per_shot && can_sample(circuit);
    if (options.single_precision)
        sampled ? simulate_sampled<float>(circuit, options, result)
                : simulate_by_shots<float>(circuit, options, result);
    else
        sampled ? simulate_sampled<double>(circuit, options, result)
                : simulate_by_shots<double>(circuit, options, result);
    result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

FinalState final_state(const Circuit& circuit, std::uint64_t seed, std::uint64_t shot,
                       const SimulateOptions& options) {
    SimulateOptions own = options;
    own.seed = seed;
    CircuitRunner<double> runner(circuit, own, own.threads);
    runner.start_shot(shot);
    runner.run_rest();
    std::vector<Handle> all(circuit.num_qubits);
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all[q] = q;
    runner.qubits().multiply_phase(std::polar(1.0, circuit.global_phase));
    return {runner.classical(), runner.qubits().amplitudes(all)};
}

}  // namespace carillon
