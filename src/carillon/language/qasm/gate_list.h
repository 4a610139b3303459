// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::qasm {

/// One gate of a list that modifiers work on; controls come first among the qubits.
struct ListedGate {
    GateKind kind = GateKind::kId;
    int controls = 0;
    std::vector<QubitId> qubits;
    std::vector<Param> params;
    Matrix matrix;  ///< kUnitary
};
using GateList = std::vector<ListedGate>;

/// The list that undoes `list`. Run-time parameters become new expressions of `circuit`.
GateList inverse(GateList list, Circuit& circuit);

/// `list` with `controls` more controls on every gate.
GateList controlled(GateList list, const std::vector<QubitId>& controls);

/// `list` to the power `k`: angles are scaled where that is exact, whole powers repeat, anything
/// else goes through the eigenvalues of the list's matrix (principal value; up to 6 qubits).
///
/// Throws: InputError without a position when the power cannot be formed.
GateList power(GateList list, double k, Circuit& circuit);

/// Matrix of the list over `qubits` (qubits[0] is the least significant); parameters must be known.
Matrix list_matrix(const GateList& list, const std::vector<QubitId>& qubits);

/// Whether `name` is a gate that stdgates.inc (version 3) or the wide qelib1.inc (version 2)
/// defines.
bool in_stdgates(std::string_view name);
bool in_qelib1(std::string_view name);
/// All of them, for suggestions.
const std::vector<std::string_view>& stdgates_names();
const std::vector<std::string_view>& qelib1_names();

/// A library gate that is no row of the gate table but a short circuit over rows.
struct CompositeGate {
    std::string_view name;
    int params;
    int qubits;
};
/// The composite called `name`, or null.
const CompositeGate* find_composite(std::string_view name);
/// Its body over `qubits` with `params`; run-time parameters become expressions of `circuit`.
GateList expand_composite(const CompositeGate& gate, const std::vector<Param>& params,
                          const std::vector<QubitId>& qubits, Circuit& circuit);

}  // namespace carillon::qasm
