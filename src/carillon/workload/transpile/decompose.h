// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// A circuit of controlled one-qubit gates equal to `m` up to global phase: Givens rotations
/// between basis states that differ in one bit along a Gray code, one column at a time.
///
/// Args:
///     m: unitary on 1 to 8 qubits.
/// Source: Nielsen and Chuang, section 4.5.2 (two-level decomposition).
Circuit decompose_unitary(const Matrix& m);

/// e^{i angle} where all qubits of `circuit` are 1, written with cx and p: the product of k bits is
/// the alternating sum of their parities, visited along a Gray code (about 2^k cx).
void append_phase_by_parities(Circuit& circuit, std::span<const QubitId> qubits, double angle);

/// swap = 3 cx; cswap, iswap and ecr likewise as circuits over one-qubit gates, cx and ccx.
///
/// Args:
///     kind: kSwap, kIswap or kEcr.
///     controls: control qubits in front of the two targets.
Circuit decompose_two_qubit(GateKind kind, int controls);

}  // namespace carillon
