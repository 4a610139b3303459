// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "carillon/language/circuit/gate.h"

namespace carillon {

/// A one-qubit gate of the table.
struct NamedGate {
    GateKind kind = GateKind::kId;
    std::vector<double> params;
};

/// The table gate equal to `m` up to global phase: a fixed gate or a phase when one fits, else kU3.
/// kId when m is the identity.
NamedGate name_one_qubit_gate(const Matrix& m);

/// m = Rz(phi) Ry(theta) Rz(lambda) up to global phase (the angles of kU3). Exact to rounding also
/// next to diagonal and antidiagonal matrices, where phi and lambda alone are ill defined but their
/// sum or difference is not.
struct EulerAngles {
    double theta = 0, phi = 0, lambda = 0;
};
EulerAngles euler_angles(const Matrix& m);

bool is_diagonal(const Matrix& m);
bool is_antidiagonal(const Matrix& m);

/// m = V diag(e^{i phase[0]}, e^{i phase[1]}) V^dagger, V unitary.
struct Eigen2 {
    Matrix v;
    std::array<double, 2> phase;
};
/// Eigen-decomposition of a 2x2 unitary. For X, Y, H and rotations about x and y the eigenvectors
/// are the usual short gates (H, S H, ...), so that neighbouring gates cancel.
Eigen2 eigen_decompose(const Matrix& m);

}  // namespace carillon
