// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/language/circuit/gate.h"

namespace carillon {

/// How far a matrix is from unitary: the largest entry of |U^dagger U - 1| up to six qubits, of
/// |(U^dagger U - 1) v| for a few vectors v of random signs beyond. Not a number when an entry is
/// not.
double unitarity_error(const Matrix& u);

}  // namespace carillon
