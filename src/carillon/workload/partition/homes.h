// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/workload/partition/bisection.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// Nodes with room, ordered so that neighbours in the order are near in the network: the shortest
/// of the given order and of walks that go on to the nearest unvisited node, among equally near
/// ones the one with fewest unvisited neighbours.
std::vector<std::uint32_t> network_walk(const Topology& topology,
                                        std::span<const std::uint32_t> capacity);

/// Vertices in breadth-first order from an end of each connected part, those with fewest edges
/// first: in this order partners are near. Source: Cuthill & McKee, Proc. ACM (1969) 157.
std::vector<std::uint32_t> interaction_order(const WeightedGraph& qubits);

/// Fills the nodes in `order` with qubits in `qubits`' order. Returns homes by qubit.
std::vector<std::uint32_t> fill_in_order(std::span<const std::uint32_t> qubits,
                                         std::span<const std::uint32_t> order,
                                         std::span<const std::uint32_t> capacity);

}  // namespace carillon
