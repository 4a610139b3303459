// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/gate_list.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <utility>

#include "carillon/base/error.h"

namespace carillon::qasm {

namespace {

using std::numbers::pi;

constexpr int kMaxPowerQubits = 6;
constexpr double kMaxRepetitions = 16;  ///< above, the matrix is shorter than repeating

Param negated(const Param& p, Circuit& circuit) {
    if (p.constant()) return Param(-p.value);
    // As a float, so that an angle does not wrap before it is negated.
    return Param(circuit.unary(ExprOp::kNeg, circuit.cast_expr(p.expr, ScalarType::kFloat, 64)));
}

Param scaled(const Param& p, double k, Circuit& circuit) {
    if (p.constant()) return Param(p.value * k);
    const ExprId x = circuit.cast_expr(p.expr, ScalarType::kFloat, 64);
    return Param(circuit.binary(ExprOp::kMul, x, circuit.constant(Value::floating(k))));
}

void append_inverse(ListedGate gate, GateList& out, Circuit& circuit) {
    using enum GateKind;
    switch (gate.kind) {
        case kS:
            gate.kind = kSdg;
            break;
        case kSdg:
            gate.kind = kS;
            break;
        case kT:
            gate.kind = kTdg;
            break;
        case kTdg:
            gate.kind = kT;
            break;
        case kSx:
            gate.kind = kSxdg;
            break;
        case kSxdg:
            gate.kind = kSx;
            break;
        case kU:
        case kU3:
            std::swap(gate.params[1], gate.params[2]);
            break;
        case kUnitary:
            gate.matrix = adjoint(gate.matrix);
            break;
        case kIswap: {  // iswap^-1 = iswap^3 = iswap (Z x Z)
            for (std::size_t t = gate.qubits.size() - 2; t < gate.qubits.size(); ++t) {
                ListedGate z{kZ, gate.controls, gate.qubits, {}, {}};
                z.qubits.resize(static_cast<std::size_t>(gate.controls));
                z.qubits.push_back(gate.qubits[t]);
                out.push_back(std::move(z));
            }
            break;
        }
        default:
            break;
    }
    for (Param& p : gate.params) p = negated(p, circuit);
    out.push_back(std::move(gate));
}

/// Angle a with gate^k = row(k a), for the kinds where that holds; the row replaces the gate's.
bool as_rotation(ListedGate& gate) {
    using enum GateKind;
    const auto phase = [&gate](double angle) {
        gate.kind = kP;
        gate.params = {Param(angle)};
        return true;
    };
    switch (gate.kind) {
        case kZ:
            return phase(pi);
        case kS:
            return phase(pi / 2);
        case kSdg:
            return phase(-pi / 2);
        case kT:
            return phase(pi / 4);
        case kTdg:
            return phase(-pi / 4);
        default:
            return false;
    }
}

bool scales(GateKind kind) {
    using enum GateKind;
    return kind == kGphase || kind == kP || kind == kRx || kind == kRy || kind == kRz ||
           kind == kRxx || kind == kRyy || kind == kRzz || kind == kRzx;
}

Matrix gate_of(const ListedGate& gate) {
    if (gate.kind == GateKind::kUnitary) return add_controls(gate.matrix, gate.controls);
    std::vector<double> params;
    for (const Param& p : gate.params) {
        if (!p.constant())
            throw InputError(
                "a fractional power of a gate whose angle depends on measurements is not "
                "supported");
        params.push_back(p.value);
    }
    return add_controls(gate_matrix(gate.kind, params), gate.controls);
}

/// m <- (gate on the given positions) m.
void apply_left(Matrix& m, const Matrix& gate, const std::vector<int>& positions) {
    const std::size_t n = m.dim(), k = gate.dim();
    std::vector<Complex> in(k);
    std::size_t mask = 0;
    for (const int p : positions) mask |= std::size_t{1} << p;
    const auto spread = [&](std::size_t local) {
        std::size_t index = 0;
        for (std::size_t t = 0; t < positions.size(); ++t)
            index |= (local >> t & 1) << positions[t];
        return index;
    };
    for (std::size_t base = 0; base < n; ++base) {
        if (base & mask) continue;
        for (std::size_t col = 0; col < n; ++col) {
            for (std::size_t j = 0; j < k; ++j) in[j] = m(base | spread(j), col);
            for (std::size_t i = 0; i < k; ++i) {
                Complex sum = 0;
                for (std::size_t j = 0; j < k; ++j) sum += gate(i, j) * in[j];
                m(base | spread(i), col) = sum;
            }
        }
    }
}

std::vector<QubitId> qubits_of(const GateList& list) {
    std::vector<QubitId> all;
    for (const ListedGate& g : list) all.insert(all.end(), g.qubits.begin(), g.qubits.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

/// Principal power of a unitary: a normal matrix has a diagonal Schur form.
Matrix unitary_power(const Matrix& m, double k) {
    const auto n = static_cast<Eigen::Index>(m.dim());
    Eigen::MatrixXcd a(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            a(i, j) = m(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    const Eigen::ComplexSchur<Eigen::MatrixXcd> schur(a);
    Eigen::VectorXcd d(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        double angle = std::arg(schur.matrixT()(i, i));
        if (angle < -pi + 1e-9) angle = pi;  // -1 has the argument +pi
        d(i) = std::polar(1.0, angle * k);
    }
    const Eigen::MatrixXcd p = schur.matrixU() * d.asDiagonal() * schur.matrixU().adjoint();
    Matrix result{m.qubits, std::vector<Complex>(m.data.size())};
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            result(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) = p(i, j);
    return result;
}

/// A one-qubit matrix as e^{i a} U3(theta, phi, lambda).
GateList one_qubit_gates(const Matrix& m, QubitId qubit) {
    const double theta = 2 * std::atan2(std::abs(m(1, 0)), std::abs(m(0, 0)));
    double phase, phi, lambda;
    if (std::abs(m(0, 0)) > 1e-12) {
        phase = std::arg(m(0, 0));
        phi = std::abs(m(1, 0)) > 1e-12 ? std::arg(m(1, 0)) - phase : 0;
        lambda = std::abs(m(1, 1)) > 1e-12 ? std::arg(m(1, 1)) - phase - phi : 0;
    } else {
        phi = 0;
        phase = std::arg(m(1, 0));
        lambda = std::arg(-m(0, 1)) - phase;
    }
    GateList list;
    if (std::abs(phase) > 1e-15) list.push_back({GateKind::kGphase, 0, {}, {Param(phase)}, {}});
    list.push_back({GateKind::kU3, 0, {qubit}, {Param(theta), Param(phi), Param(lambda)}, {}});
    return list;
}

GateList repeated(const GateList& list, std::uint64_t times) {
    GateList result;
    result.reserve(list.size() * times);
    for (std::uint64_t i = 0; i < times; ++i) result.insert(result.end(), list.begin(), list.end());
    return result;
}

GateList matrix_power(const GateList& list, double k) {
    const std::vector<QubitId> qubits = qubits_of(list);
    if (qubits.size() > kMaxPowerQubits)
        throw InputError("the power " + std::to_string(k) + " of a gate on " +
                         std::to_string(qubits.size()) + " qubits is not supported; up to " +
                         std::to_string(kMaxPowerQubits) + " qubits, or whole powers up to " +
                         std::to_string(static_cast<int>(kMaxRepetitions)) + ", are");
    const Matrix m = unitary_power(list_matrix(list, qubits), k);
    if (qubits.empty()) return {{GateKind::kGphase, 0, {}, {Param(std::arg(m(0, 0)))}, {}}};
    if (qubits.size() == 1) return one_qubit_gates(m, qubits[0]);
    return {{GateKind::kUnitary, 0, qubits, {}, m}};
}

}  // namespace

GateList inverse(GateList list, Circuit& circuit) {
    GateList result;
    result.reserve(list.size());
    for (auto it = list.rbegin(); it != list.rend(); ++it)
        append_inverse(std::move(*it), result, circuit);
    return result;
}

GateList controlled(GateList list, const std::vector<QubitId>& controls) {
    for (ListedGate& gate : list) {
        gate.controls += static_cast<int>(controls.size());
        gate.qubits.insert(gate.qubits.begin(), controls.begin(), controls.end());
    }
    return list;
}

GateList power(GateList list, double k, Circuit& circuit) {
    if (!std::isfinite(k)) throw InputError("the exponent of `pow` is not a finite number");
    if (k == 1) return list;
    if (k == 0 || list.empty()) return {};
    if (list.size() == 1) {
        ListedGate gate = list[0];
        if (as_rotation(gate) || scales(gate.kind)) {
            gate.params[0] = scaled(gate.params[0], k, circuit);
            return {gate};
        }
    }
    if (k == std::floor(k) && std::abs(k) <= kMaxRepetitions) {
        if (k < 0) list = inverse(std::move(list), circuit);
        return repeated(list, static_cast<std::uint64_t>(std::abs(k)));
    }
    // The power of a controlled gate is the controlled power, so a lone gate keeps its controls.
    if (list.size() == 1 && list[0].controls > 0) {
        ListedGate base = list[0];
        const auto split = base.qubits.begin() + base.controls;
        const std::vector<QubitId> controls(base.qubits.begin(), split);
        base.qubits.erase(base.qubits.begin(), split);
        base.controls = 0;
        return controlled(matrix_power({base}, k), controls);
    }
    return matrix_power(list, k);
}

Matrix list_matrix(const GateList& list, const std::vector<QubitId>& qubits) {
    Matrix m = Matrix::identity(static_cast<int>(qubits.size()));
    for (const ListedGate& gate : list) {
        std::vector<int> positions;
        for (const QubitId q : gate.qubits)
            positions.push_back(
                static_cast<int>(std::find(qubits.begin(), qubits.end(), q) - qubits.begin()));
        apply_left(m, gate_of(gate), positions);
    }
    return m;
}

}  // namespace carillon::qasm
