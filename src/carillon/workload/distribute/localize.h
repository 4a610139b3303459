// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// What local compilation did.
struct LocalizeResult {
    std::size_t swaps = 0;      ///< inserted for coupling maps
    std::size_t rewritten = 0;  ///< gates written with native gates
};

/// Compiles every stream for its QPU: swaps bring operands together on the coupling map, and gates
/// the QPU does not have are written with those it has, each with a certificate
/// (DistributedProgram::windows).
///
/// A gate whose angle is known only at run time stays as it is: its QPU's controller writes it out
/// when it runs.
///
/// Throws: InputError when a coupling map is not connected, cannot reach a communication qubit, or
/// when a gate on three or more qubits meets a coupling map (lower it to two-qubit gates first).
LocalizeResult localize(DistributedProgram& program, const Network& network);

/// True when some QPU has a coupling map, so that gates on three and more qubits must be lowered
/// further.
bool needs_two_qubit_gates(const Network& network);

}  // namespace carillon
