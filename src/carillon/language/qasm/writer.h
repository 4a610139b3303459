// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// Writes a circuit as OpenQASM 3 for any parser of the language: only gates of stdgates.inc, and
/// definitions for those it lacks. read_qasm() reads it back as the same program: the same states
/// and outcomes, with gates that OpenQASM cannot name (iswap, ecr, rxx, ...) spelt out.
///
/// Names that OpenQASM does not allow are changed to the nearest it does.
///
/// Throws: InputError for what OpenQASM 3 cannot say: a unitary on several qubits, an infinite
/// number, an assignment across two bit registers.
std::string write_qasm3(const Circuit& circuit);

/// Writes a circuit as OpenQASM 2 over qelib1.inc: static circuits, and `if (c == k)` on whole
/// registers. The global phase, which OpenQASM 2 does not have, is left out.
///
/// Throws: InputError saying what cannot be written, with its line in the source when known.
std::string write_qasm2(const Circuit& circuit);

}  // namespace carillon
