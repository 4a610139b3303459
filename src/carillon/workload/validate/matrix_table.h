// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/workload/validate/canonical_form.h"
#include "carillon/workload/validate/tuple_table.h"

namespace carillon::validation {

/// Numbers matrices on several qubits, and their uses, which the canonical form takes as they are.
class MatrixTable {
  public:
    /// Appends events for a matrix gate on wires whose order matters, controls first.
    void append(CanonicalForm& form, const Matrix& matrix, int controls,
                std::span<const std::uint32_t> wires) {
        std::vector<std::uint64_t> key{static_cast<std::uint64_t>(matrix.qubits)};
        for (const Complex& v : matrix.data) {
            key.push_back(std::bit_cast<std::uint64_t>(v.real() + 0.0));
            key.push_back(std::bit_cast<std::uint64_t>(v.imag() + 0.0));
        }
        std::vector<std::uint64_t> use{matrices_.insert(key), static_cast<std::uint64_t>(controls)};
        for (const std::uint32_t wire : wires)
            use.push_back(std::uint64_t{wire} << 32 | form.depth(wire));
        const std::uint32_t number = uses_.insert(use);
        for (const std::uint32_t wire : wires) form.separator(EventKind::kOpaque, wire, number);
    }

  private:
    TupleTable matrices_;
    TupleTable uses_;
};

}  // namespace carillon::validation
