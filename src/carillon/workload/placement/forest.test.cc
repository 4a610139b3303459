// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/forest.h"

#include <gtest/gtest.h>

#include <bit>
#include <numeric>

#include "carillon/workload/placement/instances_for_tests.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {
namespace {

namespace instances = test_instances;
using Nodes = std::vector<std::uint32_t>;

/// Least number of links over all subsets of links that join every receiver to a root.
std::uint32_t naive(const Network& network, const Nodes& roots, const Nodes& receivers) {
    std::uint32_t best = ForestCost::kDisconnected;
    for (std::uint32_t chosen = 0; chosen < 1u << network.links.size(); ++chosen) {
        Nodes part(network.nodes.size());
        std::iota(part.begin(), part.end(), 0);
        for (std::size_t l = 0; l < network.links.size(); ++l) {
            if (!(chosen >> l & 1)) continue;
            const std::uint32_t a = part[network.links[l].a.value];
            const std::uint32_t b = part[network.links[l].b.value];
            for (std::uint32_t& p : part) p = p == a ? b : p;
        }
        bool all = true;
        for (const std::uint32_t r : receivers) {
            bool joined = false;
            for (const std::uint32_t root : roots) joined = joined || part[root] == part[r];
            all = all && joined;
        }
        if (all) best = std::min(best, static_cast<std::uint32_t>(std::popcount(chosen)));
    }
    return best;
}

TEST(Forest, is_the_smallest_of_all_sets_of_links) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Network network = instances::random_network(Nodes(8, 1), random);
        const Topology topology(network);
        ForestCost cost(topology);
        Nodes roots, receivers;
        for (std::uint64_t i = 0; i < 1 + seed % 3; ++i)
            roots.push_back(static_cast<std::uint32_t>(random.below(8)));
        for (std::uint64_t i = 0; i < 1 + seed % 5; ++i)
            receivers.push_back(static_cast<std::uint32_t>(random.below(8)));
        EXPECT_EQ(cost(roots, receivers), naive(network, roots, receivers)) << "seed " << seed;
    }
}

TEST(Forest, several_roots_need_no_link_between_them) {
    const Network network = instances::line({1, 1, 1, 1, 1});
    const Topology topology(network);
    ForestCost cost(topology);
    EXPECT_EQ(cost(Nodes{0, 4}, Nodes{1, 3}), 2u);
    EXPECT_EQ(cost(Nodes{0}, Nodes{1, 3}), 3u);
    EXPECT_EQ(cost(Nodes{2}, Nodes{2}), 0u);
}

TEST(Forest, with_one_root_it_is_the_steiner_tree) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Random random(seed);
        const Network network = instances::random_network(Nodes(10, 1), random);
        const Topology topology(network);
        ForestCost forest(topology);
        SteinerCost tree(topology);
        const Nodes receivers{1, 4, 7, 9};
        EXPECT_EQ(forest(Nodes{2}, receivers), tree(Nodes{1, 2, 4, 7, 9}));
    }
}

TEST(Forest, many_receivers_are_joined_within_twice_the_least) {
    const Network network = instances::line(Nodes(24, 1));
    const Topology topology(network);
    ForestCost cost(topology);
    Nodes receivers(20);
    std::iota(receivers.begin(), receivers.end(), 3);
    EXPECT_EQ(cost(Nodes{0}, receivers), 22u);
}

TEST(Forest, an_island_cannot_be_joined) {
    const Network network = instances::network({1, 1, 1}, {{0, 1}});
    const Topology topology(network);
    ForestCost cost(topology);
    EXPECT_GE(cost(Nodes{0}, Nodes{2}), ForestCost::kDisconnected);
}

}  // namespace
}  // namespace carillon
