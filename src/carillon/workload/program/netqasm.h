// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "carillon/workload/program/program.h"
#include "carillon/workload/program/qasm_export.h"

namespace carillon {

/// Gates that NetQASM's basic ("vanilla") instructions express one to one; a network whose nodes
/// have these as native gates gives programs that export_netqasm() can write.
std::vector<std::string> netqasm_gates();

/// Writes a distributed program as NetQASM subroutines, NODE.K.nqasm, and an index, program.json
/// (format `carillon-netqasm`), which says in which order each node runs them and what its host
/// does between them: messages, `if` and `while`, delays.
///
/// Every node's bits are its array @0; data qubits have virtual ids 0, 1, ..., communication qubits
/// follow. Angles are written as sums of n pi / 2^d to 2e-11 rad; comments keep the exact ones.
///
/// Throws: InputError for a gate that is not among netqasm_gates(), an angle computed at run time,
/// a qubit carried over a link, or two nodes that make their Bell pairs in different orders.
std::vector<NamedText> export_netqasm(const DistributedProgram& program);

/// Reads what export_netqasm() wrote, equal. Comments refine the instructions before them (the
/// exact angle, the place in the global order); where both do not agree the file is refused, and
/// gates without a comment mean what they say.
///
/// Throws: InputError with file and line.
DistributedProgram import_netqasm(std::span<const NamedText> files);

/// True when `index`, the text of a folder's program.json, belongs to export_netqasm().
bool is_netqasm_index(const std::string& index);

}  // namespace carillon
