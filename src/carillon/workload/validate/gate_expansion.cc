// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/gate_expansion.h"

#include <algorithm>
#include <cmath>

namespace carillon::validation {

namespace {

constexpr double kRoot = std::numbers::sqrt2 / 2;
constexpr Complex kI{0, 1};
const Matrix2 kHadamard{kRoot, kRoot, kRoot, -kRoot};
// kYBasis^dagger Z kYBasis = Y: H S^dagger.
const Matrix2 kYBasis{kRoot, -kI* kRoot, kRoot, kI* kRoot};
constexpr double kPi = std::numbers::pi;

/// Appends primitives for one gate.
class Expander {
  public:
    Expander(int controls, std::vector<Primitive>& out) : controls_(controls), out_(out) {}

    void unitary(int target, const Matrix2& m) {
        Primitive p;
        p.kind = Primitive::Kind::kUnitary;
        p.target = static_cast<std::uint8_t>(target);
        p.matrix = m;
        out_.push_back(p);
    }
    void phase(int targets, Angle angle, bool controlled = true) {
        if (targets == 0 && (controls_ == 0 || !controlled)) return;  // global
        Primitive p;
        p.controlled = controlled;
        p.targets = static_cast<std::uint8_t>(targets);
        p.angle = angle;
        out_.push_back(p);
    }
    void exchange() {
        Primitive p;
        p.kind = Primitive::Kind::kExchange;
        out_.push_back(p);
    }
    /// e^{-i angle/2 Z} on target 0.
    void rz(Angle angle) {
        phase(0, -0.5 * angle);
        phase(1, angle);
    }
    /// e^{-i angle/2 Z Z} on targets 0 and 1.
    void rzz(Angle angle, bool controlled = true) {
        phase(0, -0.5 * angle, controlled);
        phase(1, angle, controlled);
        phase(2, angle, controlled);
        phase(3, -2 * angle, controlled);
    }
    /// The rotation `core` between a change of basis of the targets in `mask` and its inverse.
    template <class Core>
    void conjugated(int mask, const Matrix2& basis, Core&& core) {
        for (int t = 0; t < 2; ++t)
            if (mask >> t & 1) unitary(t, basis);
        core();
        for (int t = 0; t < 2; ++t)
            if (mask >> t & 1) unitary(t, adjoint(basis));
    }
    void ry(Angle angle) {
        conjugated(1, kYBasis, [&] { rz(angle); });
    }
    /// CX from target `from` to the other one; with the gate's controls or without.
    void cx(int from, bool controlled) {
        conjugated(1 << (1 - from), kHadamard, [&] { phase(3, {kPi}, controlled); });
    }
    void swap() {
        if (controls_ == 0) return exchange();
        cx(1, false);
        cx(0, true);
        cx(1, false);
    }
    /// diag(1, i, i, -1) and then a swap.
    void iswap() {
        phase(1, {kPi / 2});
        phase(2, {kPi / 2});
        phase(3, {kPi});
        swap();
    }
    /// rzx(pi/4), x on target 0, rzx(-pi/4): the outer two cancel where a control is 0.
    void ecr() {
        conjugated(2, kHadamard, [&] { rzz({kPi / 4}, false); });
        if (controls_ == 0)
            unitary(0, {0, 1, 1, 0});
        else
            conjugated(1, kHadamard, [&] { phase(1, {kPi}); });
        conjugated(2, kHadamard, [&] { rzz({-kPi / 4}, false); });
    }
    /// Any one-qubit unitary: with controls, phases between a change of basis to its eigenvectors.
    void one_qubit(const Matrix2& m);

  private:
    int controls_;
    std::vector<Primitive>& out_;
};

void Expander::one_qubit(const Matrix2& m) {
    const bool diagonal = std::abs(m[1]) < 1e-12 && std::abs(m[2]) < 1e-12;
    if (diagonal) {
        phase(0, {std::arg(m[0])});
        phase(1, {std::arg(m[3]) - std::arg(m[0])});
        return;
    }
    if (controls_ == 0) return unitary(0, m);
    // m = e^{i alpha} (cos g - i sin g n.sigma)
    const Complex determinant = m[0] * m[3] - m[1] * m[2];
    const double alpha = std::arg(determinant) / 2;
    const Complex unwind = std::polar(1.0, -alpha);
    const double x = -std::imag(unwind * (m[1] + m[2])) / 2;
    const double y = std::real(unwind * (m[2] - m[1])) / 2;
    const double z = -std::imag(unwind * (m[0] - m[3])) / 2;
    const double cosine = std::real(unwind * (m[0] + m[3])) / 2;
    const double sine = std::hypot(x, y, z);
    const double sign = z < 0 ? -1 : 1;
    const double g = sign * std::atan2(sine, cosine);
    const Matrix2 basis = rotation_to_z({sign * x / sine, sign * y / sine, sign * z / sine});
    conjugated(1, basis, [&] {
        phase(0, {alpha - g});
        phase(1, {2 * g});
    });
}

bool is_unitary(const Matrix2& m) {
    const Matrix2 p = multiply(m, adjoint(m));
    const double error = std::abs(p[0] - 1.0) + std::abs(p[1]) + std::abs(p[3] - 1.0);
    return error < 1e-9;  // false for NaN too
}

Matrix2 constant_matrix(GateKind kind, std::span<const Angle> angles) {
    std::array<double, 3> values{};
    for (std::size_t i = 0; i < angles.size(); ++i) values[i] = angles[i].value;
    const carillon::Matrix m = gate_matrix(kind, {values.data(), angles.size()});
    return {m.data[0], m.data[1], m.data[2], m.data[3]};
}

}  // namespace

Matrix2 multiply(const Matrix2& a, const Matrix2& b) {
    return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3]};
}

Matrix2 adjoint(const Matrix2& a) {
    return {std::conj(a[0]), std::conj(a[2]), std::conj(a[1]), std::conj(a[3])};
}

std::array<double, 3> measured_axis(const Matrix2& m) {
    const double z = (std::norm(m[0]) - std::norm(m[1]) - std::norm(m[2]) + std::norm(m[3])) / 2;
    const Complex off = std::conj(m[0]) * m[1] - std::conj(m[2]) * m[3];
    const double length = std::hypot(off.real(), off.imag(), z);
    return {off.real() / length, -off.imag() / length, z / length};
}

Matrix2 rotation_to_z(const std::array<double, 3>& n) {
    const double c = std::sqrt((1 + n[2]) / 2);
    const Complex off{n[0] / (2 * c), -n[1] / (2 * c)};
    return {c, off, -std::conj(off), c};
}

bool expand_gate(GateKind kind, int controls, std::span<const Angle> a,
                 const carillon::Matrix* matrix, std::vector<Primitive>& out) {
    out.clear();
    Expander e(controls, out);
    const bool symbolic = std::ranges::any_of(a, [](const Angle& x) { return x.symbol != 0; });
    using enum GateKind;
    switch (kind) {
        case kGphase:
            e.phase(0, a[0]);
            return true;
        case kP:
            e.phase(1, a[0]);
            return true;
        case kRz:
            e.rz(a[0]);
            return true;
        case kRzz:
            e.rzz(a[0]);
            return true;
        case kRxx:
            e.conjugated(3, kHadamard, [&] { e.rzz(a[0]); });
            return true;
        case kRyy:
            e.conjugated(3, kYBasis, [&] { e.rzz(a[0]); });
            return true;
        case kRzx:
            e.conjugated(2, kHadamard, [&] { e.rzz(a[0]); });
            return true;
        case kSwap:
            e.swap();
            return true;
        case kIswap:
            e.iswap();
            return true;
        case kEcr:
            e.ecr();
            return true;
        case kUnitary: {
            if (matrix == nullptr || matrix->qubits != 1) return false;
            const Matrix2 m{matrix->data[0], matrix->data[1], matrix->data[2], matrix->data[3]};
            if (!is_unitary(m)) return false;
            e.one_qubit(m);
            return true;
        }
        default:
            break;
    }
    if (!symbolic) {
        e.one_qubit(constant_matrix(kind, a));
        return true;
    }
    if (kind == kRx) e.conjugated(1, kHadamard, [&] { e.rz(a[0]); });
    if (kind == kRy) e.ry(a[0]);
    if (kind == kU || kind == kU3) {  // u3(t, p, l) = P(p) Ry(t) P(l)
        e.phase(1, a[2]);
        e.ry(a[0]);
        e.phase(1, a[1]);
        if (kind == kU) e.phase(0, 0.5 * a[0]);
    }
    return true;
}

}  // namespace carillon::validation
