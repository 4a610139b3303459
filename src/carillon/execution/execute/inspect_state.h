// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/execution/execute/inspect.h"
#include "carillon/resource/engine/register.h"

namespace carillon {

/// Answers questions about what the listed qubits hold; the first is the least significant bit.
///
/// Throws:
///     InputError: amplitudes or the state are asked for, and a qubit that is not listed is
///         entangled with those.
///     ResourceError: the file cannot be written.
/// Args:
///     ranks: when the register is spread over them, the first one writes files.
template <class Real>
StateAnswers inspect_state(engine::Register<Real>& reg,
                           std::span<const engine::AffineFrame::Handle> qubits,
                           const StateQuestions& questions, const host::Ranks* ranks = nullptr);

}  // namespace carillon
