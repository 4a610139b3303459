// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

#include "carillon/language/circuit/circuit.h"

namespace carillon::bench {

/// What an algorithm moves between processes, counted without doing it.
struct Moved {
    double states = 0;             ///< amplitudes sent, in units of the whole state
    std::uint64_t exchanges = 0;   ///< times that processes stop to exchange
    std::uint64_t messages = 0;    ///< that a process sends (the most of any)
    std::map<int, double> by_bit;  ///< QuEST: of states, by the bit in which partners differ
};

/// QuEST 4 (quest/src/core/localiser.cpp) on 2^outside processes; the highest qubits number them.
Moved quest_traffic(const Circuit& circuit, int outside);

/// Which gates Aer's cache blocking takes for diagonal, and so does anywhere.
enum class AerDiagonal : std::uint8_t {
    kByName,  ///< as is_diagonal_op of its source: u1, z, s, t; rz, rzz, cz and cp are not
    kAll      ///< every diagonal gate, as if its fusion had made a diagonal matrix of each
};

/// Cache blocking of Qiskit Aer (src/transpile/cacheblocking.hpp) with one chunk per process, its
/// swaps done several at once as in src/simulators/parallel_state_executor.hpp.
Moved aer_traffic(const Circuit& circuit, int outside, AerDiagonal diagonal);

}  // namespace carillon::bench
