// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "carillon/workload/program/program.h"

namespace carillon {

/// Writes a distributed program as JSON, one instruction a line (docs/reference/program-format.md).
/// read_program() reads it back equal.
///
/// Throws: InternalError when the program is not well formed (an index out of its range).
std::string write_program(const DistributedProgram& program);

/// Reads what write_program() wrote, or what a person or another tool wrote in the same format.
/// Every index, name and count is checked, so that what comes back can be walked safely; whether it
/// computes the right thing is the validator's business.
///
/// Args:
///     file: heads error messages.
/// Throws:
///     InputError: with line and column for malformed JSON, else with the path of the key (e.g.
///     `nodes[1].blocks[0][17].on[0]`), what came and what would be right.
DistributedProgram read_program(std::string_view json_text, const std::string& file);

/// True when two programs say the same: everything but the layout of their arenas.
bool same_program(const DistributedProgram& a, const DistributedProgram& b);

}  // namespace carillon
