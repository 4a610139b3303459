// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// The workloads that AutoComm (Wu et al., MICRO'22) was measured on, over qubits q[0..n): cx, rz
/// and h; Toffolis of six cx.

/// A multi-controlled X, twice: half of the qubits control one of the last two each, by a ladder of
/// Toffolis over idle qubits of the other half.
Circuit multi_controlled(std::uint32_t qubits);
/// Ripple-carry adder: MAJ blocks up, UMA blocks down.
Circuit ripple_carry_adder(std::uint32_t qubits);
/// The oracle of the all-ones string: cx from qubit 0 to every other.
Circuit bernstein_vazirani(std::uint32_t qubits);
/// Every controlled phase as cx rz cx rz; swaps left out, as is the last h.
Circuit fourier_transform(std::uint32_t qubits);
/// `terms` ZZ rotations on random pairs, as cx rz cx. The published instance was drawn without a
/// seed, so this is another one of its kind.
Circuit random_zz(std::uint32_t qubits, std::uint32_t terms, std::uint64_t seed);

/// cx gates between different groups of `node_size` consecutive qubits.
std::size_t remote_cx(const Circuit& circuit, std::uint32_t node_size);

}  // namespace carillon
