// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Finds `cx a,t; rz t; cx a,t` and its like: cx gates onto one target with phases between that
/// undo each other and leave phases only. A phase on a parity is a sum of phases on ANDs of qubits
/// (a xor b = a + b - 2ab), so a Toffoli's seven phases become one on three qubits, and a ZZ
/// rotation one on two. As phases they break nobody's segment and either qubit can be the shared
/// one.
///
/// Taken where it needs no more two-qubit interactions than before (a phase on k qubits counts k -
/// 1). The operations need not be consecutive (Rewrite::operations). Rewrites come in the order of
/// their last operation and share none.
///
/// Args:
///     most_qubits: of one phase (2 when gates on three qubits would have to be written out again).
std::vector<Rewrite> find_parity_phases(const Circuit& source, int most_qubits);

}  // namespace carillon
