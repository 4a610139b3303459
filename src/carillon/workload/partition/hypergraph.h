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

    /// An embeddable segment whose neighbours in time have gates: copies of its qubit may be kept
    /// through it. Its net is `net`, the nets of its neighbours are net - 1 and net + 1.
    struct Middle {
        std::uint32_t net;
        std::uint32_t segment;  ///< index into Interactions::segments
    };

    std::uint32_t num_qubits = 0;
    std::uint32_t num_operations = 0;
    std::uint32_t num_positions = 0;  ///< operations of the program's own block
    std::vector<Net> nets;            ///< those of a qubit together, in time order
    std::vector<Gate> gates;
    bool detached = true;  ///< gates may be done where none of their operands lives
    std::vector<std::uint32_t> net_gates, gate_nets;
    std::vector<std::uint32_t> first_net_of;  ///< by qubit, and the end after the last
    std::vector<Middle> middles;              ///< rising
    std::vector<std::uint32_t> middle_of;     ///< by net, or kNone; empty when there are no middles

    std::span<const std::uint32_t> gates_of(const Net& net) const {
        return {net_gates.data() + net.first_gate, net.num_gates};
    }
    std::span<const std::uint32_t> nets_of(const Gate& gate) const {
        return {gate_nets.data() + gate.first_net, gate.num_nets};
    }
    std::span<const std::uint32_t> gates_of_middle(std::uint32_t middle) const {
        return gates_of(nets[middles[middle].net]);
    }
    /// The net at the other end of a two-operand gate of `net`.
    std::uint32_t partner(std::uint32_t gate, std::uint32_t net) const {
        const std::uint32_t* both = gate_nets.data() + gates[gate].first_net;
        return both[0] == net ? both[1] : both[0];
    }
};

/// Args:
///     idle_nets: keep a net for each run of segments without gates (moves fall into them).
Hypergraph build_hypergraph(const Circuit& lowered, const Interactions& interactions,
                            bool idle_nets);

}  // namespace carillon
