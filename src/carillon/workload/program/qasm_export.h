// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon {

/// A file by name, with its text.
using NamedText = std::pair<std::string, std::string>;

/// Name of the file that holds what belongs to no single QPU.
inline constexpr const char* kQasmIndexName = "program.json";

/// Writes a distributed program as one OpenQASM 3 file per node, for any parser of the language,
/// and an index. What OpenQASM has no word for (Bell pairs, messages between nodes) stands in
/// annotations, `@carillon.pair` and the like (docs/reference/program-format.md).
///
/// Throws: InputError for a unitary on several qubits, which OpenQASM cannot name.
std::vector<NamedText> export_qasm(const DistributedProgram& program);

/// Reads what export_qasm() wrote, equal. The gates, measurements and resets are taken from the
/// statements, so an edited file means what it says.
///
/// Throws: InputError with file and line.
DistributedProgram import_qasm(std::span<const NamedText> files);

}  // namespace carillon
