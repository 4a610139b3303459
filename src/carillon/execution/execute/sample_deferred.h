// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/execution/execute/simulate.h"
#include "carillon/resource/engine/register.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// False when no run writes a source bit or a variable.
bool has_output(const DistributedProgram& program);

/// Options of the register that a run keeps its qubits in.
engine::RegisterOptions register_options(const SimulateOptions& options, int threads);

/// Draws the shots of a program from the state that it left, and counts their outcomes.
///
/// Args:
///     deferred: by source bit, as far as there are any: the qubit that was to be measured into it,
///         or 0xffffffff.
template <class Real>
void sample_deferred(const DistributedProgram& program, const SimulateOptions& options,
                     engine::Register<Real>& qubits, const std::vector<std::uint32_t>& deferred,
                     SimulateResult& result);

}  // namespace carillon
