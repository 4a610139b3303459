// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/canonical.h"

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

namespace carillon::engine::passes {

namespace {

using Matrix4 = Eigen::Matrix4cd;
using Small = Eigen::Matrix2cd;

constexpr double kExact = 1e-9;
constexpr Complex kI{0, 1};

Matrix4 magic() {
    const double h = std::numbers::sqrt2 / 2;
    Matrix4 b;
    b << h, 0, 0, h * kI, 0, h * kI, h, 0, 0, h * kI, -h, 0, h, 0, 0, -h * kI;
    return b;
}

Small pauli(char axis) {
    Small m;
    if (axis == 'X')
        m << 0, 1, 1, 0;
    else if (axis == 'Y')
        m << 0, -kI, kI, 0;
    else
        m << 1, 0, 0, -1;
    return m;
}

/// high x low: operand 0 is the least significant bit.
Matrix4 both(const Small& high, const Small& low) {
    Matrix4 m;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) m.block<2, 2>(2 * i, 2 * j) = high(i, j) * low;
    return m;
}

/// A real orthogonal matrix that makes the symmetric unitary `m` diagonal: its real and imaginary
/// parts commute, so the eigenvectors of a general mixture are common to both.
std::optional<Eigen::Matrix4d> diagonalise(const Matrix4& m) {
    for (const double mix : {0.6180339887, 1.4142135624, 0.2718281828, 3.1415926536}) {
        const Eigen::Matrix4d sum = m.real() + mix * m.imag();
        const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d> solver((sum + sum.transpose()) / 2);
        Eigen::Matrix4d p = solver.eigenvectors();
        if (p.determinant() < 0) p.col(0) = -p.col(0);
        Matrix4 rest = p.transpose().cast<Complex>() * m * p.cast<Complex>();
        rest.diagonal().setZero();
        if (rest.norm() < kExact) return p;
    }
    return std::nullopt;
}

/// The factors of a tensor product, up to a scalar that goes into the high one.
std::pair<Small, Small> factors(const Matrix4& m) {
    int row = 0, col = 0;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
            if (m.block<2, 2>(2 * i, 2 * j).norm() > m.block<2, 2>(2 * row, 2 * col).norm())
                row = i, col = j;
    Small low = m.block<2, 2>(2 * row, 2 * col);
    low /= std::sqrt(low.determinant());
    Small high;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
            high(i, j) = (low.adjoint() * m.block<2, 2>(2 * i, 2 * j)).trace() / 2.0;
    return {high, low};
}

Matrix2 plain(const Small& m) {
    return {m(0, 0), m(0, 1), m(1, 0), m(1, 1)};
}

struct Parts {
    Small before_high, before_low, after_high, after_low;
    double x, y, z;
    Complex phase;

    /// Takes multiples of pi/2 off an angle: exp(i pi/2 PP) = i PP.
    void reduce(double& angle, char axis) {
        const double turns = std::round(angle / (std::numbers::pi / 2));
        angle -= turns * std::numbers::pi / 2;
        const int quarter = static_cast<int>(((static_cast<long>(turns) % 4) + 4) % 4);
        phase *= std::pow(kI, quarter);
        if (quarter % 2 == 0) return;
        before_high = pauli(axis) * before_high;
        before_low = pauli(axis) * before_low;
    }
    /// Exchanges the roles of two axes: `turn` takes one Pauli to the other up to sign.
    void exchange(double& a, double& b, const Small& turn) {
        std::swap(a, b);
        before_high = turn * before_high;
        before_low = turn * before_low;
        after_high = after_high * turn.adjoint();
        after_low = after_low * turn.adjoint();
    }
};

void make_z_largest(Parts& parts) {
    const double h = std::numbers::sqrt2 / 2;
    Small hadamard, root;
    hadamard << h, h, h, -h;
    root << h, -h * kI, -h * kI, h;  // exp(-i pi/4 X)
    if (std::abs(parts.x) > std::abs(parts.z)) parts.exchange(parts.x, parts.z, hadamard);
    if (std::abs(parts.y) > std::abs(parts.z)) parts.exchange(parts.y, parts.z, root);
}

}  // namespace

std::optional<Canonical> canonical_form(const Matrix& unitary) {
    Matrix4 u;
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < 4; ++c) u(r, c) = unitary(r, c);
    if ((u.adjoint() * u - Matrix4::Identity()).norm() > kExact) return std::nullopt;
    const Complex root = std::pow(u.determinant(), 0.25);
    static const Matrix4 b = magic();
    const Matrix4 seen = b.adjoint() * (u / root) * b;
    const auto p = diagonalise(seen.transpose() * seen);
    if (!p) return std::nullopt;
    const Matrix4 product =
        p->transpose().cast<Complex>() * (seen.transpose() * seen) * p->cast<Complex>();
    Eigen::Vector4d angle;
    for (int k = 0; k < 4; ++k) angle(k) = std::arg(product(k, k)) / 2;
    const auto left = [&] {
        Matrix4 m = seen * p->cast<Complex>();
        for (int k = 0; k < 4; ++k) m.col(k) *= std::polar(1.0, -angle(k));
        return m;
    };
    if (left().real().determinant() < 0) angle(0) += std::numbers::pi;
    Parts parts{};
    parts.phase = root * std::polar(1.0, angle.sum() / 4);
    const auto component = [&](char axis) {
        const Matrix4 m = b.adjoint() * both(pauli(axis), pauli(axis)) * b;
        return (m.diagonal().real().array() * angle.array()).sum() / 4;
    };
    parts.x = component('X'), parts.y = component('Y'), parts.z = component('Z');
    std::tie(parts.before_high, parts.before_low) =
        factors(b * p->transpose().cast<Complex>() * b.adjoint());
    std::tie(parts.after_high, parts.after_low) = factors(b * left() * b.adjoint());
    parts.reduce(parts.x, 'X');
    parts.reduce(parts.y, 'Y');
    parts.reduce(parts.z, 'Z');
    make_z_largest(parts);

    Matrix4 interaction = Matrix4::Zero();
    const Complex even = std::polar(1.0, parts.z), odd = std::polar(1.0, -parts.z);
    interaction(0, 0) = interaction(3, 3) = even * std::cos(parts.x - parts.y);
    interaction(0, 3) = interaction(3, 0) = even * kI * std::sin(parts.x - parts.y);
    interaction(1, 1) = interaction(2, 2) = odd * std::cos(parts.x + parts.y);
    interaction(1, 2) = interaction(2, 1) = odd * kI * std::sin(parts.x + parts.y);
    const Matrix4 again = parts.phase * both(parts.after_high, parts.after_low) * interaction *
                          both(parts.before_high, parts.before_low);
    if ((again - u).norm() > kExact) return std::nullopt;
    return Canonical{{plain(parts.before_low), plain(parts.before_high)},
                     {plain(parts.after_low), plain(parts.after_high)},
                     parts.x,
                     parts.y,
                     parts.z,
                     parts.phase};
}

}  // namespace carillon::engine::passes
