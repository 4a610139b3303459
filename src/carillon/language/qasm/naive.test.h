// SPDX-License-Identifier: Apache-2.0
#pragma once

// An openly slow reference for tests of the reader: runs every branch of a circuit.

#include <cmath>
#include <complex>
#include <map>
#include <string>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::naive {

using State = std::vector<Complex>;

inline void apply(State& state, const Matrix& m, std::span<const QubitId> qubits) {
    std::size_t mask = 0;
    for (const QubitId q : qubits) mask |= std::size_t{1} << q.value;
    const auto place = [&](std::size_t base, std::size_t local) {
        for (std::size_t t = 0; t < qubits.size(); ++t) base |= (local >> t & 1) << qubits[t].value;
        return base;
    };
    std::vector<Complex> in(m.dim());
    for (std::size_t base = 0; base < state.size(); ++base) {
        if (base & mask) continue;
        for (std::size_t j = 0; j < m.dim(); ++j) in[j] = state[place(base, j)];
        for (std::size_t i = 0; i < m.dim(); ++i) {
            Complex sum = 0;
            for (std::size_t j = 0; j < m.dim(); ++j) sum += m(i, j) * in[j];
            state[place(base, i)] = sum;
        }
    }
}

/// Matrix of a circuit that holds gates only, its global phase included.
inline Matrix unitary(const Circuit& c) {
    const int n = static_cast<int>(c.num_qubits);
    Matrix u{n, std::vector<Complex>((std::size_t{1} << n) << n)};
    for (std::size_t col = 0; col < u.dim(); ++col) {
        State state(u.dim());
        state[col] = std::polar(1.0, c.global_phase);
        for (const Operation& op : c.body())
            if (op.kind == OpKind::kGate)
                apply(state, operation_matrix(c, op, c.initial_state()), c.qubits(op));
        for (std::size_t row = 0; row < u.dim(); ++row) u(row, col) = state[row];
    }
    return u;
}

/// One walk through a program; measurement outcomes follow `path`, then the first possible one.
class Walk {
  public:
    Walk(const Circuit& c, std::vector<int> path)
        : c_(c), memory_(c.initial_state()), path_(std::move(path)) {
        state_.assign(std::size_t{1} << c.num_qubits, 0);
        state_[0] = 1;
    }

    void run() { block(BlockId{0}); }

    double probability = 1;
    bool pruned = false;
    std::vector<int> taken;
    std::vector<std::vector<int>> others;  ///< paths to walk as well
    const ClassicalState& memory() const { return memory_; }

  private:
    bool measure(QubitId q) {
        const std::size_t bit = std::size_t{1} << q.value;
        double one = 0, all = 0;
        for (std::size_t i = 0; i < state_.size(); ++i) {
            all += std::norm(state_[i]);
            if (i & bit) one += std::norm(state_[i]);
        }
        const double p1 = one / all;
        int outcome = p1 > 1 - 1e-9;
        if (taken.size() < path_.size()) {
            outcome = path_[taken.size()];
        } else if (p1 > 1e-9 && p1 < 1 - 1e-9) {
            std::vector<int> other = taken;
            other.push_back(1);
            others.push_back(std::move(other));
        }
        taken.push_back(outcome);
        probability *= outcome ? p1 : 1 - p1;
        for (std::size_t i = 0; i < state_.size(); ++i)
            if (((i & bit) != 0) != (outcome != 0)) state_[i] = 0;
        if (probability < 1e-7 || taken.size() > 5000) pruned = true;
        return outcome != 0;
    }

    void assign(const Operation& op) {
        const Value v = evaluate(c_.exprs, op.condition, memory_);
        if (op.variable.valid()) {
            const Value& declared = c_.variables[op.variable.value].initial;
            memory_.variables[op.variable.value] = cast(v, declared.type, declared.width);
            return;
        }
        for (std::uint32_t i = 0; i < op.bit_count; ++i)
            memory_.bits[op.bit.value + i] = v.as_uint() >> i & 1;
    }

    void block(BlockId id) {
        for (const Operation& op : c_.block(id)) {
            if (pruned) return;
            switch (op.kind) {
                case OpKind::kGate:
                    apply(state_, operation_matrix(c_, op, memory_), c_.qubits(op));
                    break;
                case OpKind::kMeasure: {
                    const bool outcome = measure(c_.qubits(op)[0]);
                    if (op.bit.valid()) memory_.bits[op.bit.value] = outcome;
                    break;
                }
                case OpKind::kReset:
                    if (measure(c_.qubits(op)[0]))
                        apply(state_, gate_matrix(GateKind::kX, {}), c_.qubits(op));
                    break;
                case OpKind::kAssign:
                    assign(op);
                    break;
                case OpKind::kIf:
                    if (evaluate(c_.exprs, op.condition, memory_).truthy())
                        block(op.body);
                    else if (op.otherwise.valid())
                        block(op.otherwise);
                    break;
                case OpKind::kWhile:
                    for (int i = 0; !pruned; ++i) {
                        if (!evaluate(c_.exprs, op.condition, memory_).truthy()) break;
                        block(op.body);
                        if (i > 10000) pruned = true;
                    }
                    break;
                case OpKind::kBarrier:
                case OpKind::kDelay:
                    break;
            }
        }
    }

    const Circuit& c_;
    ClassicalState memory_;
    std::vector<int> path_;
    State state_;
};

/// "11,0,5": output registers (highest bit first) and then output variables, in order.
inline std::string outputs(const Circuit& c, const ClassicalState& memory) {
    std::string text;
    const auto separate = [&] {
        if (!text.empty()) text += ',';
    };
    for (const BitRegister& r : c.bit_registers) {
        if (!r.output) continue;
        separate();
        for (std::uint32_t i = r.size; i-- > 0;) text += memory.bits[r.first.value + i] ? '1' : '0';
    }
    for (std::size_t v = 0; v < c.variables.size(); ++v) {
        if (!c.variables[v].output) continue;
        separate();
        const Value& value = memory.variables[v];
        const bool real = value.type == ScalarType::kFloat || value.type == ScalarType::kAngle;
        std::string number = real ? std::to_string(value.real) : std::to_string(value.bits);
        text += number;
    }
    return text;
}

/// Exact distribution of the outputs; branches below 1e-7 are left out and counted in `lost`.
inline std::map<std::string, double> distribution(const Circuit& c, double& lost) {
    std::map<std::string, double> result;
    std::vector<std::vector<int>> open{{}};
    while (!open.empty()) {
        Walk walk(c, std::move(open.back()));
        open.pop_back();
        walk.run();
        for (auto& other : walk.others) open.push_back(std::move(other));
        if (walk.pruned)
            lost += walk.probability;
        else
            result[outputs(c, walk.memory())] += walk.probability;
    }
    return result;
}

}  // namespace carillon::naive
