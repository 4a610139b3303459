// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/language/circuit/gate.h"

namespace carillon {

/// What a person reads of a gate: its standard name, or one c per control before that of the base
/// gate.
std::string gate_label(GateKind kind, int controls);

}  // namespace carillon
