// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::bench {

/// A circuit of the study; the same arguments give the same circuit.
///
///     qft         Fourier transform with its final swaps
///     brickwork   20 layers: a Haar random gate on every qubit, cz on neighbours in turn
///     qaoa        4 layers for MaxCut on a random 3-regular graph: rzz on edges, rx on qubits
///     grover      3 iterations; phases on |1...1> by a chain of Toffolis into ancillas
///     sup-cz      16 cycles on a grid of 5 columns: sqrt(X), sqrt(Y) or sqrt(W) on every qubit,
///                 never the same twice, and cz along the edges of one of four patterns
///     sup-iswap   the same with iswap
///
/// Throws: InputError for another family.
Circuit traffic_circuit(const std::string& family, std::uint32_t qubits);

const std::vector<std::string>& traffic_families();

}  // namespace carillon::bench
