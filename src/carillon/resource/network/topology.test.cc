// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/network/network.h"

namespace carillon {
namespace {

/// A network of `count` bare QPUs with the given links.
Network bare(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>>& joins) {
    Network network;
    network.nodes.resize(count);
    for (const auto& [a, b] : joins) {
        Link link;
        link.a = QpuId{a};
        link.b = QpuId{b};
        network.links.push_back(link);
    }
    return network;
}

/// Hop counts of all pairs, by Floyd and Warshall.
std::vector<std::vector<std::uint32_t>> all_distances(const Network& network) {
    const std::size_t n = network.nodes.size();
    constexpr std::uint32_t kFar = 1u << 30;
    std::vector<std::vector<std::uint32_t>> d(n, std::vector<std::uint32_t>(n, kFar));
    for (std::size_t i = 0; i < n; ++i) d[i][i] = 0;
    for (const Link& link : network.links)
        d[link.a.value][link.b.value] = d[link.b.value][link.a.value] = 1;
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
        }
    }
    for (auto& row : d) {
        for (auto& hops : row) {
            if (hops >= kFar) hops = Topology::kUnreachable;
        }
    }
    return d;
}

TEST(Topology, distances_and_paths_agree_with_floyd_warshall) {
    Random random(11);
    for (int trial = 0; trial < 30; ++trial) {
        const std::size_t n = 2 + random.below(20);
        std::vector<std::pair<std::size_t, std::size_t>> joins;
        for (std::size_t i = 0; i < 2 * n; ++i) {  // parallel links welcome
            const std::size_t a = random.below(n), b = random.below(n);
            if (a != b) joins.emplace_back(a, b);
        }
        const Network network = bare(n, joins);
        const Topology topology(network);
        const auto expected = all_distances(network);
        for (std::size_t a = 0; a < n; ++a) {
            for (std::size_t b = 0; b < n; ++b) {
                EXPECT_EQ(topology.distance(QpuId{a}, QpuId{b}), expected[a][b]);
                const auto path = topology.path(QpuId{a}, QpuId{b});
                if (expected[a][b] == Topology::kUnreachable) {
                    EXPECT_TRUE(path.empty());
                    continue;
                }
                ASSERT_EQ(path.size(), expected[a][b] + 1u);
                EXPECT_EQ(path.front(), QpuId{a});
                EXPECT_EQ(path.back(), QpuId{b});
                for (std::size_t i = 1; i < path.size(); ++i) {
                    EXPECT_TRUE(topology.link_between(path[i - 1], path[i]).valid());
                }
            }
        }
    }
}

TEST(Topology, a_path_takes_the_smallest_next_node) {
    // 0 - {1, 2} - 3, links listed with the larger node first.
    const Topology topology(bare(4, {{0, 2}, {0, 1}, {2, 3}, {1, 3}}));
    const std::vector<QpuId> expected = {QpuId{0}, QpuId{1}, QpuId{3}};
    EXPECT_EQ(topology.path(QpuId{0}, QpuId{3}), expected);
}

TEST(Topology, complete_means_every_two_are_joined) {
    EXPECT_TRUE(Topology(bare(1, {})).complete());
    EXPECT_TRUE(Topology(bare(3, {{0, 1}, {1, 2}, {2, 0}})).complete());
    EXPECT_FALSE(Topology(bare(3, {{0, 1}, {1, 2}})).complete());
    // Parallel links do not stand in for missing ones.
    EXPECT_FALSE(Topology(bare(3, {{0, 1}, {0, 1}, {1, 2}, {1, 2}})).complete());
}

TEST(Topology, link_between_is_the_fastest_of_parallel_links) {
    Network network = bare(3, {{0, 1}, {1, 0}, {0, 1}, {1, 2}});
    network.links[0].attempt_rate_hz = 10;
    network.links[1].attempt_rate_hz = 30;
    network.links[2].attempt_rate_hz = 20;
    const Topology topology(network);
    EXPECT_EQ(topology.link_between(QpuId{0}, QpuId{1}), LinkId{1});
    EXPECT_EQ(topology.link_between(QpuId{1}, QpuId{0}), LinkId{1});
    EXPECT_FALSE(topology.link_between(QpuId{0}, QpuId{2}).valid());
}

TEST(Topology, a_link_to_nowhere_is_refused) {
    EXPECT_THROW(Topology(bare(2, {{0, 2}})), InputError);
    EXPECT_THROW(Topology(bare(2, {{1, 1}})), InputError);
}

TEST(Link, mean_pair_time_is_the_inverse_of_all_rates) {
    Link link;
    EXPECT_EQ(mean_pair_time_ns(link), 0);  // no attempt rate: pairs are free
    link.attempt_rate_hz = 1e6;
    link.success_probability = 0.01;
    link.multiplexing = 4;
    EXPECT_DOUBLE_EQ(mean_pair_time_ns(link), 25000);
    EXPECT_DOUBLE_EQ(mean_pair_time_ns(plain_link()), 10000);
}

TEST(Capacity, blank_qpus_share_what_is_missing) {
    Network network = generate_network("line:3");
    network.nodes[1].data_qubits = 4;
    fill_capacity(network, 9);
    EXPECT_EQ(network.nodes[0].data_qubits, 3u);
    EXPECT_EQ(network.nodes[1].data_qubits, 4u);
    EXPECT_EQ(network.nodes[2].data_qubits, 3u);
    EXPECT_GE(network.total_data_qubits(), 9u);
}

TEST(Capacity, repeaters_and_unavailable_qpus_get_nothing) {
    Network network = generate_network("line:4");
    network.nodes[1].kind = NodeKind::kRepeater;
    network.nodes[2].available = false;
    fill_capacity(network, 8);
    EXPECT_EQ(network.nodes[1].data_qubits, 0u);
    EXPECT_EQ(network.nodes[2].data_qubits, 0u);
    EXPECT_EQ(network.total_data_qubits(), 8u);
}

TEST(Capacity, too_small_a_network_says_both_numbers) {
    Network network = generate_network("full:2,qubits=3");
    try {
        fill_capacity(network, 7);
        FAIL();
    } catch (const InputError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("needs 7"), std::string::npos) << message;
        EXPECT_NE(message.find("have 6"), std::string::npos) << message;
    }
}

TEST(Capacity, a_coupling_shape_waits_for_the_qubits) {
    Network network = generate_network("full:2,coupling=line,comm=1");
    EXPECT_TRUE(network.nodes[0].coupling.empty());
    fill_capacity(network, 6);
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> chain = {{0, 1}, {1, 2}, {2, 3}};
    EXPECT_EQ(network.nodes[0].coupling, chain);  // three data qubits, then the communication qubit
}

TEST(Coupling, shapes_have_their_number_of_edges) {
    EXPECT_TRUE(coupling_edges(CouplingShape::kAll, 9).empty());
    EXPECT_EQ(coupling_edges(CouplingShape::kLine, 9).size(), 8u);
    EXPECT_EQ(coupling_edges(CouplingShape::kRing, 9).size(), 9u);
    EXPECT_EQ(coupling_edges(CouplingShape::kRing, 2).size(), 1u);
    EXPECT_EQ(coupling_edges(CouplingShape::kGrid, 9).size(), 12u);  // 3 x 3
    EXPECT_EQ(coupling_edges(CouplingShape::kGrid, 7).size(), 8u);   // rows of 3, 3, 1
    EXPECT_TRUE(coupling_edges(CouplingShape::kGrid, 1).empty());
    EXPECT_TRUE(coupling_edges(CouplingShape::kGrid, 0).empty());
}

}  // namespace
}  // namespace carillon
