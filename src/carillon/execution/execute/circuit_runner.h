// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/simulate.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/register.h"

namespace carillon {

/// Outcomes of source measurements and resets, by operation number and repetition.
class OutcomeScript {
  public:
    void add(std::uint32_t operation, std::uint32_t repetition, bool outcome) {
        outcomes_[key(operation, repetition)] = outcome;
    }
    /// The outcome, or nullptr when the script does not have it.
    const bool* find(std::uint32_t operation, std::uint32_t repetition) const {
        const auto it = outcomes_.find(key(operation, repetition));
        return it == outcomes_.end() ? nullptr : &it->second;
    }

  private:
    static std::uint64_t key(std::uint32_t operation, std::uint32_t repetition) {
        return std::uint64_t{operation} << 32 | repetition;
    }
    std::unordered_map<std::uint64_t, bool> outcomes_;
};

/// Runs one shot of a circuit over a register, from measurement to measurement; qubit q has the
/// handle q. A copy goes on from where the original stands and shares the circuit and the options,
/// which must outlive it.
template <class Real>
class CircuitRunner {
  public:
    CircuitRunner(const Circuit& circuit, const SimulateOptions& options, int threads);

    engine::Register<Real>& qubits() { return register_; }
    const engine::Register<Real>& qubits() const { return register_; }
    const ClassicalState& classical() const { return classical_; }
    void start_shot(std::uint64_t shot) { shot_ = shot; }

    /// Makes measurements give the outcomes of a script, as far as it has them.
    void follow(const OutcomeScript& script) { script_ = &script; }
    /// Probability of all outcomes so far; 0 when one that the script asked for cannot happen.
    double probability() const { return probability_; }

    /// Goes on to the next measurement or reset, which is not done yet; false at the end.
    bool run_to_draw();
    /// False when the measurement that comes next has one possible outcome, as far as the register
    /// knows.
    bool draw_is_open() const;
    /// The random number that the measurement that comes next has in a shot, uniform in [0, 1); its
    /// outcome is 1 when it is below the probability of 1.
    double uniform(std::uint64_t shot) const;
    /// Does the measurement that comes next, in the shot begun last.
    /// Returns: the probability that it had of giving 1.
    double draw();
    void run_rest() {
        while (run_to_draw()) draw();
    }

  private:
    using Handle = engine::AffineFrame::Handle;
    /// Which measurement or reset an operation is, and its number in visit_operations order.
    struct Number {
        std::uint32_t operation = 0, draw = 0;
    };
    using Numbers = std::vector<std::vector<Number>>;
    /// A block being run; the operation at `index` of the outermost frame but one is the `if` or
    /// `while` that began the last, and so on.
    struct Frame {
        BlockId block;
        std::size_t index = 0;
        std::uint64_t iterations = 0;  ///< of the `while` at `index`
    };

    static Numbers number_operations(const Circuit& circuit);
    const Operation& next() const {
        return circuit_->block(frames_.back().block)[frames_.back().index];
    }
    const Number& next_number() const {
        return (*numbers_)[frames_.back().block.value][frames_.back().index];
    }
    void step();
    void pass() {
        ++frames_.back().index;
        frames_.back().iterations = 0;
    }
    void run_gate(const Operation& op);
    void run_while(const Operation& op);
    Value value(const Operation& op) const {
        return evaluate(circuit_->exprs, op.condition, classical_);
    }

    const Circuit* circuit_;
    const SimulateOptions* options_;
    const OutcomeScript* script_ = nullptr;
    std::shared_ptr<const Numbers> numbers_;
    engine::Register<Real> register_;
    ClassicalState classical_;
    std::vector<std::uint32_t> repetitions_;  ///< by draw
    std::uint64_t shot_ = 0;
    double probability_ = 1;
    std::vector<Frame> frames_{{BlockId{0}}};
    std::vector<Handle> operands_;
    std::vector<double> angles_;
};

extern template class CircuitRunner<float>;
extern template class CircuitRunner<double>;

}  // namespace carillon
