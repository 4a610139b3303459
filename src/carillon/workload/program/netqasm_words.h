// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::netqasm {

inline constexpr std::string_view kFormat = "carillon-netqasm";
inline constexpr std::uint32_t kVersion = 1;

/// Arrays of a node's shared memory.
inline constexpr int kBits = 0, kPairQubit = 1, kPairRequest = 2, kPairResult = 3;
inline constexpr int kRequestLength = 20, kResultLength = 10;

/// A gate in NetQASM: a mnemonic and, for rotations, an angle in units of pi.
struct Word {
    std::string_view mnemonic;
    std::optional<double> turn;  ///< angle / pi, in [0, 2)
};

/// How a gate is written, up to global phase; nothing when NetQASM's basic instructions lack it.
std::optional<Word> word_of(GateKind kind, int controls, double angle);

/// The angle / pi as a sum of n / 2^d, largest first, n below 256; {0, 0} for no turn.
std::vector<std::pair<unsigned, unsigned>> pieces_of(double turn);

/// The gate of a mnemonic without an angle, as name and number of operands; rotations are rx, ry,
/// rz.
std::optional<std::pair<std::string_view, int>> gate_of(std::string_view mnemonic);

}  // namespace carillon::netqasm
