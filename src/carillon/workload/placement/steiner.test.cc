// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/steiner.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

std::vector<QpuId> ids(std::initializer_list<std::uint32_t> nodes) {
    std::vector<QpuId> result;
    for (std::uint32_t v : nodes) result.push_back(QpuId{v});
    return result;
}

/// Smallest number of links of a connected set of nodes that contains the terminals: all sets.
std::size_t brute_force(const Topology& topology, std::uint32_t terminals) {
    std::size_t best = topology.size();
    for (std::uint32_t set = 0; set < (1u << topology.size()); ++set) {
        if ((set & terminals) != terminals) continue;
        std::uint32_t reached = terminals & ~(terminals - 1);
        for (std::uint32_t before = 0; before != reached;) {
            before = reached;
            for (std::uint32_t v = 0; v < topology.size(); ++v) {
                if (!(reached >> v & 1)) continue;
                for (const auto& e : topology.neighbours(QpuId{v})) {
                    reached |= set & (1u << e.to.value);
                }
            }
        }
        if (reached == set) best = std::min<std::size_t>(best, std::popcount(set) - 1);
    }
    return best;
}

void expect_tree(const Topology& topology, const std::vector<QpuId>& terminals,
                 const std::vector<std::pair<QpuId, QpuId>>& links) {
    std::set<QpuId> reached{terminals[0]};
    for (const auto& [parent, child] : links) {
        EXPECT_TRUE(reached.contains(parent)) << "links come after the ones that lead to them";
        EXPECT_TRUE(reached.insert(child).second) << "no node is reached twice";
        EXPECT_EQ(topology.distance(parent, child), 1u);
    }
    for (QpuId t : terminals) EXPECT_TRUE(reached.contains(t));
}

TEST(Steiner, three_leaves_of_a_star_meet_in_its_centre) {
    const Network net = network({1, 1, 1, 1}, {{0, 1}, {0, 2}, {0, 3}});
    const Topology topology(net);
    const auto links = steiner_tree(topology, ids({1, 2, 3}));
    EXPECT_EQ(links.size(), 3u);
    EXPECT_EQ(links[0], (std::pair{QpuId{1}, QpuId{0}}));
}

TEST(Steiner, complete_network_gives_the_star_around_the_first) {
    const Network net = full({1, 1, 1, 1});
    const auto links = steiner_tree(Topology(net), ids({2, 0, 3, 2}));
    ASSERT_EQ(links.size(), 2u);
    for (const auto& link : links) EXPECT_EQ(link.first, QpuId{2});
}

TEST(Steiner, trees_and_costs_are_smallest_on_small_networks) {
    Random random(3);
    for (int round = 0; round < 12; ++round) {
        const Network net = random_network(std::vector<std::uint32_t>(8, 1), random);
        const Topology topology(net);
        SteinerCost cost(topology);
        for (std::uint32_t set = 1; set < 256; ++set) {
            std::vector<QpuId> terminals;
            std::vector<std::uint32_t> nodes;
            for (std::uint32_t v = 0; v < 8; ++v) {
                if (set >> v & 1) terminals.push_back(QpuId{v}), nodes.push_back(v);
            }
            const auto links = steiner_tree(topology, terminals);
            expect_tree(topology, terminals, links);
            EXPECT_EQ(links.size(), brute_force(topology, set));
            EXPECT_EQ(cost(nodes), links.size());
        }
    }
}

/// Price of a cheapest connected set of links that joins the terminals: all sets of links.
std::uint32_t cheapest_by_brute_force(const Topology& topology, const Network& net,
                                      std::uint32_t terminals) {
    std::uint32_t best = SteinerCost::kDisconnected;
    for (std::uint32_t set = 0; set < (1u << net.links.size()); ++set) {
        std::uint32_t price = 0, reached = terminals & ~(terminals - 1);
        for (std::size_t l = 0; l < net.links.size(); ++l)
            if (set >> l & 1) price += topology.prices().steps(LinkId{l});
        for (std::uint32_t before = 0; before != reached;) {
            before = reached;
            for (std::size_t l = 0; l < net.links.size(); ++l) {
                const std::uint32_t ends = 1u << net.links[l].a.value | 1u << net.links[l].b.value;
                if ((set >> l & 1) && (reached & ends)) reached |= ends;
            }
        }
        if ((reached & terminals) == terminals) best = std::min(best, price);
    }
    return best;
}

TEST(Steiner, trees_and_costs_are_cheapest_where_links_have_prices) {
    Random random(29);
    for (int round = 0; round < 12; ++round) {
        Network net = random_network(std::vector<std::uint32_t>(7, 1), random);
        for (Link& link : net.links) {
            link.pair_cost = 1 + static_cast<double>(random.below(9));
            if (random.below(3) > 0) continue;
            link.carries = LinkCarries::kBoth;
            link.transfer_cost = 0.5 + static_cast<double>(random.below(9));
        }
        const Topology topology(net);
        SteinerCost cost(topology);
        for (std::uint32_t set = 1; set < 128; ++set) {
            std::vector<QpuId> terminals;
            std::vector<std::uint32_t> nodes;
            for (std::uint32_t v = 0; v < 7; ++v) {
                if (set >> v & 1) terminals.push_back(QpuId{v}), nodes.push_back(v);
            }
            const auto links = steiner_tree(topology, terminals);
            expect_tree(topology, terminals, links);
            const std::uint32_t best = cheapest_by_brute_force(topology, net, set);
            EXPECT_EQ(tree_cost(topology, links), best);
            EXPECT_EQ(cost(nodes), best);
        }
    }
}

TEST(Steiner, a_detour_over_cheap_links_beats_the_dear_link) {
    Network net = network({1, 1, 1}, {{0, 1}, {1, 2}, {0, 2}});
    net.links[2].pair_cost = 2.5;
    const Topology topology(net);
    EXPECT_EQ(steiner_tree(topology, ids({0, 2})).size(), 2u);
    net.links[2].pair_cost = 1.5;
    EXPECT_EQ(steiner_tree(Topology(net), ids({0, 2})).size(), 1u);
}

TEST(Steiner, grown_trees_on_large_networks_join_by_cheapest_paths) {
    Network net = torus(8, 8, 1);
    Random random(31);
    for (Link& link : net.links) link.pair_cost = 1 + static_cast<double>(random.below(20));
    const Topology topology(net);
    SteinerCost cost(topology);
    for (int round = 0; round < 20; ++round) {
        std::set<std::uint32_t> chosen;
        while (chosen.size() < 12) chosen.insert(static_cast<std::uint32_t>(random.below(64)));
        std::vector<QpuId> terminals;
        std::uint32_t spanning = 0;  // the tree of Prim over cheapest paths is no cheaper
        for (std::uint32_t v : chosen) terminals.push_back(QpuId{v});
        std::vector<QpuId> tree{terminals[0]}, rest(terminals.begin() + 1, terminals.end());
        while (!rest.empty()) {
            std::uint32_t least = SteinerCost::kDisconnected;
            std::size_t next = 0;
            for (std::size_t i = 0; i < rest.size(); ++i)
                for (QpuId t : tree)
                    if (topology.cost(t, rest[i]) < least) least = topology.cost(t, rest[next = i]);
            spanning += least;
            tree.push_back(rest[next]);
            rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(next));
        }
        const auto links = steiner_tree(topology, terminals);
        expect_tree(topology, terminals, links);
        EXPECT_LE(tree_cost(topology, links), spanning);
        EXPECT_EQ(cost(std::vector<std::uint32_t>(chosen.begin(), chosen.end())),
                  tree_cost(topology, links));
    }
}

TEST(Steiner, large_sets_give_trees_near_the_lower_bound) {
    const Network net = torus(8, 8, 1);
    const Topology topology(net);
    std::vector<QpuId> terminals;
    for (std::uint32_t v = 0; v < 64; v += 2) terminals.push_back(QpuId{v + (v / 8) % 2});
    const auto links = steiner_tree(topology, terminals);
    expect_tree(topology, terminals, links);
    // 32 nodes, no two neighbours. The tree's other nodes have at most four neighbours, so at
    // least (32 - 1) / 3 of them are needed.
    EXPECT_GE(links.size(), 31u + 11u);
    EXPECT_LE(links.size(), 31u + 31u);
}

TEST(Steiner, cost_does_not_depend_on_the_order_of_nodes) {
    const Network net = torus(5, 5, 1);
    const Topology topology(net);
    SteinerCost cost(topology);
    const auto a = steiner_tree(topology, ids({3, 17, 22, 8, 11})).size();
    const auto b = steiner_tree(topology, ids({11, 8, 3, 22, 17})).size();
    EXPECT_EQ(a, b);
    EXPECT_EQ(cost(std::vector<std::uint32_t>{8, 22, 11, 3, 17}), a);
}

TEST(Steiner, unconnected_terminals_are_refused) {
    const Network net = network({1, 1, 1}, {{0, 1}});
    const Topology topology(net);
    EXPECT_THROW(steiner_tree(topology, ids({0, 2})), InputError);
    SteinerCost cost(topology);
    EXPECT_GE(cost(std::vector<std::uint32_t>{0, 2}), SteinerCost::kDisconnected);
}

}  // namespace
}  // namespace carillon
