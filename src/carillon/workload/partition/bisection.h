// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/base/random.h"

namespace carillon {

/// An undirected graph with weighted vertices and edges (each edge stored at both ends).
struct WeightedGraph {
    struct Edge {
        std::uint32_t to;
        std::int64_t weight;
    };
    std::vector<std::uint64_t> first{0};  ///< edges of vertex v: [first[v], first[v + 1])
    std::vector<Edge> edges;
    std::vector<std::uint32_t> size;  ///< by vertex: qubits it stands for
    std::vector<std::int64_t> bias;   ///< by vertex: what it costs more to be in part 1 than in 0

    std::uint32_t num_vertices() const { return static_cast<std::uint32_t>(size.size()); }
};

/// Splits a graph in parts 0 and 1 so that the weight of cut edges plus the biases of part 1 is
/// small: heavy-edge matching makes ever smaller graphs, the smallest is split by growing regions,
/// and each split is carried back and refined by Fiduccia-Mattheyses passes.
///
/// Args:
///     least, most: bounds on the total size of part 0. They are met exactly when vertices have
///         size 1.
/// Returns: part by vertex.
/// Source: Karypis & Kumar, SIAM J. Sci. Comput. 20 (1998) 359; Fiduccia & Mattheyses, DAC'82.
std::vector<std::uint8_t> bisect(const WeightedGraph& graph, std::uint64_t least,
                                 std::uint64_t most, Random& random);

/// Weight of the edges between the parts, plus biases of part 1.
std::int64_t split_cost(const WeightedGraph& graph, const std::vector<std::uint8_t>& part);

}  // namespace carillon
