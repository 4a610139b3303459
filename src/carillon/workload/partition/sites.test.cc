// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/sites.h"

#include <gtest/gtest.h>

#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Nodes = std::vector<std::uint32_t>;

/// Cost of sites by definition: distinct nodes of each net, joined by a tree.
std::int64_t cost_by_definition(const Hypergraph& graph, SteinerCost& steiner, const Nodes& homes,
                                const Nodes& sites) {
    std::int64_t sum = 0;
    for (const Hypergraph::Net& net : graph.nets) {
        Nodes nodes{homes[net.qubit]};
        for (std::uint32_t g : graph.gates_of(net)) nodes.push_back(sites[g]);
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        sum += steiner(nodes);
    }
    return sum;
}

/// Cheapest over all ways to choose sites; `only_homes`: among the homes of the operands.
std::int64_t brute_force(const Hypergraph& graph, SteinerCost& steiner, const Nodes& homes,
                         std::uint32_t num_nodes, bool only_homes) {
    Nodes sites(graph.gates.size(), 0);
    std::int64_t best = 1 << 30;
    const auto allowed = [&](std::size_t g) {
        for (std::uint32_t n : graph.nets_of(graph.gates[g])) {
            if (homes[graph.nets[n].qubit] == sites[g]) return true;
        }
        return !only_homes;
    };
    for (;;) {
        bool legal = true;
        for (std::size_t g = 0; g < sites.size() && legal; ++g) legal = allowed(g);
        if (legal) best = std::min(best, cost_by_definition(graph, steiner, homes, sites));
        std::size_t g = 0;
        while (g < sites.size() && ++sites[g] == num_nodes) sites[g++] = 0;
        if (g == sites.size()) return best;
    }
}

struct Instance {
    Instance(Network n, const Circuit& c)
        : net(std::move(n)),
          topology(net),
          steiner(topology),
          graph(build_hypergraph(c, find_interactions(c), false)) {}
    Network net;
    Topology topology;
    SteinerCost steiner;
    Hypergraph graph;
};

Circuit small_circuit(std::uint32_t qubits, int gates, Random& random) {
    Circuit c = empty(qubits);
    while (gates > 0) {
        const auto a = random.below(qubits), b = random.below(qubits);
        if (a == b || random.uniform() < 0.4) {
            h(c, a);
        } else {
            cp(c, a, b);
            --gates;
        }
    }
    return c;
}

TEST(Sites, cover_is_the_best_choice_between_homes) {
    Random random(5);
    for (int round = 0; round < 60; ++round) {
        const std::uint32_t nodes = 2 + round % 2;
        Instance i(full(Nodes(nodes, 6)), small_circuit(5, 8, random));
        Nodes homes;
        for (int q = 0; q < 5; ++q)
            homes.push_back(static_cast<std::uint32_t>(random.below(nodes)));
        Assignment a(i.graph, i.steiner, Nodes(nodes, 6), {}, homes);
        cover_sites(a);
        EXPECT_EQ(a.cost(), cost_by_definition(i.graph, i.steiner, homes, a.sites()));
        EXPECT_EQ(a.cost(), brute_force(i.graph, i.steiner, homes, nodes, true));
    }
}

TEST(Sites, optimised_sites_are_near_the_best_of_all) {
    Random random(6);
    std::int64_t ours = 0, best = 0;
    for (int round = 0; round < 40; ++round) {
        Instance i(random_network(Nodes(4, 6), random), small_circuit(6, 7, random));
        Nodes homes;
        for (int q = 0; q < 6; ++q) homes.push_back(static_cast<std::uint32_t>(random.below(4)));
        Assignment a(i.graph, i.steiner, Nodes(4, 6), {}, homes);
        optimise_sites(a, random, 16);
        const std::int64_t optimum = brute_force(i.graph, i.steiner, homes, 4, false);
        EXPECT_EQ(a.cost(), cost_by_definition(i.graph, i.steiner, homes, a.sites()));
        EXPECT_GE(a.cost(), optimum);
        ours += a.cost();
        best += optimum;
    }
    EXPECT_LE(ours * 100, best * 103);
}

TEST(Sites, a_third_qpu_that_holds_copies_of_both_serves_for_nothing) {
    // Qubits 0 and 1 are needed on QPU 2 anyway, for gates with five qubits there each.
    Circuit c = empty(12);
    for (std::size_t q = 2; q < 7; ++q) cp(c, 0, q);
    for (std::size_t q = 7; q < 12; ++q) cp(c, 1, q);
    cp(c, 0, 1);
    Instance i(full({1, 1, 10}), c);
    Nodes homes(12, 2);
    homes[0] = 0;
    homes[1] = 1;
    Assignment a(i.graph, i.steiner, {1, 1, 10}, {}, homes);
    Random random(1);
    optimise_sites(a, random, 8);
    EXPECT_EQ(a.cost(), 2);
    EXPECT_EQ(a.site(10), 2u);
}

TEST(Assignment, cost_stays_exact_through_random_changes_and_back) {
    Random random(8);
    Instance i(random_network(Nodes(5, 9), random), random_circuit(8, 120, random, true));
    Nodes homes;
    for (int q = 0; q < 8; ++q) homes.push_back(static_cast<std::uint32_t>(random.below(5)));
    Assignment a(i.graph, i.steiner, Nodes(5, 9), {}, homes);
    const Assignment::Snapshot start = a.snapshot();
    for (int step = 0; step < 500; ++step) {
        const auto node = static_cast<std::uint32_t>(random.below(5));
        const auto gate = static_cast<std::uint32_t>(random.below(i.graph.gates.size()));
        if (step % 3 == 0) a.set_home(0, static_cast<std::uint32_t>(random.below(8)), node);
        if (step % 3 == 1) a.set_site(gate, node);
        if (step % 3 == 2) a.improve_site(gate, random);
        ASSERT_EQ(a.cost(), cost_by_definition(i.graph, i.steiner, a.homes(), a.sites()));
    }
    a.roll_back(0);
    EXPECT_EQ(a.cost(), start.cost);
    EXPECT_EQ(a.homes(), start.homes);
    EXPECT_EQ(a.sites(), start.sites);
}

}  // namespace
}  // namespace carillon
