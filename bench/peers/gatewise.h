// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::bench {

/// By qubit: its axis.
using Axes = std::vector<int>;

/// Applies the circuit's gates to `state`, each given as what it is (phase, permutation or matrix),
/// and waits until all are done.
///
/// Returns: the axis of every qubit. Axis i is qubit i at first; a swap of two qubits exchanges
/// their axes.
/// Throws: InputError when the circuit holds anything but gates with known parameters, barriers
/// apart.
template <class Real>
Axes apply_gates(engine::StateVector<Real>& state, const Circuit& circuit);

extern template Axes apply_gates(engine::StateVector<float>&, const Circuit&);
extern template Axes apply_gates(engine::StateVector<double>&, const Circuit&);

}  // namespace carillon::bench
