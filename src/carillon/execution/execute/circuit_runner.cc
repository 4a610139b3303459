// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/circuit_runner.h"

#include <algorithm>

#include "carillon/base/random.h"
#include "carillon/execution/execute/at_line.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/execution/execute/sample_deferred.h"
#include "carillon/resource/engine/npy.h"

namespace carillon {

namespace {

bool is_draw(const Operation& op) {
    return op.kind == OpKind::kMeasure || op.kind == OpKind::kReset;
}

template <class Real>
void load_state(engine::Register<Real>& reg, const std::vector<engine::AffineFrame::Handle>& qubits,
                const std::string& path) {
    engine::NpyReader file(path);
    if (qubits.size() >= 64 || file.size() != std::uint64_t{1} << qubits.size())
        throw InputError(path + ": holds " + std::to_string(file.size()) +
                         " amplitudes, and a state of the program's " +
                         std::to_string(qubits.size()) + " qubits has 2^" +
                         std::to_string(qubits.size()));
    reg.load(qubits, [&](std::uint64_t, std::span<Complex> out) { file.read(out); });
    file.check_norm();
}

}  // namespace

template <class Real>
auto CircuitRunner<Real>::number_operations(const Circuit& circuit) -> Numbers {
    Numbers numbers(circuit.blocks.size());
    for (std::size_t b = 0; b < circuit.blocks.size(); ++b)
        numbers[b].resize(circuit.blocks[b].size());
    Number next;
    visit_operations(circuit, [&](const Operation& op, BlockId where, std::size_t index) {
        numbers[where.value][index] = next;
        ++next.operation;
        if (is_draw(op)) ++next.draw;
    });
    return numbers;
}

template <class Real>
CircuitRunner<Real>::CircuitRunner(const Circuit& circuit, const SimulateOptions& options,
                                   int threads)
    : circuit_(&circuit),
      options_(&options),
      numbers_(std::make_shared<const Numbers>(number_operations(circuit))),
      register_(register_options(options, threads)),
      classical_(circuit.initial_state()) {
    std::size_t draws = 0;
    for (const Block& block : circuit.blocks)
        draws += static_cast<std::size_t>(std::count_if(block.begin(), block.end(), is_draw));
    repetitions_.resize(draws);
    std::vector<Handle> all;
    for (std::uint32_t q = 0; q < circuit.num_qubits; ++q) all.push_back(register_.allocate());
    if (!options.initial_state.empty()) load_state(register_, all, options.initial_state);
}

template <class Real>
bool CircuitRunner<Real>::run_to_draw() {
    while (!frames_.empty()) {
        if (frames_.back().index == circuit_->block(frames_.back().block).size()) {
            frames_.pop_back();
            // A while loop looks at its condition again; an if is over.
            if (!frames_.empty() && next().kind == OpKind::kIf) pass();
            continue;
        }
        if (is_draw(next())) return true;
        step();
    }
    return false;
}

/// Runs the next operation, which is no measurement.
template <class Real>
void CircuitRunner<Real>::step() {
    const Operation& op = next();
    at_line_of(op, [&] {
        switch (op.kind) {
            case OpKind::kGate:
                run_gate(op);
                return pass();
            case OpKind::kAssign:
                if (op.variable.valid())
                    assign_variable(classical_, op.variable, value(op));
                else
                    assign_bits(classical_, op.bit, op.bit_count, value(op));
                return pass();
            case OpKind::kIf:
                if (value(op).truthy())
                    frames_.push_back({op.body});
                else if (op.otherwise.valid())
                    frames_.push_back({op.otherwise});
                else
                    pass();
                return;
            case OpKind::kWhile:
                return run_while(op);
            default:
                return pass();
        }
    });
}

template <class Real>
bool CircuitRunner<Real>::draw_is_open() const {
    return !register_.definite(circuit_->qubits(next())[0].value);
}

template <class Real>
double CircuitRunner<Real>::uniform(std::uint64_t shot) const {
    const Number& number = next_number();
    return keyed_uniform(options_->seed, kStreamMeasurement, shot,
                         measurement_event(number.operation, repetitions_[number.draw]));
}

template <class Real>
double CircuitRunner<Real>::draw() {
    constexpr double kImpossible = 1e-12;
    const Operation& op = next();
    const Number& number = next_number();
    double drawn = uniform(shot_);
    const std::uint32_t repetition = repetitions_[number.draw]++;
    const bool* asked = script_ != nullptr ? script_->find(number.operation, repetition) : nullptr;
    if (asked != nullptr) drawn = *asked ? 0 : 1 - 0x1.0p-53;
    const Handle h = circuit_->qubits(op)[0].value;
    const bool outcome =
        op.kind == OpKind::kReset ? register_.reset(h, drawn) : register_.measure(h, drawn);
    if (op.kind == OpKind::kMeasure && op.bit.valid()) classical_.bits[op.bit.value] = outcome;
    const double p = register_.last_probability();
    probability_ *= p;
    if (asked != nullptr && (outcome != *asked || p < kImpossible)) probability_ = 0;
    pass();
    return outcome ? p : 1 - p;
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
    if (!value(op).truthy()) return pass();
    if (frames_.back().iterations++ == options_->max_loop_iterations)
        throw InputError("the loop ran " + std::to_string(options_->max_loop_iterations) +
                         " times without ending; raise the limit of loop iterations if it is "
                         "meant to");
    frames_.push_back({op.body});
}

template class CircuitRunner<float>;
template class CircuitRunner<double>;

}  // namespace carillon
