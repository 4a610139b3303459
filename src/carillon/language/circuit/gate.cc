// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <unordered_map>

#include "carillon/base/error.h"

namespace carillon {

namespace {

using std::numbers::pi;
constexpr Complex kI{0, 1};

// Order of rows = order of GateKind.
constexpr std::array kTable = {
    GateInfo{GateKind::kGphase, "gphase", 0, 1, true, false, 0},
    GateInfo{GateKind::kId, "id", 1, 0, true, true, 1},
    GateInfo{GateKind::kX, "x", 1, 0, false, true, 0},
    GateInfo{GateKind::kY, "y", 1, 0, false, true, 0},
    GateInfo{GateKind::kZ, "z", 1, 0, true, true, 1},
    GateInfo{GateKind::kH, "h", 1, 0, false, true, 0},
    GateInfo{GateKind::kS, "s", 1, 0, true, true, 1},
    GateInfo{GateKind::kSdg, "sdg", 1, 0, true, true, 1},
    GateInfo{GateKind::kT, "t", 1, 0, true, false, 1},
    GateInfo{GateKind::kTdg, "tdg", 1, 0, true, false, 1},
    GateInfo{GateKind::kSx, "sx", 1, 0, false, true, 0},
    GateInfo{GateKind::kSxdg, "sxdg", 1, 0, false, true, 0},
    GateInfo{GateKind::kP, "p", 1, 1, true, false, 1},
    GateInfo{GateKind::kRx, "rx", 1, 1, false, false, 0},
    GateInfo{GateKind::kRy, "ry", 1, 1, false, false, 0},
    GateInfo{GateKind::kRz, "rz", 1, 1, true, false, 1},
    GateInfo{GateKind::kU, "U", 1, 3, false, false, 0},
    GateInfo{GateKind::kU3, "u3", 1, 3, false, false, 0},
    GateInfo{GateKind::kSwap, "swap", 2, 0, false, true, 0},
    GateInfo{GateKind::kIswap, "iswap", 2, 0, false, true, 0},
    GateInfo{GateKind::kEcr, "ecr", 2, 0, false, true, 0},
    GateInfo{GateKind::kRxx, "rxx", 2, 1, false, false, 0},
    GateInfo{GateKind::kRyy, "ryy", 2, 1, false, false, 0},
    GateInfo{GateKind::kRzz, "rzz", 2, 1, true, false, 3},
    GateInfo{GateKind::kRzx, "rzx", 2, 1, false, false, 1},
    GateInfo{GateKind::kUnitary, "unitary", -1, 0, false, false, 0},
};

Matrix one_qubit(Complex a, Complex b, Complex c, Complex d) {
    return {1, {a, b, c, d}};
}

Matrix u3(double theta, double phi, double lambda) {
    const double c = std::cos(theta / 2), s = std::sin(theta / 2);
    return one_qubit(c, -std::polar(s, lambda), std::polar(s, phi), std::polar(c, phi + lambda));
}

/// cos(t/2) 1 - i sin(t/2) P for a two-qubit Pauli given as its column of each row and the entry
/// there.
Matrix pauli_rotation(double theta, std::array<int, 4> column, std::array<Complex, 4> entry) {
    Matrix m = Matrix::identity(2);
    for (Complex& v : m.data) v *= std::cos(theta / 2);
    for (int row = 0; row < 4; ++row) m(row, column[row]) += -kI * std::sin(theta / 2) * entry[row];
    return m;
}

}  // namespace

const GateInfo& gate_info(GateKind kind) {
    return kTable[static_cast<std::size_t>(kind)];
}

std::optional<GateName> find_gate(std::string_view name) {
    using enum GateKind;
    static const std::unordered_map<std::string_view, GateName> kNames = {
        {"gphase", {kGphase, 0}}, {"id", {kId, 0}},       {"x", {kX, 0}},
        {"y", {kY, 0}},           {"z", {kZ, 0}},         {"h", {kH, 0}},
        {"s", {kS, 0}},           {"sdg", {kSdg, 0}},     {"t", {kT, 0}},
        {"tdg", {kTdg, 0}},       {"sx", {kSx, 0}},       {"sxdg", {kSxdg, 0}},
        {"p", {kP, 0}},           {"phase", {kP, 0}},     {"u1", {kP, 0}},
        {"rx", {kRx, 0}},         {"ry", {kRy, 0}},       {"rz", {kRz, 0}},
        {"U", {kU, 0}},           {"u3", {kU3, 0}},       {"u", {kU3, 0}},
        {"swap", {kSwap, 0}},     {"iswap", {kIswap, 0}}, {"ecr", {kEcr, 0}},
        {"rxx", {kRxx, 0}},       {"ryy", {kRyy, 0}},     {"rzz", {kRzz, 0}},
        {"rzx", {kRzx, 0}},       {"cx", {kX, 1}},        {"CX", {kX, 1}},
        {"cnot", {kX, 1}},        {"cy", {kY, 1}},        {"cz", {kZ, 1}},
        {"ch", {kH, 1}},          {"cs", {kS, 1}},        {"csdg", {kSdg, 1}},
        {"csx", {kSx, 1}},        {"cp", {kP, 1}},        {"cphase", {kP, 1}},
        {"cu1", {kP, 1}},         {"crx", {kRx, 1}},      {"cry", {kRy, 1}},
        {"crz", {kRz, 1}},        {"cu3", {kU3, 1}},      {"ccx", {kX, 2}},
        {"ccz", {kZ, 2}},         {"cswap", {kSwap, 1}},  {"c3x", {kX, 3}},
        {"c4x", {kX, 4}},         {"c3sqrtx", {kSx, 3}},  {"c3sx", {kSx, 3}},
    };
    const auto it = kNames.find(name);
    if (it == kNames.end()) return std::nullopt;
    return it->second;
}

std::string_view standard_name(GateKind kind, int controls) {
    using enum GateKind;
    if (controls == 0) return gate_info(kind).name;
    if (controls == 1) {
        switch (kind) {
            case kGphase:
                return "p";
            case kX:
                return "cx";
            case kY:
                return "cy";
            case kZ:
                return "cz";
            case kH:
                return "ch";
            case kP:
                return "cp";
            case kRx:
                return "crx";
            case kRy:
                return "cry";
            case kRz:
                return "crz";
            case kSx:
                return "csx";
            case kU3:
                return "cu3";
            case kSwap:
                return "cswap";
            default:
                return {};
        }
    }
    if (controls == 2 && kind == kX) return "ccx";
    return {};
}

Matrix Matrix::identity(int qubits) {
    Matrix m{qubits, std::vector<Complex>((std::size_t{1} << qubits) << qubits)};
    for (std::size_t i = 0; i < m.dim(); ++i) m(i, i) = 1;
    return m;
}

Matrix multiply(const Matrix& a, const Matrix& b) {
    if (a.qubits != b.qubits) throw InternalError("multiply: matrices of different size");
    Matrix c{a.qubits, std::vector<Complex>(a.data.size())};
    const std::size_t n = a.dim();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < n; ++k) {
            const Complex aik = a(i, k);
            if (aik == Complex{}) continue;
            for (std::size_t j = 0; j < n; ++j) c(i, j) += aik * b(k, j);
        }
    return c;
}

Matrix adjoint(const Matrix& a) {
    Matrix c{a.qubits, std::vector<Complex>(a.data.size())};
    for (std::size_t i = 0; i < a.dim(); ++i)
        for (std::size_t j = 0; j < a.dim(); ++j) c(i, j) = std::conj(a(j, i));
    return c;
}

double distance_up_to_phase(const Matrix& a, const Matrix& b) {
    if (a.qubits != b.qubits)
        throw InternalError("distance_up_to_phase: matrices of different size");
    Complex overlap = 0;
    for (std::size_t i = 0; i < a.data.size(); ++i) overlap += std::conj(b.data[i]) * a.data[i];
    const Complex phase = std::abs(overlap) > 1e-300 ? overlap / std::abs(overlap) : Complex{1};
    double worst = 0;
    for (std::size_t i = 0; i < a.data.size(); ++i)
        worst = std::max(worst, std::abs(a.data[i] - phase * b.data[i]));
    return worst;
}

Matrix gate_matrix(GateKind kind, std::span<const double> p) {
    if (static_cast<int>(p.size()) != gate_info(kind).params)
        throw InternalError("gate_matrix: wrong number of parameters for " +
                            std::string(gate_info(kind).name));
    const double r = std::numbers::sqrt2 / 2;
    using enum GateKind;
    switch (kind) {
        case kGphase:
            return {0, {std::polar(1.0, p[0])}};
        case kId:
            return Matrix::identity(1);
        case kX:
            return one_qubit(0, 1, 1, 0);
        case kY:
            return one_qubit(0, -kI, kI, 0);
        case kZ:
            return one_qubit(1, 0, 0, -1);
        case kH:
            return one_qubit(r, r, r, -r);
        case kS:
            return one_qubit(1, 0, 0, kI);
        case kSdg:
            return one_qubit(1, 0, 0, -kI);
        case kT:
            return one_qubit(1, 0, 0, Complex{r, r});
        case kTdg:
            return one_qubit(1, 0, 0, Complex{r, -r});
        case kSx:
            return one_qubit({.5, .5}, {.5, -.5}, {.5, -.5}, {.5, .5});
        case kSxdg:
            return one_qubit({.5, -.5}, {.5, .5}, {.5, .5}, {.5, -.5});
        case kP:
            return one_qubit(1, 0, 0, std::polar(1.0, p[0]));
        case kRx:
            return u3(p[0], -pi / 2, pi / 2);
        case kRy:
            return u3(p[0], 0, 0);
        case kRz:
            return one_qubit(std::polar(1.0, -p[0] / 2), 0, 0, std::polar(1.0, p[0] / 2));
        case kU: {
            Matrix m = u3(p[0], p[1], p[2]);
            for (Complex& v : m.data) v *= std::polar(1.0, p[0] / 2);
            return m;
        }
        case kU3:
            return u3(p[0], p[1], p[2]);
        case kSwap: {
            Matrix m{2, std::vector<Complex>(16)};
            m(0, 0) = m(1, 2) = m(2, 1) = m(3, 3) = 1;
            return m;
        }
        case kIswap: {
            Matrix m{2, std::vector<Complex>(16)};
            m(0, 0) = m(3, 3) = 1;
            m(1, 2) = m(2, 1) = kI;
            return m;
        }
        case kEcr: {  // (1/sqrt2)(IX - XY) with operand 0 the least significant bit
            Matrix m{2, std::vector<Complex>(16)};
            m(0, 1) = m(2, 3) = r;
            m(0, 3) = m(2, 1) = kI * r;
            m(1, 0) = m(3, 2) = r;
            m(1, 2) = m(3, 0) = -kI * r;
            return m;
        }
        case kRxx:
            return pauli_rotation(p[0], {3, 2, 1, 0}, {1, 1, 1, 1});
        case kRyy:
            return pauli_rotation(p[0], {3, 2, 1, 0}, {-1, 1, 1, -1});
        case kRzz:
            return pauli_rotation(p[0], {0, 1, 2, 3}, {1, -1, -1, 1});
        // Z on operand 0, X on operand 1.
        case kRzx:
            return pauli_rotation(p[0], {2, 3, 0, 1}, {1, -1, 1, -1});
        case kUnitary:
            break;
    }
    throw InternalError("gate_matrix: a unitary's matrix is kept by its circuit");
}

Matrix add_controls(const Matrix& base, int controls) {
    Matrix m = Matrix::identity(base.qubits + controls);
    const std::size_t ones = (std::size_t{1} << controls) - 1;
    for (std::size_t i = 0; i < base.dim(); ++i)
        for (std::size_t j = 0; j < base.dim(); ++j)
            m(i << controls | ones, j << controls | ones) = base(i, j);
    return m;
}

InverseGate inverse_gate(GateKind kind, std::span<const double> p) {
    using enum GateKind;
    switch (kind) {
        case kS:
            return {kSdg, {}};
        case kSdg:
            return {kS, {}};
        case kT:
            return {kTdg, {}};
        case kTdg:
            return {kT, {}};
        case kSx:
            return {kSxdg, {}};
        case kSxdg:
            return {kSx, {}};
        case kGphase:
        case kP:
        case kRx:
        case kRy:
        case kRz:
        case kRxx:
        case kRyy:
        case kRzz:
        case kRzx:
            return {kind, {-p[0]}};
        case kU:
        case kU3:
            return {kind, {-p[0], -p[2], -p[1]}};
        case kIswap:
        case kUnitary:
            throw InternalError("inverse_gate: the inverse of " +
                                std::string(gate_info(kind).name) + " is no single table row");
        default:
            return {kind, {}};
    }
}

}  // namespace carillon
