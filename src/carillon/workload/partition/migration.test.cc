// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/migration.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "carillon/workload/partition/moves.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Nodes = std::vector<std::uint32_t>;

Circuit some_circuit(std::uint64_t seed) {
    Random random(seed);
    return random_circuit(10, 150, random, seed % 2 == 1);
}

struct Instance {
    Instance(Network n, const Circuit& c)
        : net(std::move(n)),
          topology(net),
          steiner(topology),
          graph(build_hypergraph(c, find_interactions(c), true)) {}

    /// Qubits in order over the nodes, homes free to change before every layer.
    Assignment start() {
        Nodes homes, cuts = move_positions(graph, 64), capacity = node_capacities(net);
        for (std::size_t t = 0; t <= cuts.size(); ++t) {
            std::uint32_t node = 0, used = 0;
            for (std::uint32_t q = 0; q < graph.num_qubits; ++q, ++used) {
                for (; used == capacity[node]; used = 0) ++node;
                homes.push_back(node);
            }
        }
        return {graph, steiner, capacity, cuts, homes};
    }
    Network net;
    Topology topology;
    SteinerCost steiner;
    Hypergraph graph;
};

/// Distinct homes and sites of each net, joined by a tree.
std::int64_t cost_by_definition(const Assignment& a, SteinerCost& steiner) {
    std::int64_t sum = 0;
    for (std::uint32_t n = 0; n < a.graph().nets.size(); ++n) {
        Nodes nodes;
        for (std::uint32_t t = a.first_slice(n); t <= a.last_slice(n); ++t) {
            nodes.push_back(a.home(t, a.graph().nets[n].qubit));
        }
        for (std::uint32_t g : a.graph().gates_of(a.graph().nets[n])) nodes.push_back(a.site(g));
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        sum += steiner(nodes);
    }
    return sum;
}

bool fits(const Assignment& a) {
    for (std::size_t t = 0; t < a.num_slices(); ++t) {
        Nodes used(a.num_nodes());
        for (std::uint32_t q = 0; q < a.graph().num_qubits; ++q) ++used[a.home(t, q)];
        for (std::size_t v = 0; v < used.size(); ++v) {
            if (used[v] > a.capacity()[v]) return false;
        }
    }
    return true;
}

/// Most changes of home that one net sees.
int most_changes(const Assignment& a) {
    int most = 0;
    for (std::uint32_t n = 0; n < a.graph().nets.size(); ++n) {
        const std::uint32_t q = a.graph().nets[n].qubit;
        int changes = 0;
        for (std::uint32_t t = a.first_slice(n); t < a.last_slice(n); ++t) {
            changes += a.home(t, q) != a.home(t + 1, q);
        }
        most = std::max(most, changes);
    }
    return most;
}

MigrationOptions with_work(std::uint64_t work) {
    MigrationOptions options;
    options.work = work;
    return options;
}

TEST(Migration, capacities_and_costs_hold_on_random_programs) {
    for (const char* shape : {"full:3,qubits=4", "line:4,qubits=3", "star:4,qubits=3"}) {
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            Instance instance(generate_network(shape), some_circuit(seed));
            Assignment a = instance.start();
            const std::int64_t before = a.cost();
            Random random(seed);
            migrate(a, random, with_work(60'000));
            EXPECT_TRUE(fits(a)) << shape;
            EXPECT_LE(most_changes(a), 1) << shape;
            EXPECT_EQ(a.cost(), cost_by_definition(a, instance.steiner)) << shape;
            EXPECT_LT(a.cost(), before) << shape;
        }
    }
}

/// Qubit 0 works with the qubits of one group after the other, its basis changing in between.
Circuit courier(std::uint32_t groups, std::uint32_t size) {
    Circuit circuit = empty(1 + groups * size);
    for (std::uint32_t group = 0; group < groups; ++group) {
        for (std::uint32_t i = 0; i < 3 * size; ++i) {
            const QubitId partner{1 + group * size + i % size};
            circuit.gate(GateKind::kZ, 1, {QubitId{0}, partner});
            circuit.gate(GateKind::kH, 0, {QubitId{0}});
            circuit.gate(GateKind::kH, 0, {partner});
        }
    }
    return circuit;
}

TEST(Migration, a_courier_moves_once_per_group) {
    Instance instance(generate_network("full:4,qubits=5"), courier(4, 4));
    Assignment a = instance.start();
    Random random(1);
    MigrationOptions options = with_work(400'000);
    options.hot = 1;
    migrate(a, random, options);
    EXPECT_EQ(a.cost(), 3);
}

TEST(Migration, a_full_network_is_rearranged_by_exchanges) {
    // No spare room: partners (0 1)(2 3) first, then (0 2)(1 3), for long: an exchange takes 2
    // pairs.
    Circuit circuit = empty(4);
    const std::uint32_t partners[2][2][2] = {{{0, 1}, {2, 3}}, {{0, 2}, {1, 3}}};
    for (const auto& phase : partners) {
        for (int i = 0; i < 10; ++i) {
            for (const auto& [a, b] : phase) {
                circuit.gate(GateKind::kZ, 1, {QubitId{a}, QubitId{b}});
                circuit.gate(GateKind::kH, 0, {QubitId{a}});
                circuit.gate(GateKind::kH, 0, {QubitId{b}});
            }
        }
    }
    Instance instance(generate_network("full:2,qubits=2"), circuit);
    Assignment a = instance.start();
    Random random(1);
    migrate(a, random, with_work(100'000));
    EXPECT_EQ(a.cost(), 2);
}

TEST(Migration, same_seed_same_homes) {
    Instance instance(generate_network("full:3,qubits=4"), some_circuit(7));
    Assignment a = instance.start(), b = instance.start();
    Random first(3), second(3);
    migrate(a, first, with_work(50'000));
    migrate(b, second, with_work(50'000));
    EXPECT_EQ(a.homes(), b.homes());
    EXPECT_EQ(a.sites(), b.sites());
}

TEST(Migration, nothing_to_gain_leaves_the_start) {
    Instance idle(generate_network("full:2,qubits=2"), empty(3));
    Assignment a = idle.start();
    Random random(1);
    migrate(a, random, with_work(1000));
    EXPECT_EQ(a.cost(), 0);
    Instance one(generate_network("full:1,qubits=10"), some_circuit(1));
    Assignment b = one.start();
    migrate(b, random, with_work(1000));
    EXPECT_EQ(b.cost(), 0);
}

}  // namespace
}  // namespace carillon
