// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/circuit_runner.h"

#include "carillon/base/random.h"
#include "carillon/execution/execute/outcome.h"

namespace carillon {

namespace {

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

/// An InputError whose message already says the line.
struct PlacedError : InputError {
    using InputError::InputError;
};

}  // namespace

template <class Real>
CircuitRunner<Real>::CircuitRunner(const Circuit& circuit, const SimulateOptions& options,
                                   int threads)
    : circuit_(&circuit),
      options_(&options),
      numbers_(std::make_shared<const Numbers>(number_operations(circuit))),
      register_({.threads = threads,
                 .max_memory_bytes = options.max_memory_bytes,
                 .physical = options.physical}),
      classical_(circuit.initial_state()),
      repetitions_(count_operations(circuit)) {
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) register_.allocate();
}

template <class Real>
void CircuitRunner<Real>::run_block(BlockId id) {
    const Block& block = circuit_->block(id);
    for (std::size_t i = 0; i < block.size(); ++i) run(block[i], id, i);
}

template <class Real>
void CircuitRunner<Real>::run(const Operation& op, BlockId where, std::size_t index) {
    try {
        switch (op.kind) {
            case OpKind::kGate:
                return run_gate(op);
            case OpKind::kMeasure: {
                const bool outcome = draw(op, (*numbers_)[where.value][index]);
                if (op.bit.valid()) classical_.bits[op.bit.value] = outcome;
                return;
            }
            case OpKind::kReset:
                draw(op, (*numbers_)[where.value][index]);
                return;
            case OpKind::kBarrier:
            case OpKind::kDelay:
                return;
            case OpKind::kAssign:
                if (op.variable.valid()) return assign_variable(classical_, op.variable, value(op));
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

/// Runs a measurement or a reset.
template <class Real>
bool CircuitRunner<Real>::draw(const Operation& op, std::uint32_t number) {
    constexpr double kImpossible = 1e-12;
    const std::uint32_t repetition = repetitions_[number]++;
    const bool* asked = script_ != nullptr ? script_->find(number, repetition) : nullptr;
    double uniform = keyed_uniform(options_->seed, kStreamMeasurement, shot_,
                                   measurement_event(number, repetition));
    if (asked != nullptr) uniform = *asked ? 0 : 1 - 0x1.0p-53;
    const Handle h = circuit_->qubits(op)[0].value;
    const bool outcome =
        op.kind == OpKind::kReset ? register_.reset(h, uniform) : register_.measure(h, uniform);
    probability_ *= register_.last_probability();
    if (asked != nullptr && (outcome != *asked || register_.last_probability() < kImpossible))
        probability_ = 0;
    return outcome;
}

template <class Real>
void CircuitRunner<Real>::run_gate(const Operation& op) {
    operands_.clear();
    for (const QubitId q : circuit_->qubits(op)) operands_.push_back(q.value);
    if (op.gate == GateKind::kUnitary)
        return register_.unitary(circuit_->matrices[op.matrix], op.controls, operands_);
    angles_.clear();
    for (const Param& p : circuit_->parameters(op))
        angles_.push_back(p.constant() ? p.value
                                       : evaluate(circuit_->exprs, p.expr, classical_).as_double());
    register_.gate(op.gate, op.controls, angles_, operands_);
}

template <class Real>
void CircuitRunner<Real>::run_while(const Operation& op) {
    for (std::uint64_t iteration = 0; value(op).truthy(); ++iteration) {
        if (iteration == options_->max_loop_iterations)
            throw InputError("the loop ran " + std::to_string(iteration) +
                             " times without ending; raise the limit of loop iterations if it is "
                             "meant to");
        run_block(op.body);
    }
}

template class CircuitRunner<float>;
template class CircuitRunner<double>;

}  // namespace carillon
