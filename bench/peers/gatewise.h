// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::bench {

/// Applies the circuit's gates to `state` one by one, each as what it is (phase, permutation or
/// matrix); axis i is qubit i.
///
/// Throws: InputError when the circuit holds anything but gates with known parameters, barriers
/// apart.
template <class Real>
void apply_gates(engine::StateVector<Real>& state, const Circuit& circuit);

extern template void apply_gates(engine::StateVector<float>&, const Circuit&);
extern template void apply_gates(engine::StateVector<double>&, const Circuit&);

}  // namespace carillon::bench
