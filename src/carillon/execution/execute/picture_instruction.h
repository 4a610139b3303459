// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "carillon/workload/program/program.h"

namespace carillon {

/// Whether an instruction is drawn: it holds qubits for some time.
bool occupies_qubits(InstructionKind kind);

/// What stands in its box: "M", "0", "cx" ...
std::string short_label(const Instruction& i);

/// Class of its fill in picture_style().
std::string_view fill_class(const Instruction& i);

}  // namespace carillon
