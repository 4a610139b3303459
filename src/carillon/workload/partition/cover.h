// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace carillon {

/// A smallest set of vertices of a bipartite graph that meets every edge.
struct VertexCover {
    std::vector<bool> left, right;  ///< whether a vertex is in the cover
    std::size_t size = 0;
};

/// Maximum matching by Hopcroft and Karp, then Koenig's construction. Linear memory,
/// O(edges * sqrt(vertices)) time.
///
/// Args:
///     edges: (left vertex, right vertex); repetition is allowed.
/// Source: Hopcroft & Karp, SIAM J. Comput. 2 (1973) 225.
VertexCover smallest_vertex_cover(std::uint32_t num_left, std::uint32_t num_right,
                                  std::span<const std::pair<std::uint32_t, std::uint32_t>> edges);

}  // namespace carillon
