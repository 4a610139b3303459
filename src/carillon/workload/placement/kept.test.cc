// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"
#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {
namespace {

using namespace test_instances;

/// Homes by qubit, and gates done at the home of their first operand.
Placement at_first_operand(const Circuit& c, const Interactions& i,
                           std::vector<std::size_t> homes) {
    Placement p;
    for (std::size_t h : homes) p.home.push_back(QpuId{h});
    p.site.resize(i.num_operations);
    std::uint32_t number = 0;
    for (const Operation& op : c.body()) {
        const auto qubits = c.qubits(op);
        if (qubits.size() > 1) p.site[number] = p.home[qubits[0].value];
        ++number;
    }
    return p;
}

/// q0 meets q1, then, between Hadamards, q2, then q1 again; q0 lives alone.
struct Sandwich {
    Circuit circuit = empty(3);
    Interactions i;
    Placement p;
    std::uint32_t middle;

    Sandwich() {
        cz(circuit, 1, 0);
        h(circuit, 0);
        cz(circuit, 0, 2);
        h(circuit, 0);
        cz(circuit, 1, 0);
        i = find_interactions(circuit);
        p = at_first_operand(circuit, i, {0, 1, 1});
        middle = i.of_qubit[0][1];
    }
};

TEST(KeptCopies, spare_the_way_back_and_send_the_other_operand) {
    Sandwich s;
    const Network net = full({1, 2});
    ASSERT_TRUE(s.i.segments[s.middle].embeddable);
    EXPECT_EQ(placement_cost(s.i, net, s.p).pairs, 3u);  // q0 twice to node 1, q2 to node 0
    s.p.kept = {{s.middle, QpuId{1}}};
    EXPECT_NO_THROW(check_placement(s.i, net, s.p));
    const PlacementCost cost = placement_cost(s.i, net, s.p);
    EXPECT_EQ(cost.pairs, 2u);
    EXPECT_EQ(cost.embedded_segments, 1u);
    EXPECT_EQ(cost.kept_copies, 1u);
}

TEST(KeptCopies, cost_a_local_partner_a_copy) {
    Sandwich s;
    const Network net = full({2, 1});
    s.p = at_first_operand(s.circuit, s.i, {0, 1, 0});
    EXPECT_EQ(placement_cost(s.i, net, s.p).pairs, 2u);
    s.p.kept = {{s.middle, QpuId{1}}};
    EXPECT_NO_THROW(check_placement(s.i, net, s.p));
    EXPECT_EQ(placement_cost(s.i, net, s.p).pairs, 2u);  // one for q0, one for q2
}

TEST(KeptCopies, are_joined_to_by_the_next_segment_on_a_sparse_network) {
    Circuit c = empty(4);
    cz(c, 1, 0);
    h(c, 0);
    cz(c, 0, 2);
    h(c, 0);
    cz(c, 3, 0);
    const Interactions i = find_interactions(c);
    const Network net = line({1, 1, 1, 1});  // q1 on node 2, q2 on node 1, q3 on node 3
    Placement p = at_first_operand(c, i, {0, 2, 1, 3});
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u + 1u + 3u);
    p.kept = {{i.of_qubit[0][1], QpuId{2}}};
    EXPECT_NO_THROW(check_placement(i, net, p));
    // q2 needs copies on 0 and 2; from node 2 the copy for q3 is one link away.
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u + 2u + 1u);
    EXPECT_EQ(placement_cost(i, net, p, CostModel::kCat).pairs, 1u + 2u + 1u);
}

void expect_refused(const Sandwich& s, const Network& net, const std::string& why) {
    try {
        check_placement(s.i, net, s.p);
        FAIL() << "accepted, although: " << why;
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
}

TEST(CheckKept, every_rule_is_checked_and_named) {
    const Network net = full({2, 3, 1});
    Sandwich s;
    const std::uint32_t first = s.i.of_qubit[0][0];
    s.p.kept = {{first, QpuId{1}}};
    expect_refused(s, net, "do not let them live");
    s.p.kept = {{99, QpuId{1}}};
    expect_refused(s, net, "unknown segment");
    s.p.kept = {{s.middle, QpuId{1}}, {s.middle, QpuId{1}}};
    expect_refused(s, net, "rising order");
    s.p.kept = {{s.middle, QpuId{0}}};
    expect_refused(s, net, "where its qubit lives");
    s.p.kept = {{s.middle, QpuId{2}}};
    expect_refused(s, net, "where none stands before");
    s.p.kept = {{s.middle, QpuId{7}}};
    expect_refused(s, net, "not a QPU in service");
    s.p.kept = {{s.middle, QpuId{1}}};
    s.p.site[2] = QpuId{1};
    expect_refused(s, net, "site is not the qubit's home");
    s.p.site[2] = QpuId{0};
    s.p.moves = {{3, QubitId{0}, QpuId{1}}};
    expect_refused(s, net, "moves then");
    s.p.moves.clear();
    EXPECT_NO_THROW(check_placement(s.i, net, s.p));
}

TEST(CheckKept, a_copy_may_stand_from_before_the_segment_before) {
    Circuit c = empty(2);
    cz(c, 1, 0);
    for (int i = 0; i < 4; ++i) {
        h(c, 0);
        if (i != 1) cz(c, 1, 0);
    }
    const Interactions i = find_interactions(c);
    const Network net = full({1, 1});
    Placement p = at_first_operand(c, i, {0, 1});
    for (std::uint32_t g = 0; g < i.num_operations; ++g) {
        if (p.site[g].valid()) p.site[g] = QpuId{g == 0 ? 1u : 0u};
    }
    const auto& own = i.of_qubit[0];
    p.kept = {{own[1], QpuId{1}}};
    EXPECT_NO_THROW(check_placement(i, net, p));
    p.kept = {{own[3], QpuId{1}}};  // the segment before is empty
    EXPECT_THROW(check_placement(i, net, p), InputError);
    p.kept = {{own[1], QpuId{1}}, {own[3], QpuId{1}}};
    EXPECT_NO_THROW(check_placement(i, net, p));
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u);  // q0 to node 1, q1 to node 0
    p.kept = {{own[1], QpuId{1}}, {own[2], QpuId{1}}};
    EXPECT_THROW(check_placement(i, net, p), InputError);
}

TEST(CheckKept, a_gate_cannot_pass_kept_copies_of_both_operands) {
    Circuit c = empty(4);
    cz(c, 0, 2);
    cz(c, 1, 3);
    h(c, 0), h(c, 1);
    cz(c, 0, 1);
    h(c, 0), h(c, 1);
    const Interactions i = find_interactions(c);
    const Network net = full({2, 2});
    Placement p = at_first_operand(c, i, {0, 0, 1, 1});
    p.site[0] = p.site[1] = QpuId{1};
    p.kept = {{i.of_qubit[0][1], QpuId{1}}};
    EXPECT_NO_THROW(check_placement(i, net, p));
    p.kept.push_back({i.of_qubit[1][1], QpuId{1}});
    EXPECT_THROW(check_placement(i, net, p), InputError);
}

/// Plays the circuit gate by gate on sets of QPUs that hold each qubit, and counts fetches.
std::uint64_t played(const Circuit& c, const Interactions& i, const Placement& p) {
    std::vector<std::set<std::uint32_t>> held;
    std::vector<std::size_t> at(c.num_qubits);  // into of_qubit
    for (QpuId home : p.home) held.push_back({home.value});
    const auto kept = [&](std::uint32_t q) {
        std::set<std::uint32_t> nodes;
        for (const KeptCopy& copy : p.kept) {
            if (copy.segment == i.of_qubit[q][at[q]]) nodes.insert(copy.qpu.value);
        }
        return nodes;
    };
    std::uint64_t pairs = 0;
    const auto fetch = [&](std::uint32_t q, std::uint32_t node) {
        pairs += held[q].insert(node).second;
    };
    std::uint32_t number = 0;
    for (const Operation& op : c.body()) {
        const auto qubits = c.qubits(op);
        if (qubits.size() == 1) {
            const std::uint32_t q = qubits[0].value;
            const bool kept_before = !kept(q).empty();
            ++at[q];
            if (!kept_before) {
                std::set<std::uint32_t> stays = kept(q);
                for (std::uint32_t node : stays) EXPECT_TRUE(held[q].contains(node));
                stays.insert(p.home[q].value);
                held[q] = stays;
            }
        } else {
            const std::uint32_t a = qubits[0].value, b = qubits[1].value;
            bool embedded = false;
            for (const auto& [target, control] : {std::pair{a, b}, std::pair{b, a}}) {
                if (kept(target).empty()) continue;
                embedded = true;
                for (std::uint32_t node : held[target]) fetch(control, node);
            }
            if (!embedded) {
                fetch(a, p.site[number].value);
                fetch(b, p.site[number].value);
            }
        }
        ++number;
    }
    return pairs;
}

TEST(KeptCopies, cost_what_playing_the_gates_one_by_one_costs) {
    Random random(7);
    int accepted = 0;
    for (int round = 0; round < 200; ++round) {
        const auto qubits = static_cast<std::uint32_t>(3 + random.below(4));
        Circuit c = empty(qubits);
        for (int g = 0; g < 40; ++g) {
            const auto a = random.below(qubits), b = random.below(qubits);
            if (a == b) {
                h(c, a);
            } else {
                cz(c, a, b);
            }
        }
        const Interactions i = find_interactions(c);
        const Network net = full(std::vector<std::uint32_t>(4, qubits));
        std::vector<std::size_t> homes;
        for (std::uint32_t q = 0; q < qubits; ++q) homes.push_back(random.below(4));
        Placement p = at_first_operand(c, i, homes);
        for (QpuId& site : p.site) {
            if (site.valid()) site = QpuId{random.below(4)};
        }
        for (std::uint32_t s = 0; s < i.segments.size(); ++s) {
            for (std::uint32_t node = 0; node < 4; ++node) {
                if (!i.segments[s].embeddable || random.uniform() < 0.3) continue;
                Placement more = p;
                more.kept.push_back({s, QpuId{node}});
                for (std::uint32_t g : i.segments[s].gates) {
                    more.site[i.gates[g].operation] = more.home[i.segments[s].qubit.value];
                }
                try {
                    check_placement(i, net, more);
                } catch (const InputError&) {
                    continue;
                }
                p = more;
                ++accepted;
            }
        }
        // Sites of later segments changed: what was accepted may stand no longer.
        try {
            check_placement(i, net, p);
        } catch (const InputError&) {
            continue;
        }
        EXPECT_EQ(placement_cost(i, net, p).pairs, played(c, i, p)) << "round " << round;
    }
    EXPECT_GT(accepted, 300);
}

/// Lowest price of links that join every node of `wanted` to a held one, by trying all sets of
/// links.
std::uint32_t lowest_price(const Topology& topology, const Network& net,
                           const std::vector<QpuId>& held, const std::vector<QpuId>& wanted) {
    std::uint32_t best = SteinerCost::kDisconnected;
    for (std::uint32_t set = 0; set < 1u << net.links.size(); ++set) {
        std::uint32_t price = 0;
        for (std::size_t l = 0; l < net.links.size(); ++l) {
            if (set >> l & 1) price += topology.prices().steps(LinkId{l});
        }
        if (price >= best) continue;
        std::vector<bool> reached(net.nodes.size());
        for (QpuId v : held) reached[v.value] = true;
        for (bool more = true; more;) {
            more = false;
            for (std::size_t l = 0; l < net.links.size(); ++l) {
                const Link& link = net.links[l];
                if (!(set >> l & 1) || reached[link.a.value] == reached[link.b.value]) continue;
                reached[link.a.value] = reached[link.b.value] = more = true;
            }
        }
        bool all = true;
        for (QpuId v : wanted) all = all && reached[v.value];
        if (all) best = price;
    }
    return best;
}

TEST(SteinerForest, is_the_cheapest_that_joins_terminals_to_held_nodes) {
    Random random(11);
    for (int round = 0; round < 100; ++round) {
        Network net = random_network(std::vector<std::uint32_t>(8, 1), random);
        for (Link& link : net.links) {
            if (round % 2 == 1) link.pair_cost = 1 + static_cast<double>(random.below(5));
        }
        const Topology topology(net);
        SteinerCost steiner(topology);
        JoinCost cost(steiner);
        std::vector<QpuId> held, wanted;
        std::vector<std::uint32_t> from, all;
        for (std::uint32_t v = 0; v < 8; ++v) {
            const double draw = random.uniform();
            if (draw < 0.3 || (v == 7 && held.empty()))
                held.push_back(QpuId{v}), from.push_back(v);
            else if (draw < 0.7)
                wanted.push_back(QpuId{v});
            else
                continue;
            all.push_back(v);
        }
        const std::uint32_t best = lowest_price(topology, net, held, wanted);
        const auto links = steiner_forest(topology, held, wanted);
        EXPECT_EQ(tree_cost(topology, links), best);
        EXPECT_EQ(cost(from, all), best);
        std::set<QpuId> reached(held.begin(), held.end());
        for (const auto& [a, b] : links) {
            EXPECT_TRUE(reached.contains(a)) << "a link starts where nothing stands";
            EXPECT_EQ(topology.distance(a, b), 1u);
            reached.insert(b);
        }
        for (QpuId v : wanted) EXPECT_TRUE(reached.contains(v));
    }
}

TEST(JoinCost, equals_the_forest_on_larger_networks) {
    Random random(5);
    const Network net = torus(4, 5, 1);
    const Topology topology(net);
    SteinerCost steiner(topology);
    JoinCost cost(steiner);
    for (int round = 0; round < 20; ++round) {
        std::vector<QpuId> held, wanted;
        std::vector<std::uint32_t> from, all;
        for (std::uint32_t v = 0; v < 20; ++v) {
            const double draw = random.uniform();
            if (draw > 0.35) continue;
            all.push_back(v);
            if (draw < 0.12 || from.empty())
                held.push_back(QpuId{v}), from.push_back(v);
            else
                wanted.push_back(QpuId{v});
        }
        if (held.empty()) continue;
        EXPECT_EQ(cost(from, all), steiner_forest(topology, held, wanted).size());
    }
}

TEST(SteinerForest, what_cannot_be_reached_is_refused) {
    const Network net = network({1, 1, 1, 1}, {{0, 1}, {2, 3}});
    const Topology topology(net);
    const std::vector<QpuId> held{QpuId{0}, QpuId{1}}, wanted{QpuId{2}};
    EXPECT_THROW(steiner_forest(topology, held, wanted), InputError);
}

}  // namespace
}  // namespace carillon
