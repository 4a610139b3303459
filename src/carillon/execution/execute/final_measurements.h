// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// For each operation of the program's own block, whether it is a measurement that nothing comes
/// after: its qubit is not touched again, and its bit neither read nor written.
std::vector<bool> final_measurements(const Circuit& circuit);

}  // namespace carillon
