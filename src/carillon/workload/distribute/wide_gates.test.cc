// SPDX-License-Identifier: Apache-2.0
// Gates on three and more qubits: with copies of their operands, or folded.
#include <gtest/gtest.h>

#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/fold_stops.h"
#include "carillon/workload/distribute/random_placement_for_test.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/steiner.h"
#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using test_placements::RandomPlacement;

Circuit random_circuit(std::uint32_t qubits, int gates, std::uint64_t seed) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", qubits);
    for (int i = 0; i < gates; ++i) {
        std::vector<QubitId> all;
        for (std::uint32_t q = 0; q < qubits; ++q) all.emplace_back(q);
        for (std::size_t k = 0; k < 5 && k < qubits; ++k)
            std::swap(all[k], all[k + random.below(all.size() - k)]);
        const auto first = [&](std::size_t n) { return std::span(all).first(n); };
        switch (random.below(8)) {
            case 0:
            case 1:
                c.gate(GateKind::kH, 0, first(1));
                break;
            case 2:
                c.gate(GateKind::kX, 0, first(1));
                break;
            case 3:
                c.gate(GateKind::kX, 1, first(2));
                break;
            case 4:
                c.gate(GateKind::kZ, 1, first(2));
                break;
            default: {
                const std::size_t n = std::min<std::size_t>(3 + random.below(3), qubits);
                c.gate(GateKind::kX, static_cast<int>(n) - 1, first(n));
            }
        }
    }
    return c;
}

TEST(WideGates, cost_what_the_placement_says_given_enough_communication_qubits) {
    std::uint64_t folded = 0, kept = 0, with_copies = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Circuit source = random_circuit(10, 40, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:5,qubits=2,comm=30", "line:5,qubits=2,comm=30",
                                  "grid:2x3,qubits=2,comm=30", "star:6,qubits=2,comm=30"};
        const Network network = generate_network(networks[seed % 4]);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        if (seed % 3 == 0) random.with_moves(2);
        random.with_sites(0.2).with_kept(0.5);
        const Placement placement = random.placement();
        check_placement(interactions, network, placement);
        const PlacementCost cost = placement_cost(interactions, network, placement);
        folded += cost.folded_gates;
        kept += placement.kept.size();
        for (const Interaction& g : interactions.gates) with_copies += g.segments.size() > 2;
        const DistributeResult result = distribute(lowered, placement, network);
        EXPECT_EQ(result.program.pairs.size(), cost.pairs - cost.saved_by_folding)
            << "seed " << seed;
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
    EXPECT_GT(folded, 500u);
    EXPECT_GT(with_copies, folded + 500);
    EXPECT_GT(kept, 30u);
}

TEST(WideGates, agree_with_state_vectors_and_are_proved_with_few_communication_qubits) {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        const Circuit source = random_circuit(4, 10, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:4,qubits=1,comm=2", "line:3,qubits=2,comm=2",
                                  "star:4,qubits=1,comm=2", "full:3,qubits=2,comm=3"};
        const Network network = generate_network(networks[seed % 4]);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0);
        const DistributeResult result = distribute(lowered, random.placement(), network);
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
        const auto dense = validation::dense_check(source, result.program, seed, 1);
        ASSERT_EQ(dense.kind, validation::DenseResult::kAgrees)
            << "seed " << seed << ": " << dense.why;
    }
}

/// Pairs of every choice of folded gates, tried one after the other, for few wide gates.
TEST(WideGates, folding_is_never_worse_than_none_or_all_and_near_the_best_choice) {
    std::uint64_t chosen = 0, best_sum = 0, none_sum = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const Circuit source = random_circuit(8, 12, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network = generate_network(seed % 2 ? "full:4,qubits=2" : "line:4,qubits=2");
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        const Placement placement = random.with_sites(0).placement();
        const Topology topology(network);
        SteinerCost steiner(topology);
        std::vector<std::uint32_t> wide;
        for (std::uint32_t g = 0; g < interactions.gates.size(); ++g)
            if (interactions.gates[g].segments.size() > 2) wide.push_back(g);
        if (wide.empty() || wide.size() > 10) continue;
        std::uint64_t best = ~0ull, none = 0;
        for (std::uint32_t choice = 0; choice < 1u << wide.size(); ++choice) {
            std::uint64_t pairs = 0;
            std::vector<bool> folded(interactions.gates.size());
            for (std::size_t k = 0; k < wide.size(); ++k) {
                if (!(choice >> k & 1)) continue;
                folded[wide[k]] = true;
                std::set<std::uint32_t> homes;
                for (const std::uint32_t s : interactions.gates[wide[k]].segments)
                    homes.insert(placement.home[interactions.segments[s].qubit.value].value);
                pairs += steiner(std::vector(homes.begin(), homes.end()));
            }
            for (const Segment& segment : interactions.segments) {
                std::set<std::uint32_t> nodes = {placement.home[segment.qubit.value].value};
                for (const std::uint32_t g : segment.gates)
                    if (!folded[g])
                        nodes.insert(placement.site[interactions.gates[g].operation].value);
                pairs += steiner(std::vector(nodes.begin(), nodes.end()));
            }
            if (choice == 0) none = pairs;
            best = std::min(best, pairs);
        }
        const PlacementCost cost = placement_cost(interactions, network, placement);
        EXPECT_EQ(cost.pairs, none);
        EXPECT_LE(cost.pairs - cost.saved_by_folding, none);
        EXPECT_GE(cost.pairs - cost.saved_by_folding, best);
        chosen += cost.pairs - cost.saved_by_folding;
        best_sum += best;
        none_sum += none;
    }
    EXPECT_LT(chosen * 100, best_sum * 102) << "best " << best_sum << ", without " << none_sum;
    EXPECT_LT(chosen, none_sum);
}

/// Where copies are opened again, other ways of writing are tried. Those with the fewest pairs of
/// these programs make 2,579 and pay 9,124 for them: cheaper ones make more.
TEST(WideGates, of_several_ways_the_cheapest_is_written_not_the_one_with_fewest_pairs) {
    std::uint64_t pairs = 0, price = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const LoweredCircuit lowered = lower(random_circuit(8, 40, seed));
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:4,qubits=2,comm=2", "full:4,qubits=2,comm=3",
                                  "ring:4,qubits=2,comm=2"};
        Network network = generate_network(networks[seed % 3]);
        Random prices(seed);
        for (Link& link : network.links) link.pair_cost = 1 + static_cast<double>(prices.below(9));
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        const auto count = PairCounter(lowered, network)(random.with_sites(0).placement());
        ASSERT_TRUE(count.has_value());
        pairs += count->pairs;
        price += count->price;
    }
    EXPECT_LT(price, 9124u);
    EXPECT_GT(pairs, 2579u);
}

TEST(FoldStops, a_tree_is_flat_on_a_complete_network_and_joins_a_relay_once) {
    const Topology full(generate_network("full:5,qubits=1"));
    const std::vector<QpuId> homes = {QpuId{0}, QpuId{2}, QpuId{3}, QpuId{2}};
    const auto flat = fold_tree(full, homes, QpuId{2});
    ASSERT_EQ(flat.size(), 3u);
    EXPECT_EQ(flat[0].qpu, QpuId{2});
    EXPECT_EQ(flat[0].sources.size(), 2u);

    const Topology star(generate_network("star:5,qubits=1"));  // 0 is the hub
    const std::vector<QpuId> leaves = {QpuId{1}, QpuId{2}, QpuId{3}};
    const auto tree = fold_tree(star, leaves, QpuId{3});
    ASSERT_EQ(tree.size(), 4u);  // three links
    EXPECT_EQ(tree[1].qpu, QpuId{0});
    EXPECT_EQ(tree[1].sources.size(), 2u);
}

TEST(FoldStops, a_chain_adds_operands_at_the_last_visit) {
    const std::vector<QpuId> chain = {QpuId{1}, QpuId{0}, QpuId{2}, QpuId{0}, QpuId{3}};
    const auto stops = fold_chain(chain);
    ASSERT_EQ(stops.size(), 5u);
    EXPECT_EQ(stops[0].qpu, QpuId{3});
    EXPECT_TRUE(stops[1].own_operands);   // node 0, the second visit
    EXPECT_FALSE(stops[3].own_operands);  // node 0, the first
    EXPECT_EQ(stops[3].sources, std::vector<std::size_t>{4});
}

}  // namespace
}  // namespace carillon
