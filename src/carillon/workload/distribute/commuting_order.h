// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// The orders in which the operations and moves of a program's own block may be done: phases
/// commute with each other, everything else keeps its order on every qubit, and so does all that
/// reads or writes classical values, and all moves.
class CommutingOrder {
  public:
    /// Something to be done: an operation, or all moves of one position (before the operation
    /// there).
    struct Item {
        std::uint32_t position = 0;  ///< in the block
        std::uint32_t number = 0;    ///< of the operation
        bool moves = false;
    };

    /// Args:
    ///     actions: of one-qubit gates, by operation number.
    CommutingOrder(const Circuit& lowered, const Placement& placement,
                   std::span<const OneQubitAction> actions);

    const Item& item(std::uint32_t index) const { return items_[index]; }
    /// Items that may be done next, in the order of the program.
    const std::set<std::uint32_t>& ready() const { return ready_; }
    void done(std::uint32_t index);

  private:
    class Builder;

    std::vector<Item> items_;
    std::vector<std::uint32_t> waits_for_;  ///< by item: how many items before it are not done
    std::vector<std::vector<std::uint32_t>> followers_;
    std::set<std::uint32_t> ready_;
};

}  // namespace carillon
