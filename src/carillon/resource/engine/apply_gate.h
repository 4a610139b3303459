// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// A gate of the gate table on axes of a state, done as what it is: a phase, an exchange, a
/// rotation or a matrix.
///
/// Args:
///     axes: controls first.
///     conjugated: every number of the gate's matrix is replaced by its complex conjugate.
/// Throws: InputError when an angle is not finite or an axis is given twice.
template <class Real>
void apply_gate(StateVector<Real>& state, GateKind kind, int controls,
                std::span<const double> angles, std::span<const int> axes, bool conjugated = false);

/// A matrix, unitary or not, on the axes after the controls.
template <class Real>
void apply_matrix(StateVector<Real>& state, const Matrix& matrix, int controls,
                  std::span<const int> axes);

/// Entry by entry.
Matrix conjugate(Matrix matrix);

/// Throws InputError unless all angles are finite; `name` is the gate's.
void check_angles(std::string_view name, std::span<const double> angles);
/// Throws InputError unless the matrix is unitary up to 1e-6 in every entry of U^dagger U.
void check_unitary(const Matrix& matrix);

}  // namespace carillon::engine
