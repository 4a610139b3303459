// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// How many two-qubit gates a gate on `width` qubits stands for: 0 below two, 1 for two, and
/// 6 (width - 2) above (a Toffoli is six CNOTs; n controls chain n - 1 Toffolis at most).
std::uint32_t two_qubit_equivalents(std::uint32_t width);

/// How long a local instruction takes on `node`. Classical instructions, sends and receives take no
/// time of the QPU; a conditioned gate takes its time whether or not its condition holds. A pair
/// takes the time of its link, which this function does not know: it gives 0.
Time local_duration(const QpuProgram& qpu, const Instruction& instruction, const Node& node);

/// Natural logarithm of the probability that a local instruction succeeds on `node`.
double log_success(const Instruction& instruction, const Node& node);

}  // namespace carillon
