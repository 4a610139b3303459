// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/apply_gate.h"

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/language/circuit/unitarity.h"

namespace carillon::engine {

namespace {

constexpr double kUnitary = 1e-6;  ///< matrices from files have their digits cut

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

void check_axes(std::span<const int> axes) {
    std::uint64_t seen = 0;
    for (const int axis : axes) {
        if ((seen >> axis & 1) != 0) throw InputError("a gate is given the same qubit twice");
        seen |= std::uint64_t{1} << axis;
    }
}

std::vector<Condition> all_ones(std::span<const int> axes) {
    std::vector<Condition> conditions;
    for (const int axis : axes) conditions.push_back({std::uint64_t{1} << axis, true});
    return conditions;
}

/// exp(-i angle/2 Z Z) where the conditions hold.
template <class Real>
void parity_phase(StateVector<Real>& state, double angle, int a, int b,
                  std::vector<Condition> conditions) {
    state.scale(std::polar(1.0, -angle / 2), conditions);
    conditions.push_back({std::uint64_t{1} << a | std::uint64_t{1} << b, true});
    state.scale(std::polar(1.0, angle), conditions);
}

template <class Real>
void swap_axes(StateVector<Real>& state, int a, int b, std::vector<Condition> conditions) {
    const std::uint64_t both = std::uint64_t{1} << a | std::uint64_t{1} << b;
    conditions.push_back({both, true});
    state.shift(both, conditions);
}

}  // namespace

Matrix conjugate(Matrix matrix) {
    for (Complex& v : matrix.data) v = std::conj(v);
    return matrix;
}

void check_angles(std::string_view name, std::span<const double> angles) {
    for (const double angle : angles)
        if (!std::isfinite(angle))
            throw InputError("the gate " + std::string(name) +
                             " needs an angle that is a finite number, got " + number_text(angle));
}

void check_unitary(const Matrix& matrix) {
    if (matrix.data.size() != matrix.dim() * matrix.dim())
        throw InputError("a matrix on " + std::to_string(matrix.qubits) + " qubits needs " +
                         std::to_string(matrix.dim() * matrix.dim()) + " entries, got " +
                         std::to_string(matrix.data.size()));
    const double error = unitarity_error(matrix);
    if (std::isnan(error)) throw InputError("the matrix of a gate has an entry that is not finite");
    if (error > kUnitary)
        throw InputError("the matrix of a gate on " + std::to_string(matrix.qubits) +
                         (matrix.qubits == 1 ? " qubit" : " qubits") +
                         " is not unitary: an entry of U^dagger U is " + number_text(error) +
                         " away from the identity");
}

template <class Real>
void apply_matrix(StateVector<Real>& state, const Matrix& matrix, int controls,
                  std::span<const int> axes) {
    check_axes(axes);
    const auto count = static_cast<std::size_t>(controls);
    state.apply(matrix, axes.subspan(count), all_ones(axes.first(count)));
}

template <class Real>
void apply_gate(StateVector<Real>& state, GateKind kind, int controls,
                std::span<const double> angles, std::span<const int> axes, bool conjugated) {
    const GateInfo& info = gate_info(kind);
    check_angles(info.name, angles);
    check_axes(axes);
    if (kind == GateKind::kId) return;
    const auto count = static_cast<std::size_t>(controls);
    const std::span<const int> targets = axes.subspan(count);
    std::vector<Condition> conditions = all_ones(axes.first(count));
    switch (kind) {
        case GateKind::kX:
            return state.shift(std::uint64_t{1} << targets[0], conditions);
        case GateKind::kSwap:
            return swap_axes(state, targets[0], targets[1], std::move(conditions));
        case GateKind::kRzz:
            return parity_phase(state, conjugated ? -angles[0] : angles[0], targets[0], targets[1],
                                std::move(conditions));
        default:
            break;
    }
    Matrix matrix = gate_matrix(kind, angles);
    if (conjugated) matrix = conjugate(std::move(matrix));
    if (info.diagonal && info.targets == 1) {
        if (matrix.data[0] != Complex{1}) state.scale(matrix.data[0], conditions);
        conditions.push_back({std::uint64_t{1} << targets[0], true});
        return state.scale(matrix.data[3] / matrix.data[0], conditions);
    }
    state.apply(matrix, targets, conditions);
}

template void apply_gate(StateVector<float>&, GateKind, int, std::span<const double>,
                         std::span<const int>, bool);
template void apply_gate(StateVector<double>&, GateKind, int, std::span<const double>,
                         std::span<const int>, bool);
template void apply_matrix(StateVector<float>&, const Matrix&, int, std::span<const int>);
template void apply_matrix(StateVector<double>&, const Matrix&, int, std::span<const int>);

}  // namespace carillon::engine
