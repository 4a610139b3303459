// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/native.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {

namespace {

using std::numbers::pi;

bool negligible(double angle) {
    return std::abs(std::remainder(angle, 2 * pi)) < 1e-13;
}

Matrix matrix_of(GateKind kind, std::initializer_list<double> params = {}) {
    return gate_matrix(kind, std::span(params.begin(), params.size()));
}

}  // namespace

NativeSet::NativeSet(const Node& node) : everything_(node.native_gates.empty()) {
    using enum GateKind;
    for (const std::string& name : node.native_gates) {
        const auto gate = find_gate(name);
        if (!gate)
            throw InputError("node " + node.name + ": native gate \"" + name +
                             "\" is not a known gate");
        gates_.emplace_back(gate->kind, gate->controls);
    }
    if (everything_) return;
    const auto fail = [&](const std::string& what) {
        throw InputError("node " + node.name + ": its native gates " + what);
    };
    if (has(kZ, 1))
        entangler_ = Entangler::kCz;
    else if (has(kX, 1))
        entangler_ = Entangler::kCx;
    else if (has(kRzz, 0))
        entangler_ = Entangler::kRzz;
    else if (has(kRxx, 0))
        entangler_ = Entangler::kRxx;
    else if (has(kEcr, 0))
        entangler_ = Entangler::kEcr;
    else
        fail("have no two-qubit gate Carillon can use; add one of cz, cx, rzz, rxx, ecr");
    z_rotation_ = has(kRz, 0) ? kRz : kP;
    const bool z = has(kRz, 0) || has(kP, 0);
    if (has(kU3, 0))
        rotation_ = Rotation::kU3;
    else if (has(kU, 0))
        rotation_ = Rotation::kU;
    else if (z && has(kSx, 0))
        rotation_ = Rotation::kRzSx;
    else if (z && has(kRx, 0))
        rotation_ = Rotation::kRzRx;
    else if (z && has(kRy, 0))
        rotation_ = Rotation::kRzRy;
    else if (has(kRx, 0) && has(kRy, 0))
        rotation_ = Rotation::kRxRy;
    else
        fail("cannot express every one-qubit gate; add u3, or rz with one of sx, rx, ry");
}

bool NativeSet::has(GateKind kind, int controls) const {
    return everything_ ||
           std::find(gates_.begin(), gates_.end(), std::pair{kind, controls}) != gates_.end();
}

void NativeSet::one_qubit(Sequence& out, int qubit, const Matrix& m) const {
    using enum GateKind;
    const NamedGate named = name_one_qubit_gate(m);
    if (named.kind == kId) return;
    const auto add = [&](GateKind kind, std::vector<double> params = {}) {
        if (!params.empty() && params.size() == 1 && negligible(params[0])) return;
        out.push_back({kind, 0, {qubit}, std::move(params)});
    };
    if (has(named.kind, 0)) {
        add(named.kind, named.params);
        return;
    }
    const auto [theta, phi, lambda] = euler_angles(m);
    const bool z =
        rotation_ != Rotation::kU3 && rotation_ != Rotation::kU && rotation_ != Rotation::kRxRy;
    if (z && is_diagonal(m)) {
        add(z_rotation_, {phi + lambda});
        return;
    }
    switch (rotation_) {
        case Rotation::kU3:
            add(kU3, {theta, phi, lambda});
            return;
        case Rotation::kU:
            add(kU, {theta, phi, lambda});
            return;
        case Rotation::kRzSx:
            add(z_rotation_, {lambda});
            add(kSx);
            add(z_rotation_, {theta + pi});
            add(kSx);
            add(z_rotation_, {phi + pi});
            return;
        case Rotation::kRzRx:
            add(z_rotation_, {lambda - pi / 2});
            add(kRx, {theta});
            add(z_rotation_, {phi + pi / 2});
            return;
        case Rotation::kRzRy:
            add(z_rotation_, {lambda});
            add(kRy, {theta});
            add(z_rotation_, {phi});
            return;
        case Rotation::kRxRy: {
            // In the frame where x plays z: m = C' Rz Ry Rz C with C: x -> z, y -> y, so m = Rx(a)
            // Ry(b) Rx(c).
            const Matrix c = matrix_of(kRy, {-pi / 2});
            const auto [b, a, last] = euler_angles(multiply(c, multiply(m, adjoint(c))));
            add(kRx, {last});
            add(kRy, {b});
            add(kRx, {a});
            return;
        }
    }
}

void NativeSet::cz(Sequence& out, int a, int b) const {
    using enum GateKind;
    const Matrix h = matrix_of(kH);
    switch (entangler_) {
        case Entangler::kCz:
            out.push_back({kZ, 1, {a, b}, {}});
            return;
        case Entangler::kRzz:
        case Entangler::kRxx:
            cp(out, a, b, pi);
            return;
        case Entangler::kCx:
        case Entangler::kEcr:
            one_qubit(out, b, h);
            cx(out, a, b);
            one_qubit(out, b, h);
            return;
    }
}

void NativeSet::cx(Sequence& out, int control, int target) const {
    using enum GateKind;
    const Matrix h = matrix_of(kH);
    if (has(kX, 1)) {
        out.push_back({kX, 1, {control, target}, {}});
    } else if (entangler_ == Entangler::kEcr) {
        // cx = rz(pi/2) x rx(pi/2) after rzx(-pi/2); ecr = x rzx(pi/2), and x in front turns the
        // sign.
        one_qubit(out, control, matrix_of(kX));
        out.push_back({kEcr, 0, {control, target}, {}});
        one_qubit(out, control, matrix_of(kRz, {pi / 2}));
        one_qubit(out, target, matrix_of(kRx, {pi / 2}));
    } else {
        one_qubit(out, target, h);
        cz(out, control, target);
        one_qubit(out, target, h);
    }
}

void NativeSet::cp(Sequence& out, int a, int b, double angle) const {
    using enum GateKind;
    const Matrix h = matrix_of(kH);
    const Matrix half = matrix_of(kP, {angle / 2});
    if (has(kP, 1)) {
        out.push_back({kP, 1, {a, b}, {angle}});
    } else if (entangler_ == Entangler::kRzz || entangler_ == Entangler::kRxx) {
        const bool xx = entangler_ == Entangler::kRxx;
        for (const int q : {a, b})
            if (xx) one_qubit(out, q, h);
        out.push_back({xx ? kRxx : kRzz, 0, {a, b}, {-angle / 2}});
        for (const int q : {a, b}) one_qubit(out, q, xx ? multiply(half, h) : half);
    } else {
        one_qubit(out, a, half);
        one_qubit(out, b, half);
        cx(out, a, b);
        one_qubit(out, b, adjoint(half));
        cx(out, a, b);
    }
}

void NativeSet::phase(Sequence& out, const std::vector<int>& qubits, double angle) const {
    using enum GateKind;
    if (qubits.size() == 1) {
        one_qubit(out, qubits[0], matrix_of(kP, {angle}));
    } else if (qubits.size() == 2) {
        if (std::abs(std::abs(std::remainder(angle, 2 * pi)) - pi) < 1e-14)
            cz(out, qubits[0], qubits[1]);
        else
            cp(out, qubits[0], qubits[1], angle);
    } else {
        // The product of k bits is the alternating sum of all their parities over 2^(k-1).
        const auto k = qubits.size();
        const double part = angle / std::ldexp(1.0, static_cast<int>(k) - 1);
        for (std::size_t top = 0; top < k; ++top) {  // parities whose highest member is qubit `top`
            std::size_t others = 0;
            for (std::size_t step = 0; step < std::size_t{1} << top; ++step) {
                const std::size_t gray = step ^ (step >> 1);
                if (gray != others)
                    cx(out, qubits[static_cast<std::size_t>(std::countr_zero(gray ^ others))],
                       qubits[top]);
                others = gray;
                const bool odd = std::popcount(gray) % 2 == 0;  // members = popcount + 1
                one_qubit(out, qubits[top], matrix_of(kP, {odd ? part : -part}));
            }
            if (others)
                cx(out, qubits[static_cast<std::size_t>(std::countr_zero(others))], qubits[top]);
        }
    }
}

std::vector<NativeGate> NativeSet::express(GateKind kind, int controls,
                                           std::span<const double> params) const {
    using enum GateKind;
    Sequence out;
    const int width = gate_info(kind).targets + controls;
    std::vector<int> all(static_cast<std::size_t>(width));
    for (int i = 0; i < width; ++i) all[static_cast<std::size_t>(i)] = i;
    if (kind == kSwap && controls == 0) {
        cx(out, 0, 1);
        cx(out, 1, 0);
        cx(out, 0, 1);
        return out;
    }
    if (kind == kUnitary || gate_info(kind).targets != 1)
        throw InternalError("NativeSet: no rule for " + std::string(gate_info(kind).name));
    const Matrix m = gate_matrix(kind, params);
    if (controls == 0) {
        one_qubit(out, 0, m);
    } else if (controls == 1 && kind == kX) {
        cx(out, 0, 1);
    } else {
        const Eigen2 eigen = eigen_decompose(m);
        const int target = all.back();
        one_qubit(out, target, adjoint(eigen.v));
        if (!negligible(eigen.phase[0])) phase(out, {all.begin(), all.end() - 1}, eigen.phase[0]);
        if (!negligible(eigen.phase[1] - eigen.phase[0]))
            phase(out, all, eigen.phase[1] - eigen.phase[0]);
        one_qubit(out, target, eigen.v);
    }
    return out;
}

}  // namespace carillon
