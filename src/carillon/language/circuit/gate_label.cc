// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/gate_label.h"

namespace carillon {

std::string gate_label(GateKind kind, int controls) {
    if (const auto name = standard_name(kind, controls); !name.empty()) return std::string(name);
    return std::string(static_cast<std::size_t>(controls), 'c') + std::string(gate_info(kind).name);
}

}  // namespace carillon
