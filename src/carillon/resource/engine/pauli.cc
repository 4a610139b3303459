// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/pauli.h"

#include <array>
#include <cmath>
#include <complex>

namespace carillon::engine {

namespace {

constexpr double kTiny = 1e-13;
constexpr std::array<Matrix2, 3> kPaulis = {
    Matrix2{0, 1, 1, 0}, Matrix2{0, Complex{0, -1}, Complex{0, 1}, 0}, Matrix2{1, 0, 0, -1}};

}  // namespace

Matrix2 multiply(const Matrix2& a, const Matrix2& b) {
    return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3]};
}

std::optional<SignedPauli> conjugated(const Matrix2& u, Axis pauli) {
    const Matrix2 dagger{std::conj(u[0]), std::conj(u[2]), std::conj(u[1]), std::conj(u[3])};
    const Matrix2 m = multiply(dagger, multiply(kPaulis[static_cast<std::size_t>(pauli)], u));
    // m = x X + y Y + z Z with real coefficients.
    const std::array<double, 3> parts = {m[1].real(), -m[1].imag(), m[0].real()};
    for (const Axis axis : {Axis::kX, Axis::kY, Axis::kZ}) {
        const auto k = static_cast<std::size_t>(axis);
        if (std::abs(parts[(k + 1) % 3]) < kTiny && std::abs(parts[(k + 2) % 3]) < kTiny)
            return SignedPauli{axis, parts[k] < 0};
    }
    return std::nullopt;
}

std::optional<Axis> controlled_pauli(GateKind kind, int controls, std::span<const double> angles) {
    const auto is_minus_one = [&] { return std::abs(std::polar(1.0, angles[0]) + 1.0) < 1e-15; };
    if (controls == 1) {
        if (kind == GateKind::kX) return Axis::kX;
        if (kind == GateKind::kY) return Axis::kY;
        if (kind == GateKind::kZ) return Axis::kZ;
        if (kind == GateKind::kP && is_minus_one()) return Axis::kZ;
    }
    if (controls == 2 && kind == GateKind::kGphase && is_minus_one()) return Axis::kZ;
    return std::nullopt;
}

}  // namespace carillon::engine
