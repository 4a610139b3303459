// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/validate/tuple_table.h"

namespace carillon::validation {

/// Gives equal classical expressions of several arenas the same number, so that they compare in no
/// time, and numbers the run-time values they can take.
class ExpressionTable {
  public:
    /// Expressions of one arena.
    struct Numbered {
        const ExprArena* arena = nullptr;
        std::span<const Variable> variables;
        std::vector<std::uint32_t> numbers;  ///< by node
    };

    /// Numbers all nodes of an arena.
    ///
    /// Throws: Difference when a node has an operand that does not stand before it, or reads a bit
    /// or variable that does not exist.
    Numbered number(const ExprArena& arena, std::uint32_t num_bits,
                    std::span<const Variable> variables);

    /// Slots that an expression reads, sorted: bit b is slot b, variable v slot num_bits + v.
    ///
    /// Throws: Difference when `root` is not in the arena.
    static std::vector<std::uint32_t> reads(const Numbered& expressions, ExprId root,
                                            std::uint32_t num_bits);

    /// An expression's value as a multiple of another one's: casts to float and constant factors
    /// are taken off.
    struct Multiple {
        double factor = 1;
        ExprId of;
    };
    static Multiple as_multiple(const Numbered& expressions, ExprId root);

    /// Number, from 1, of the value an expression has when what it reads was written by the given
    /// definitions.
    std::uint32_t value_number(std::uint32_t expression,
                               std::span<const std::uint32_t> definitions);

  private:
    TupleTable nodes_;
    TupleTable values_;
};

}  // namespace carillon::validation
