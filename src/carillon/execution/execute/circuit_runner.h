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

/// Runs one shot of a circuit over a register; qubit q has the handle q. A copy goes on from where
/// the original stands and shares the circuit and the options, which must outlive it.
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
    using Handle = engine::AffineFrame::Handle;
    /// Numbers of the operations of every block, in visit_operations order.
    using Numbers = std::vector<std::vector<std::uint32_t>>;

    void run(const Operation& op, BlockId where, std::size_t index);
    void run_block(BlockId id);
    void run_gate(const Operation& op);
    void run_while(const Operation& op);
    bool draw(const Operation& op, std::uint32_t number);
    Value value(const Operation& op) const {
        return evaluate(circuit_->exprs, op.condition, classical_);
    }

    const Circuit* circuit_;
    const SimulateOptions* options_;
    const OutcomeScript* script_ = nullptr;
    std::shared_ptr<const Numbers> numbers_;
    engine::Register<Real> register_;
    ClassicalState classical_;
    std::vector<std::uint32_t> repetitions_;  ///< by operation number
    std::uint64_t shot_ = 0;
    double probability_ = 1;
    std::size_t position_ = 0;  ///< in the program's own block
    std::vector<Handle> operands_;
    std::vector<double> angles_;
};

extern template class CircuitRunner<float>;
extern template class CircuitRunner<double>;

}  // namespace carillon
