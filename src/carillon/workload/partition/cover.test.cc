// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/cover.h"

#include <gtest/gtest.h>

#include <bit>

#include "carillon/base/random.h"

namespace carillon {
namespace {

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

std::size_t brute_force(std::uint32_t left, std::uint32_t right, const Edges& edges) {
    std::size_t best = left + right;
    for (std::uint32_t set = 0; set < (1u << (left + right)); ++set) {
        bool covers = true;
        for (const auto& [a, b] : edges) covers = covers && (set >> a & 1 || set >> (left + b) & 1);
        if (covers) best = std::min<std::size_t>(best, std::popcount(set));
    }
    return best;
}

TEST(VertexCover, a_star_is_covered_by_its_centre) {
    const VertexCover cover = smallest_vertex_cover(1, 5, Edges{{0, 0}, {0, 1}, {0, 4}, {0, 4}});
    EXPECT_EQ(cover.size, 1u);
    EXPECT_TRUE(cover.left[0]);
}

TEST(VertexCover, no_edges_need_no_vertices) {
    EXPECT_EQ(smallest_vertex_cover(3, 2, Edges{}).size, 0u);
    EXPECT_EQ(smallest_vertex_cover(0, 0, Edges{}).size, 0u);
}

TEST(VertexCover, is_smallest_on_random_graphs) {
    Random random(11);
    for (int round = 0; round < 300; ++round) {
        const auto left = static_cast<std::uint32_t>(1 + random.below(6));
        const auto right = static_cast<std::uint32_t>(1 + random.below(6));
        Edges edges;
        for (std::uint32_t a = 0; a < left; ++a) {
            for (std::uint32_t b = 0; b < right; ++b) {
                if (random.uniform() < 0.35) edges.emplace_back(a, b);
            }
        }
        const VertexCover cover = smallest_vertex_cover(left, right, edges);
        for (const auto& [a, b] : edges) EXPECT_TRUE(cover.left[a] || cover.right[b]);
        EXPECT_EQ(cover.size, brute_force(left, right, edges));
    }
}

TEST(VertexCover, a_long_path_needs_every_second_vertex) {
    Edges edges;
    const std::uint32_t n = 50000;
    for (std::uint32_t i = 0; i < n; ++i) {
        edges.emplace_back(i, i);
        if (i + 1 < n) edges.emplace_back(i + 1, i);
    }
    EXPECT_EQ(smallest_vertex_cover(n, n, edges).size, n);
}

}  // namespace
}  // namespace carillon
