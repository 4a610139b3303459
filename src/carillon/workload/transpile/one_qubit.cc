// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/one_qubit.h"

#include <cmath>
#include <numbers>

#include "carillon/base/error.h"

namespace carillon {

namespace {

constexpr double kTiny = 1e-12;
using std::numbers::pi;

/// Both conditions of "m e is a phase times e" for a unit vector e; gives the phase's argument.
bool eigenvector(const Matrix& m, Complex e0, Complex e1, double& phase) {
    const Complex r0 = m(0, 0) * e0 + m(0, 1) * e1;
    const Complex r1 = m(1, 0) * e0 + m(1, 1) * e1;
    const Complex value = std::conj(e0) * r0 + std::conj(e1) * r1;
    phase = std::arg(value);
    return std::abs(r0 - value * e0) < kTiny && std::abs(r1 - value * e1) < kTiny;
}

}  // namespace

bool is_diagonal(const Matrix& m) {
    return std::abs(m(0, 1)) < kTiny && std::abs(m(1, 0)) < kTiny;
}
bool is_antidiagonal(const Matrix& m) {
    return std::abs(m(0, 0)) < kTiny && std::abs(m(1, 1)) < kTiny;
}

NamedGate name_one_qubit_gate(const Matrix& m) {
    using enum GateKind;
    for (const GateKind kind : {kId, kX, kY, kZ, kH, kS, kSdg, kT, kTdg, kSx, kSxdg})
        if (distance_up_to_phase(m, gate_matrix(kind, {})) < kTiny) return {kind, {}};
    if (is_diagonal(m)) return {kP, {std::arg(m(1, 1) / m(0, 0))}};
    const auto [theta, phi, lambda] = euler_angles(m);
    return {kU3, {theta, phi, lambda}};
}

EulerAngles euler_angles(const Matrix& m) {
    if (is_diagonal(m)) return {0, 0, std::arg(m(1, 1) / m(0, 0))};
    const double difference = std::arg(m(1, 0) / -m(0, 1));  // phi - lambda
    if (is_antidiagonal(m)) return {pi, difference, 0};
    const double theta = 2 * std::atan2(std::abs(m(1, 0)), std::abs(m(0, 0)));
    const double phi = std::arg(m(1, 0) / m(0, 0));
    const bool sum_is_sharp = std::abs(m(0, 0)) > std::abs(m(1, 0));
    const double lambda = sum_is_sharp ? std::arg(m(1, 1) / m(0, 0)) - phi : phi - difference;
    return {theta, phi, lambda};
}

Eigen2 eigen_decompose(const Matrix& m) {
    using enum GateKind;
    if (is_diagonal(m)) return {Matrix::identity(1), {std::arg(m(0, 0)), std::arg(m(1, 1))}};
    // Short eigenbases first: H for functions of X, S H for Y, Ry(pi/4) for H.
    const Matrix sh = multiply(gate_matrix(kS, {}), gate_matrix(kH, {}));
    const std::vector<double> eighth = {pi / 4};
    for (const Matrix& v : {gate_matrix(kH, {}), sh, gate_matrix(kRy, eighth)}) {
        Eigen2 result{v, {}};
        if (eigenvector(m, v(0, 0), v(1, 0), result.phase[0]) &&
            eigenvector(m, v(0, 1), v(1, 1), result.phase[1]))
            return result;
    }
    // General case: m = e^{i g} (cos w + i sin w n.sigma); eigenvectors are those of n.sigma.
    const Complex det = m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
    const Complex root = std::polar(1.0, std::arg(det) / 2);
    const Complex a = m(0, 0) / root, b = m(0, 1) / root;
    const double nx = b.imag(), ny = b.real(), nz = a.imag();
    const double length = std::sqrt(nx * nx + ny * ny + nz * nz);
    const double cos_half = std::sqrt(std::max(0.0, (1 + nz / length) / 2));
    const double sin_half = std::sqrt(std::max(0.0, (1 - nz / length) / 2));
    const Complex azimuth = std::polar(1.0, std::atan2(ny, nx));
    Eigen2 result{{1, {cos_half, -std::conj(azimuth) * sin_half, azimuth * sin_half, cos_half}},
                  {}};
    double ignored = 0;
    eigenvector(m, result.v(0, 0), result.v(1, 0), result.phase[0]);
    eigenvector(m, result.v(0, 1), result.v(1, 1), ignored);
    result.phase[1] = ignored;
    return result;
}

}  // namespace carillon
