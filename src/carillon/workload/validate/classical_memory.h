// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

#include "carillon/workload/validate/source_form.h"
#include "carillon/workload/validate/tuple_table.h"

namespace carillon::validation {

/// Which definition every QPU's copy of every bit and variable holds.
///
/// A copy is up to date when it holds the definition that the source's operation reads. Where two
/// branches meet, and at the head of a loop, the source's own definition of the merged value
/// stands; a QPU has it if it was up to date on every way there.
class ClassicalMemory {
  public:
    /// A bit or variable of one QPU.
    using Cell = std::uint64_t;

    ClassicalMemory(std::uint32_t source_bits, std::function<Definition()> new_definition)
        : source_bits_(source_bits), unknown_(std::move(new_definition)) {}

    static Cell bit_cell(std::size_t qpu, std::uint32_t bit) {
        return std::uint64_t{qpu} << 33 | bit;
    }
    /// Of a slot of the source (SourceForm).
    Cell slot_cell(std::size_t qpu, std::uint32_t slot) const {
        if (slot < source_bits_) return bit_cell(qpu, slot);
        return std::uint64_t{qpu} << 33 | kVariable | (slot - source_bits_);
    }

    Definition read(Cell cell);
    void write(Cell cell, Definition value);

    void begin_if();
    void end_then();
    void end_if(std::span<const BlockWrite> writes);

    /// Args:
    ///     changed: the cells that the body writes.
    void begin_loop(std::span<const BlockWrite> writes, std::span<const Cell> changed);
    /// Throws: Difference when the body reads a copy that is up to date in its first round only.
    void end_loop(std::span<const BlockWrite> writes);

  private:
    static constexpr Cell kVariable = Cell{1} << 32;

    struct Change {
        Cell cell = 0;
        Definition entry = 0, end = 0;
    };
    struct Frame {
        std::size_t log_start = 0;
        std::vector<Change> then_changes;
        std::vector<Change> heads;  ///< loops: entry, and what stands at the head
    };

    Definition peek(Cell cell) const;
    std::vector<Change> roll_back(std::size_t log_start);
    const BlockWrite* write_of(std::span<const BlockWrite> writes, Cell cell) const;

    std::uint32_t source_bits_;
    std::function<Definition()> unknown_;
    TupleTable cells_;
    std::vector<Definition> values_;  ///< by number of the cell
    std::vector<std::pair<Cell, Definition>> log_;
    std::vector<Frame> frames_;
    std::unordered_set<Definition> heads_;  ///< definitions at heads of open loops
    TupleTable used_;                       ///< (cell, head definition) that were read
};

}  // namespace carillon::validation
