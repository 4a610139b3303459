// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/bisection.h"

#include <gtest/gtest.h>

#include <bit>
#include <numeric>

#include "carillon/workload/partition/homes.h"
#include "carillon/workload/partition/multilevel.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

WeightedGraph graph_of(std::uint32_t n,
                       const std::vector<std::tuple<std::uint32_t, std::uint32_t, int>>& edges) {
    std::vector<std::vector<WeightedGraph::Edge>> lists(n);
    for (const auto& [a, b, w] : edges) {
        lists[a].push_back({b, w});
        lists[b].push_back({a, w});
    }
    WeightedGraph graph;
    for (const auto& list : lists) {
        graph.edges.insert(graph.edges.end(), list.begin(), list.end());
        graph.first.push_back(graph.edges.size());
    }
    graph.size.assign(n, 1);
    graph.bias.assign(n, 0);
    return graph;
}

WeightedGraph path(std::uint32_t n) {
    std::vector<std::tuple<std::uint32_t, std::uint32_t, int>> edges;
    for (std::uint32_t v = 1; v < n; ++v) edges.emplace_back(v - 1, v, 1);
    return graph_of(n, edges);
}

std::uint64_t size0(const std::vector<std::uint8_t>& part) {
    return static_cast<std::uint64_t>(std::count(part.begin(), part.end(), 0));
}

TEST(Bisection, a_path_is_cut_once) {
    Random random(1);
    const WeightedGraph graph = path(60);
    const auto part = bisect(graph, 30, 30, random);
    EXPECT_EQ(size0(part), 30u);
    EXPECT_EQ(split_cost(graph, part), 1);
}

TEST(Bisection, bounds_hold_on_large_graphs) {
    Random random(2);
    for (const std::uint32_t n : {500u, 3000u}) {
        const WeightedGraph graph = path(n);
        for (const std::uint64_t wanted :
             {std::uint64_t{1}, std::uint64_t{n / 3}, std::uint64_t{n}}) {
            EXPECT_EQ(size0(bisect(graph, wanted, wanted, random)), wanted);
        }
        const auto part = bisect(graph, n / 2, n / 2, random);
        EXPECT_LE(split_cost(graph, part), 8);
    }
}

TEST(Bisection, biases_draw_vertices) {
    Random random(3);
    WeightedGraph graph = path(10);
    for (std::uint32_t v = 0; v < 10; ++v) graph.bias[v] = v < 4 ? 5 : -5;
    const auto part = bisect(graph, 0, 10, random);
    for (std::uint32_t v = 0; v < 10; ++v) EXPECT_EQ(part[v], v < 4 ? 0 : 1);
}

TEST(Bisection, is_near_the_best_on_small_random_graphs) {
    Random random(4);
    std::int64_t ours = 0, best_sum = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<std::tuple<std::uint32_t, std::uint32_t, int>> edges;
        for (std::uint32_t b = 0; b < 12; ++b) {
            for (std::uint32_t a = 0; a < b; ++a) {
                if (random.uniform() < 0.4) edges.emplace_back(a, b, 1 + random.below(3));
            }
        }
        const WeightedGraph graph = graph_of(12, edges);
        std::int64_t best = 1 << 20;
        for (std::uint32_t set = 0; set < (1u << 12); ++set) {
            if (std::popcount(set) != 6) continue;
            std::vector<std::uint8_t> part;
            for (std::uint32_t v = 0; v < 12; ++v) part.push_back(set >> v & 1);
            best = std::min(best, split_cost(graph, part));
        }
        const auto part = bisect(graph, 6, 6, random);
        EXPECT_EQ(size0(part), 6u);
        EXPECT_GE(split_cost(graph, part), best);
        ours += split_cost(graph, part);
        best_sum += best;
    }
    EXPECT_LE(ours * 100, best_sum * 103);
}

TEST(Homes, walk_goes_round_a_torus_from_neighbour_to_neighbour) {
    const Network net = torus(6, 6, 2);
    const Topology topology(net);
    const std::vector<std::uint32_t> capacity(36, 2);
    const auto walk = network_walk(topology, capacity);
    ASSERT_EQ(walk.size(), 36u);
    std::uint32_t length = 0;
    for (std::size_t i = 1; i < 36; ++i) {
        length += topology.distance(QpuId{walk[i - 1]}, QpuId{walk[i]});
    }
    EXPECT_EQ(length, 35u);
}

TEST(Homes, walk_leaves_out_nodes_without_room_and_crosses_gaps) {
    const Network net = network({2, 0, 2, 2}, {{0, 1}, {1, 2}});
    const Topology topology(net);
    const auto walk = network_walk(topology, std::vector<std::uint32_t>{2, 0, 2, 2});
    EXPECT_EQ(walk, (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST(Homes, interaction_order_finds_a_shuffled_chain) {
    Random random(5);
    std::vector<std::uint32_t> name(40);
    std::iota(name.begin(), name.end(), 0);
    for (std::uint32_t i = 40; i > 1; --i) std::swap(name[i - 1], name[random.below(i)]);
    std::vector<std::tuple<std::uint32_t, std::uint32_t, int>> edges;
    for (std::uint32_t v = 1; v < 40; ++v) edges.emplace_back(name[v - 1], name[v], 1);
    auto order = interaction_order(graph_of(40, edges));
    if (order[0] != name[0]) std::reverse(order.begin(), order.end());
    EXPECT_EQ(order, name);
}

TEST(Multilevel, homes_fit_uneven_networks) {
    Random random(6);
    for (int round = 0; round < 20; ++round) {
        std::vector<std::uint32_t> capacity;
        for (int v = 0; v < 9; ++v) capacity.push_back(static_cast<std::uint32_t>(random.below(8)));
        capacity.push_back(1);
        const auto room = std::accumulate(capacity.begin(), capacity.end(), 0u);
        const Network net = random_network(capacity, random);
        const std::uint32_t qubits = 1 + static_cast<std::uint32_t>(random.below(room));
        const Circuit c = qubits < 2 ? empty(1) : random_circuit(qubits, 300, random);
        const Hypergraph graph = build_hypergraph(c, find_interactions(c), false);
        const Topology topology(net);
        const Halving halving = round % 2 ? Halving::kByWalk : Halving::kByEnds;
        const auto homes =
            multilevel_homes(qubit_graph(graph), topology, capacity, halving, random);
        std::vector<std::uint32_t> used(capacity.size());
        for (std::uint32_t home : homes) ++used[home];
        for (std::size_t v = 0; v < capacity.size(); ++v) EXPECT_LE(used[v], capacity[v]);
    }
}

TEST(Multilevel, qubit_graph_counts_pairs_of_segments_once) {
    Circuit c = empty(3);
    cp(c, 0, 1);
    cp(c, 0, 1);  // the same two segments
    h(c, 0);
    cp(c, 1, 0);
    cp(c, 1, 2);
    const WeightedGraph graph = qubit_graph(build_hypergraph(c, find_interactions(c), false));
    ASSERT_EQ(graph.first[1] - graph.first[0], 1u);
    EXPECT_EQ(graph.edges[0].to, 1u);
    EXPECT_EQ(graph.edges[0].weight, 2);
    EXPECT_EQ(graph.first[3] - graph.first[2], 1u);
}

}  // namespace
}  // namespace carillon
