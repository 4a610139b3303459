// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// A unitary on two qubits as gates on one around an interaction:
///
///     phase * (after[1] x after[0]) exp(i (x XX + y YY + z ZZ)) (before[1] x before[0])
///
/// with |x|, |y| <= |z| <= pi/4; [0] acts on operand 0, the least significant bit.
///
/// Source: Kraus and Cirac, Phys. Rev. A 63, 062309 (2001); Makhlin's magic basis.
struct Canonical {
    std::array<Matrix2, 2> before, after;
    double x = 0, y = 0, z = 0;
    Complex phase = 1;
};

/// Returns: nothing when the matrix is not unitary.
std::optional<Canonical> canonical_form(const Matrix& unitary);

}  // namespace carillon::engine::passes
