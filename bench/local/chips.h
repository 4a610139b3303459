// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// How QPUs are linked and what couples inside them.
enum class Chips : std::uint8_t {
    kFull,  ///< two QPUs, 2 communication qubits each, every qubit coupled to every other
    kPair,  ///< two QPUs, grid inside, 2 communication qubits at the right corners
    kRing,  ///< three QPUs, grid inside, 4 communication qubits at the corners
    kGrid,  ///< four QPUs in a square, grid inside, 4 communication qubits, 2 for each neighbour
};

/// The networks that memQ's regression test pins its counts on, for a program of `qubits` qubits.
/// Data qubits form the smallest grid at most twice as wide as high that holds an equal share.
/// There, each communication qubit serves one link; here any of them may.
Network chips(Chips kind, std::uint32_t qubits);

/// Columns x rows cores, each a 4 x 4 grid; ports (communication qubits) stand on the edges that
/// face a neighbour, in its second row or column. All other places are data qubits.
Network cores(std::uint32_t columns, std::uint32_t rows);

/// Circuits whose cx structure is known exactly.
Circuit ghz(std::uint32_t qubits);
/// `ones` cx onto the last qubit (Bernstein-Vazirani with that many ones; Deutsch-Jozsa).
Circuit phase_oracle(const char* name, std::uint32_t qubits, std::uint32_t ones);
Circuit w_state(std::uint32_t qubits);

}  // namespace carillon
