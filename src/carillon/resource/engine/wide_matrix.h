// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/kernels/kernels.h"

namespace carillon::engine {

/// A matrix on any number of axes in one pass, by the vector kernel where that can. Conditions must
/// not involve the targets; operand k of the matrix is axis targets[k].
template <class Real>
void wide_matrix(kernels::StateView<Real> state, const Matrix& matrix, std::span<const int> targets,
                 std::span<const Condition> conditions);

}  // namespace carillon::engine
