// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <span>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/resource/engine/register.h"
#include "carillon/resource/engine/sample.h"
#include "carillon/resource/engine/thread_team.h"

namespace carillon {

namespace {

using Handle = engine::AffineFrame::Handle;

/// Numbers of the operations of every block, in visit_operations order.
std::vector<std::vector<std::uint32_t>> number_operations(const Circuit& circuit) {
    std::vector<std::vector<std::uint32_t>> numbers(circuit.blocks.size());
    for (std::size_t b = 0; b < circuit.blocks.size(); ++b)
        numbers[b].resize(circuit.blocks[b].size());
    std::uint32_t next = 0;
    visit_operations(circuit, [&](const Operation&, BlockId where, std::size_t index) {
        numbers[where.value][index] = next++;
    });
    return numbers;
}

std::size_t count_operations(const Circuit& circuit) {
    std::size_t count = 0;
    for (const Block& block : circuit.blocks) count += block.size();
    return count;
}

/// Runs one shot of a circuit over a register; qubit q has the handle q. Copies share the circuit.
template <class Real>
class CircuitRunner {
  public:
    using Numbers = std::vector<std::vector<std::uint32_t>>;

    CircuitRunner(const Circuit& circuit, const Numbers& numbers, const SimulateOptions& options,
                  int threads)
        : circuit_(&circuit),
          numbers_(&numbers),
          options_(&options),
          register_({.threads = threads,
                     .max_memory_bytes = options.max_memory_bytes,
                     .physical = options.physical}),
          classical_(circuit.initial_state()),
          repetitions_(count_operations(circuit)) {
        for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) register_.allocate();
    }

    engine::Register<Real>& qubits() { return register_; }
    const ClassicalState& classical() const { return classical_; }
    void start_shot(std::uint64_t shot) { shot_ = shot; }

    /// Runs operations of the program's own block up to the first for which stop(op) holds.
    template <class Stop>
    void run_until(const Stop& stop) {
        const Block& block = circuit_->body();
        for (; position_ < block.size() && !stop(block[position_]); ++position_)
            run(block[position_], BlockId{0}, position_);
    }
    void run_rest() {
        run_until([](const Operation&) { return false; });
    }

  private:
    void run_block(BlockId id) {
        const Block& block = circuit_->block(id);
        for (std::size_t i = 0; i < block.size(); ++i) run(block[i], id, i);
    }

    void run(const Operation& op, BlockId where, std::size_t index) {
        try {
            switch (op.kind) {
                case OpKind::kGate:
                    return run_gate(op);
                case OpKind::kMeasure: {
                    const bool outcome = register_.measure(
                        circuit_->qubits(op)[0].value, uniform((*numbers_)[where.value][index]));
                    if (op.bit.valid()) classical_.bits[op.bit.value] = outcome;
                    return;
                }
                case OpKind::kReset:
                    return register_.reset(circuit_->qubits(op)[0].value,
                                           uniform((*numbers_)[where.value][index]));
                case OpKind::kBarrier:
                case OpKind::kDelay:
                    return;
                case OpKind::kAssign:
                    if (op.variable.valid())
                        return assign_variable(classical_, op.variable, value(op));
                    return assign_bits(classical_, op.bit, op.bit_count, value(op));
                case OpKind::kIf:
                    if (value(op).truthy())
                        run_block(op.body);
                    else if (op.otherwise.valid())
                        run_block(op.otherwise);
                    return;
                case OpKind::kWhile:
                    return run_while(op);
            }
        } catch (const PlacedError&) {
            throw;
        } catch (const InputError& error) {
            if (op.line == 0) throw;
            throw PlacedError("line " + std::to_string(op.line) + ": " + error.what());
        }
    }

    /// An InputError whose message already says the line.
    struct PlacedError : InputError {
        using InputError::InputError;
    };

    Value value(const Operation& op) const {
        return evaluate(circuit_->exprs, op.condition, classical_);
    }

    /// The random number of a measurement or reset.
    double uniform(std::uint32_t number) {
        return keyed_uniform(options_->seed, kStreamMeasurement, shot_,
                             measurement_event(number, repetitions_[number]++));
    }

    void run_gate(const Operation& op) {
        operands_.clear();
        for (const QubitId q : circuit_->qubits(op)) operands_.push_back(q.value);
        if (op.gate == GateKind::kUnitary)
            return register_.unitary(circuit_->matrices[op.matrix], op.controls, operands_);
        angles_.clear();
        for (const Param& p : circuit_->parameters(op))
            angles_.push_back(
                p.constant() ? p.value : evaluate(circuit_->exprs, p.expr, classical_).as_double());
        register_.gate(op.gate, op.controls, angles_, operands_);
    }

    void run_while(const Operation& op) {
        for (std::uint64_t iteration = 0; value(op).truthy(); ++iteration) {
            if (iteration == options_->max_loop_iterations)
                throw InputError("the loop ran " + std::to_string(iteration) +
                                 " times without ending; raise the limit of loop iterations if it "
                                 "is meant to");
            run_block(op.body);
        }
    }

    const Circuit* circuit_;
    const Numbers* numbers_;
    const SimulateOptions* options_;
    engine::Register<Real> register_;
    ClassicalState classical_;
    std::vector<std::uint32_t> repetitions_;
    std::uint64_t shot_ = 0;
    std::size_t position_ = 0;  ///< in the program's own block
    std::vector<Handle> operands_;
    std::vector<double> angles_;
};

bool has_output(const Circuit& circuit) {
    bool written = false;
    visit_operations(circuit, [&](const Operation& op, BlockId, std::size_t) {
        written |= op.kind == OpKind::kMeasure || op.kind == OpKind::kAssign;
    });
    return written;
}

/// Counts the samples; a key is written once for equal shots where sorting them is cheap.
void count_samples(const Circuit& circuit, std::span<const BitId> bits,
                   const engine::Samples& samples, std::uint64_t shots, SimulateResult& result) {
    const auto add = [&](std::span<const std::uint64_t> shot, std::uint64_t times) {
        ClassicalState state = circuit.initial_state();
        for (std::size_t k = 0; k < bits.size(); ++k)
            state.bits[bits[k].value] = shot[k / 64] >> (k % 64) & 1;
        result.counts[outcome_key(circuit.bit_registers, circuit.variables, state)] += times;
    };
    if (samples.words_per_shot == 1) {
        std::vector<std::uint64_t> sorted = samples.words;
        std::ranges::sort(sorted);
        for (auto at = sorted.begin(); at != sorted.end();) {
            const auto next = std::upper_bound(at, sorted.end(), *at);
            add({&*at, 1}, static_cast<std::uint64_t>(next - at));
            at = next;
        }
        return;
    }
    for (std::size_t s = 0; s < shots; ++s) add(samples.shot(s), 1);
}

template <class Real>
void take_resources(const engine::Register<Real>& qubits, SimulateResult& result) {
    result.peak_axes = std::max(result.peak_axes, qubits.peak_axes());
    result.peak_bytes = std::max(result.peak_bytes, qubits.peak_bytes());
    result.passes = qubits.passes();
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
    const auto numbers = number_operations(unmeasured);
    CircuitRunner<Real> gates(unmeasured, numbers, options, options.threads);
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
        count_samples(circuit, bits, samples, options.shots, result);
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
    constexpr std::uint32_t kSmall = 16;  ///< qubits up to which a thread of its own pays
    constexpr std::size_t kGrain = 16;
    const bool parallel = circuit.num_qubits <= kSmall && options.shots > kGrain;
    const auto numbers = number_operations(circuit);
    CircuitRunner<Real> start(circuit, numbers, options, parallel ? 1 : options.threads);
    start.run_until(draws_or_decides);
    const bool output = has_output(circuit);
    std::mutex mutex;
    std::exception_ptr error;
    std::uint64_t error_shot = options.shots;
    engine::ThreadTeam team(parallel ? options.threads : 1);
    team.parallel_for(options.shots, kGrain, [&](std::size_t begin, std::size_t end) {
        std::map<std::string, std::uint64_t> counts;
        CircuitRunner<Real> runner = start;
        std::uint64_t shot = begin;
        try {
            for (; shot < end; ++shot) {
                if (shot != begin) runner = start;
                runner.start_shot(shot);
                runner.run_rest();
                if (output)
                    ++counts[outcome_key(circuit.bit_registers, circuit.variables,
                                         runner.classical())];
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (shot < error_shot) error_shot = shot, error = std::current_exception();
            return;
        }
        const std::lock_guard lock(mutex);
        for (const auto& [key, count] : counts) result.counts[key] += count;
        take_resources(runner.qubits(), result);
    });
    if (error) std::rethrow_exception(error);
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
    const auto numbers = number_operations(circuit);
    CircuitRunner<double> runner(circuit, numbers, own, own.threads);
    runner.start_shot(shot);
    runner.run_rest();
    std::vector<Handle> all(circuit.num_qubits);
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all[q] = q;
    runner.qubits().multiply_phase(std::polar(1.0, circuit.global_phase));
    return {runner.classical(), runner.qubits().amplitudes(all)};
}

}  // namespace carillon
