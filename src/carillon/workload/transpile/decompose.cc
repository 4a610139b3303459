// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/decompose.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "carillon/base/error.h"

namespace carillon {

namespace {

/// Appends X on every qubit in `zeros`, so that a control on |0> becomes one on |1>.
void flip(Circuit& circuit, std::size_t zeros) {
    for (std::size_t q = 0; q < circuit.num_qubits; ++q)
        if (zeros >> q & 1) circuit.gate(GateKind::kX, 0, {QubitId{q}});
}

/// Appends `u` between basis states `low` (bit `target` 0) and `high` (bit 1), identity elsewhere.
/// u's row 0 is `low`.
void two_level(Circuit& circuit, std::size_t low, int target, const Matrix& u) {
    std::vector<QubitId> operands;
    std::size_t zeros = 0;
    for (std::size_t q = 0; q < circuit.num_qubits; ++q) {
        if (static_cast<int>(q) == target) continue;
        operands.emplace_back(q);
        if (!(low >> q & 1)) zeros |= std::size_t{1} << q;
    }
    operands.emplace_back(static_cast<std::size_t>(target));
    flip(circuit, zeros);
    circuit.unitary(u, static_cast<int>(operands.size()) - 1, operands);
    flip(circuit, zeros);
}

struct Step {
    std::size_t low;
    int target;
    Matrix u;
};

}  // namespace

Circuit decompose_unitary(const Matrix& m) {
    if (m.qubits < 1 || m.qubits > 8) throw InternalError("decompose_unitary: 1 to 8 qubits");
    // Reduce m to a diagonal by row operations G_k ... G_1 m = D, each between neighbours in Gray
    // order; then m = G_1^dagger ... G_k^dagger D.
    Matrix rest = m;
    const std::size_t n = m.dim();
    std::vector<Step> steps;
    const auto gray = [](std::size_t i) { return i ^ (i >> 1); };
    for (std::size_t column = 0; column + 1 < n; ++column) {
        const std::size_t c = gray(column);
        for (std::size_t i = n - 1; i > column; --i) {
            const std::size_t keep = gray(i - 1), drop = gray(i);
            const Complex a = rest(keep, c), b = rest(drop, c);
            const double norm = std::hypot(std::abs(a), std::abs(b));
            if (std::abs(b) < 1e-14) continue;
            // Rows (keep, drop) <- [[a*, b*], [-b, a]]/norm applied to them.
            const Complex g00 = std::conj(a) / norm, g01 = std::conj(b) / norm, g10 = -b / norm,
                          g11 = a / norm;
            for (std::size_t j = 0; j < n; ++j) {
                const Complex x = rest(keep, j), y = rest(drop, j);
                rest(keep, j) = g00 * x + g01 * y;
                rest(drop, j) = g10 * x + g11 * y;
            }
            const std::size_t bit = keep ^ drop;
            const bool keep_is_low = !(keep & bit);
            // Inverse of the row operation in (low, high) order.
            Matrix inverse{1, {std::conj(g00), std::conj(g10), std::conj(g01), std::conj(g11)}};
            if (!keep_is_low)
                inverse = {1, {inverse(1, 1), inverse(1, 0), inverse(0, 1), inverse(0, 0)}};
            steps.push_back({keep & ~bit, std::countr_zero(bit), inverse});
        }
    }
    Circuit circuit;
    circuit.add_qubits("q", static_cast<std::uint32_t>(m.qubits));
    for (std::size_t low = 0; low < n; low += 2) {  // the diagonal, two entries at a time
        const Complex a = rest(low, low), b = rest(low + 1, low + 1);
        if (std::abs(a - Complex(1)) < 1e-14 && std::abs(b - Complex(1)) < 1e-14) continue;
        two_level(circuit, low, 0, {1, {a, 0, 0, b}});
    }
    for (auto it = steps.rbegin(); it != steps.rend(); ++it)
        two_level(circuit, it->low, it->target, it->u);
    return circuit;
}

void append_phase_by_parities(Circuit& circuit, std::span<const QubitId> qubits, double angle) {
    const double part = angle / std::ldexp(1.0, static_cast<int>(qubits.size()) - 1);
    for (std::size_t top = 0; top < qubits.size();
         ++top) {  // parities whose highest member is qubit `top`
        std::size_t others = 0;
        const auto toggle = [&](std::size_t member) {
            circuit.gate(GateKind::kX, 1,
                         {qubits[static_cast<std::size_t>(std::countr_zero(member))], qubits[top]});
        };
        for (std::size_t step = 0; step < std::size_t{1} << top; ++step) {
            const std::size_t gray = step ^ (step >> 1);
            if (gray != others) toggle(gray ^ others);
            others = gray;
            const bool odd_size = std::popcount(gray) % 2 == 0;  // with `top` itself
            circuit.gate(GateKind::kP, 0, {qubits[top]}, {Param{odd_size ? part : -part}});
        }
        if (others) toggle(others);
    }
}

Circuit decompose_two_qubit(GateKind kind, int controls) {
    using enum GateKind;
    Circuit circuit;
    circuit.add_qubits("q", static_cast<std::uint32_t>(controls + 2));
    const auto first = static_cast<std::size_t>(controls);
    const QubitId a{first}, b{first + 1};
    std::vector<QubitId> operands;
    for (std::size_t c = 0; c < first; ++c) operands.emplace_back(c);
    const auto controlled = [&](GateKind gate, std::initializer_list<QubitId> more) {
        std::vector<QubitId> all = operands;
        all.insert(all.end(), more);
        circuit.gate(gate, static_cast<int>(all.size()) - 1, all);
    };
    const auto swap = [&] {  // only the middle cx needs the controls
        circuit.gate(kX, 1, {b, a});
        controlled(kX, {a, b});
        circuit.gate(kX, 1, {b, a});
    };
    switch (kind) {
        case kSwap:
            swap();
            break;
        case kIswap:  // swap cz (s x s)
            controlled(kS, {a});
            controlled(kS, {b});
            controlled(kZ, {a, b});
            swap();
            break;
        case kEcr: {  // ecr = e^{-i pi/4} x(a) rzx(pi/2; a, b)... with the control's phase kept
            const double half = std::numbers::pi / 2;
            std::vector<QubitId> all = operands;
            all.insert(all.end(), {a, b});
            const Param angle{half};
            circuit.gate(kRzx, controls, all, std::span(&angle, 1));
            controlled(kX, {a});
            break;
        }
        default:
            throw InternalError("decompose_two_qubit: swap, iswap or ecr expected");
    }
    return circuit;
}

}  // namespace carillon
