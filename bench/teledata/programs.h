// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/language/circuit/circuit.h"

namespace carillon::bench {

/// The exact quantum Fourier transform on n qubits without its final swaps.
Circuit quantum_fourier_transform(std::uint32_t n);

/// Quantum volume: n layers of random two-qubit unitaries on a random pairing. Each unitary is
/// three cz between generic one-qubit gates.
Circuit quantum_volume(std::uint32_t n, std::uint64_t seed);

/// `depth` layers: each qubit gets a random one-qubit gate with probability 1 - p, the rest are
/// paired at random with cp of random angles.
Circuit cp_fraction(std::uint32_t n, std::uint32_t depth, double p, std::uint64_t seed);

/// One round of QAOA on a random graph with edge probability 1/2: a cp per edge, then rx.
Circuit random_qaoa(std::uint32_t n, std::uint64_t seed);

/// A brick wall on a grid of width x height qubits: layers of cz along rows and columns in turn,
/// with generic one-qubit gates in between.
Circuit grid_layers(std::uint32_t width, std::uint32_t height, std::uint32_t layers,
                    std::uint64_t seed);

/// `gates` cz between random qubits at most `reach` apart, each followed by a generic gate.
Circuit near_gates(std::uint32_t n, std::size_t gates, std::uint32_t reach, std::uint64_t seed);

}  // namespace carillon::bench
