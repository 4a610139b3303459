// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/workload/partition/bisection.h"
#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// Qubits joined by how many pairs of their segments share a gate.
WeightedGraph qubit_graph(const Hypergraph& graph);

/// How a group of nodes is halved.
enum class Halving : std::uint8_t {
    kByWalk,  ///< first and second half of network_walk()
    kByEnds,  ///< the nodes nearer to one of the two farthest nodes
};

/// Homes by splitting qubits and network together: the nodes are halved into two near groups, the
/// qubits bisected to fit them with little between them, and so on in both halves down to single
/// nodes. On sparse networks a qubit is drawn to the half that is nearer to its partners elsewhere.
///
/// Args:
///     capacity: by node; enough for all qubits in total.
/// Returns: home by qubit, within capacities.
std::vector<std::uint32_t> multilevel_homes(const WeightedGraph& qubits, const Topology& topology,
                                            std::span<const std::uint32_t> capacity,
                                            Halving halving, Random& random);

}  // namespace carillon
