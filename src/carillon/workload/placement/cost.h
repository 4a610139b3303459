// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// How a segment is charged for the QPUs it needs.
enum class CostModel : std::uint8_t {
    kCat,      ///< one pair per QPU beyond the first, as if every two QPUs were linked
    kSteiner,  ///< one pair per link of a smallest tree that joins them
};

/// What a placement costs, each operation once (a loop body counts once).
struct PlacementCost {
    std::uint64_t pairs = 0;              ///< Bell pairs in all when no gate is folded; steps of
                                          ///< price (LinkPrices) where links differ in price
    std::uint64_t remote_gates = 0;       ///< multi-qubit gates whose operands live on several QPUs
    std::uint64_t detached_gates = 0;     ///< of these, done where none of the operands lives
    std::uint64_t moves = 0;              ///< changes of home
    std::uint64_t embedded_segments = 0;  ///< segments that copies are kept through
    std::uint64_t kept_copies = 0;        ///< copies kept through them
    /// Of `pairs`, those that are not spent when gates on three and more qubits are folded
    /// (choose_folding); none under the model `cat`.
    std::uint64_t saved_by_folding = 0;
    std::uint64_t folded_gates = 0;

    /// What is spent when gates are folded where that saves pairs: what distribute() writes where
    /// communication qubits are plenty.
    std::uint64_t with_folding() const { return pairs - saved_by_folding; }
};

/// Bell pairs that `placement` needs.
///
/// A segment needs copies at the QPUs that its qubit lives on during it, and at those that its
/// gates are done on: the site, or, when copies of another operand are kept through the gate, that
/// operand's home and every kept copy. It pays for the links that join them to what the qubit
/// holds already: its home and the copies kept through the segment before. A segment that copies
/// are kept through pays nothing.
PlacementCost placement_cost(const Interactions& interactions, const Network& network,
                             const Placement& placement, CostModel model = CostModel::kSteiner);

/// Whether every qubit has a home, moves are in order, nothing exceeds a capacity at any time, and
/// every multi-qubit gate (and nothing else) has a site that can host it; and kept copies obey the
/// rules of KeptCopy.
///
/// Throws: InputError that says what is wrong.
void check_placement(const Interactions& interactions, const Network& network,
                     const Placement& placement);

/// Qubits that may live on each node: its data qubits, none when it is unavailable or no QPU.
std::vector<std::uint32_t> node_capacities(const Network& network);

}  // namespace carillon
