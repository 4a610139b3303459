// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// What a static placement is charged for, reduced to what matters: segments with gates, gates with
/// the same segments told once, and QPUs that may host qubits.
struct StaticModel {
    StaticModel(const Interactions& interactions, const Network& network);

    struct Gate {
        std::vector<std::uint32_t> segments;    ///< rising
        std::vector<std::uint32_t> operations;  ///< numbers of all that have these segments
    };
    std::uint32_t num_qubits = 0, num_operations = 0;
    std::vector<std::uint32_t> qubit_of;  ///< by segment
    std::vector<Gate> gates;
    std::vector<std::vector<std::uint32_t>> gates_of;  ///< by segment
    std::vector<std::uint32_t> hosts;                  ///< nodes that may host qubits
    std::vector<std::uint32_t> room;                   ///< by host
    Topology topology;

    /// Scope of what is proved about this model: with gates on three or more qubits, folding them
    /// may cost less than the model knows.
    BoundScope scope() const;
    /// Cost of the static placement with these homes (by qubit) and sites (by gate), as hosts.
    std::int64_t cost(SteinerCost& steiner, const std::vector<std::uint32_t>& homes,
                      const std::vector<std::uint32_t>& sites) const;
    Placement placement(const std::vector<std::uint32_t>& homes,
                        const std::vector<std::uint32_t>& sites) const;
    /// By host: the first host that can trade places with it at no change of any cost.
    std::vector<std::uint32_t> equal_hosts(SteinerCost& steiner) const;
    /// By host: the first host that some renaming of all hosts puts in its place at no change of
    /// any cost. Each host is its own, or as in equal_hosts(), where trying all renamings is much.
    std::vector<std::uint32_t> orbits(SteinerCost& steiner) const;
};

}  // namespace carillon
