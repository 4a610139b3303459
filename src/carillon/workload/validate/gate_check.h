// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon::validation {

/// True when `count` entries from `first` on lie in an arena of `size` entries.
inline bool in_arena(std::uint32_t first, std::uint32_t count, std::size_t size) {
    return std::uint64_t{first} + count <= size;
}

/// What is wrong with the shape of a gate read from a file: its kind, number of operands, angles,
/// matrix. Empty when nothing is.
std::string gate_fault(GateKind kind, std::uint32_t controls, std::size_t operands,
                       std::span<const Param> params, std::uint32_t matrix,
                       std::span<const Matrix> matrices);

}  // namespace carillon::validation
