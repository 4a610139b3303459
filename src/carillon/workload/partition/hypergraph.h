// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/placement/interactions.h"

namespace carillon {

/// Interactions as flat arrays: a net per segment that can cost something, with the gates it joins.
struct Hypergraph {
    static constexpr std::uint32_t kNone = 0xffffffff;

    /// A segment, or a run of segments without gates. Times are positions in the program's own
    /// block: a move at position p falls into the net when from <= p <= to. Nets of nested blocks
    /// have from = to + 1, with `to` the position of the block's owner: no move falls into them.
    struct Net {
        std::uint32_t qubit;
        std::uint32_t from, to;
        std::uint32_t first_gate, num_gates;  ///< into net_gates
    };
    struct Gate {
        std::uint32_t operation;  ///< operation number
        std::uint32_t position;   ///< in the program's own block (of the owner, for nested gates)
        std::uint32_t first_net, num_nets;  ///< into gate_nets
    };

    std::uint32_t num_qubits = 0;
    std::uint32_t num_operations = 0;
    std::uint32_t num_positions = 0;  ///< operations of the program's own block
    std::vector<Net> nets;            ///< those of a qubit together, in time order
    std::vector<Gate> gates;
    std::vector<std::uint32_t> net_gates, gate_nets;
    std::vector<std::uint32_t> first_net_of;  ///< by qubit, and the end after the last

    std::span<const std::uint32_t> gates_of(const Net& net) const {
        return {net_gates.data() + net.first_gate, net.num_gates};
    }
    std::span<const std::uint32_t> nets_of(const Gate& gate) const {
        return {gate_nets.data() + gate.first_net, gate.num_nets};
    }
};

/// Args:
///     idle_nets: keep a net for each run of segments without gates (moves fall into them).
Hypergraph build_hypergraph(const Circuit& lowered, const Interactions& interactions,
                            bool idle_nets);

}  // namespace carillon
