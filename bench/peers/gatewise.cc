// SPDX-License-Identifier: Apache-2.0
#include "gatewise.h"

#include <array>
#include <complex>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::bench {
namespace {

using engine::Condition;

struct Operands {
    std::vector<Condition> controls;
    std::vector<int> targets;
    std::vector<double> angles;
};

Operands operands_of(const Circuit& circuit, const Operation& op, const Axes& axes) {
    Operands result;
    const auto qubits = circuit.qubits(op);
    for (std::size_t i = 0; i < qubits.size(); ++i) {
        const int axis = axes[static_cast<std::size_t>(qubits[i])];
        if (i < op.controls)
            result.controls.push_back({std::uint64_t{1} << axis, true});
        else
            result.targets.push_back(axis);
    }
    for (const Param& p : circuit.parameters(op)) {
        if (!p.constant())
            throw InputError("a parameter on line " + std::to_string(op.line) +
                             " is not known before the run");
        result.angles.push_back(p.value);
    }
    return result;
}

/// Multiplies by the two entries of a diagonal gate, told apart by the parity over `mask`.
template <class Real>
void parity_diagonal(engine::StateVector<Real>& state, std::uint64_t mask, Complex even,
                     Complex odd, std::vector<Condition> conditions) {
    if (even == odd) return state.scale(even, conditions);
    if (even != Complex(1)) state.scale(even, conditions);
    conditions.push_back({mask, true});
    state.scale(odd / even, conditions);
}

template <class Real>
void apply_gate(engine::StateVector<Real>& state, const Circuit& circuit, const Operation& op,
                Axes& axes) {
    if (op.gate == GateKind::kSwap && op.controls == 0) {
        const auto qubits = circuit.qubits(op);
        return std::swap(axes[static_cast<std::size_t>(qubits[0])],
                         axes[static_cast<std::size_t>(qubits[1])]);
    }
    Operands o = operands_of(circuit, op, axes);
    std::uint64_t mask = 0;
    for (const int t : o.targets) mask |= std::uint64_t{1} << t;
    if (op.gate == GateKind::kX) return state.shift(mask, o.controls);
    if (op.gate == GateKind::kSwap) {
        o.controls.push_back({mask, true});
        return state.shift(mask, o.controls);
    }
    if (op.gate == GateKind::kGphase) return state.scale(std::polar(1.0, o.angles[0]), o.controls);
    const Matrix matrix = op.gate == GateKind::kUnitary ? circuit.matrices[op.matrix]
                                                        : gate_matrix(op.gate, o.angles);
    if (gate_info(op.gate).diagonal && (matrix.qubits == 1 || op.gate == GateKind::kRzz))
        return parity_diagonal(state, mask, matrix(0, 0), matrix(1, 1), o.controls);
    if (matrix.qubits == 1)
        return state.apply_one({matrix.data[0], matrix.data[1], matrix.data[2], matrix.data[3]},
                               o.targets[0], o.controls);
    state.apply(matrix, o.targets, o.controls);
}

}  // namespace

template <class Real>
Axes apply_gates(engine::StateVector<Real>& state, const Circuit& circuit) {
    Axes axes(circuit.num_qubits);
    std::iota(axes.begin(), axes.end(), 0);
    for (const Operation& op : circuit.body()) {
        if (op.kind == OpKind::kBarrier) continue;
        if (op.kind != OpKind::kGate)
            throw InputError("line " + std::to_string(op.line) + " is not a gate");
        apply_gate(state, circuit, op, axes);
    }
    state.flush();
    return axes;
}

template Axes apply_gates(engine::StateVector<float>&, const Circuit&);
template Axes apply_gates(engine::StateVector<double>&, const Circuit&);

}  // namespace carillon::bench
