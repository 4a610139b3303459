// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/partition.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/partition/optimality.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Counts = std::vector<std::uint32_t>;

std::uint64_t pairs(const Circuit& circuit, const Network& net, PartitionOptions options = {}) {
    const PartitionResult result = partition(circuit, net, options);
    const Interactions interactions = find_interactions(circuit);
    check_placement(interactions, net, result.placement);
    EXPECT_EQ(placement_cost(interactions, net, result.placement).pairs, result.cost.pairs);
    return result.cost.pairs;
}

TEST(Partition, ghz_chain_over_k_qpus_needs_k_minus_1_pairs) {
    for (std::uint32_t k : {2u, 3u, 5u, 8u}) {
        EXPECT_EQ(pairs(ghz_chain(4 * k), full(Counts(k, 4))), k - 1);
        EXPECT_EQ(pairs(ghz_chain(4 * k), line(Counts(k, 4))), k - 1);
    }
}

TEST(Partition, qft_over_two_halves_needs_a_copy_per_qubit_of_one_half) {
    PartitionOptions fixed;
    fixed.allow_moves = false;
    EXPECT_EQ(pairs(qft(8), full({4, 4}), fixed), 4u);
    EXPECT_EQ(pairs(qft(16), full({8, 8}), fixed), 8u);
    EXPECT_EQ(pairs(qft(9), full({5, 4}), fixed), 4u);
}

TEST(Partition, what_fits_on_one_qpu_stays_there) {
    EXPECT_EQ(pairs(qft(6), full({2, 6, 3})), 0u);
    EXPECT_EQ(pairs(qft(6), torus(4, 4, 6)), 0u);
}

TEST(Partition, interleaved_cliques_are_told_apart) {
    Circuit c = empty(12);
    for (int round = 0; round < 3; ++round) {
        for (std::size_t a = 0; a < 12; ++a) {
            for (std::size_t b = a + 3; b < 12; b += 3) cp(c, a, b);
            h(c, a);
        }
    }
    EXPECT_EQ(pairs(c, full({4, 4, 4})), 0u);
}

TEST(Partition, repeaters_and_qpus_out_of_service_host_nothing) {
    Network net = line({4, 0, 4, 4});
    net.nodes[3].available = false;
    const PartitionResult result = partition(ghz_chain(8), net);
    for (QpuId home : result.placement.home) EXPECT_TRUE(home.value == 0 || home.value == 2);
    EXPECT_EQ(result.cost.pairs, 2u);  // across the repeater
}

TEST(Partition, capacities_hold_on_random_programs_and_networks) {
    Random random(21);
    PartitionOptions options;
    options.effort = Effort::kLow;
    for (int round = 0; round < 30; ++round) {
        const auto qubits = static_cast<std::uint32_t>(2 + random.below(14));
        Counts capacity;
        std::uint32_t room = 0;
        while (room < qubits || capacity.size() < 2) {
            capacity.push_back(static_cast<std::uint32_t>(random.below(5)));
            room += capacity.back();
        }
        const Network net = round % 2 ? full(capacity) : random_network(capacity, random);
        const Circuit c = random_circuit(qubits, 150, random, round % 3 == 0);
        options.seed = static_cast<std::uint64_t>(round);
        options.allow_moves = false;
        const std::uint64_t still = pairs(c, net, options);
        options.allow_moves = true;
        const std::uint64_t moving = pairs(c, net, options);
        options.method = "contiguous";
        const std::uint64_t contiguous = pairs(c, net, options);
        options.method = "auto";
        EXPECT_LE(moving, still);
        EXPECT_LE(still, contiguous);
    }
}

TEST(Partition, same_seed_same_placement) {
    Random random(4);
    const Circuit c = random_circuit(12, 300, random);
    PartitionOptions options;
    options.seed = 5;
    options.effort = Effort::kLow;
    const PartitionResult a = partition(c, line({4, 3, 5}), options);
    const PartitionResult b = partition(c, line({4, 3, 5}), options);
    EXPECT_EQ(a.placement.home, b.placement.home);
    EXPECT_EQ(a.placement.site, b.placement.site);
    EXPECT_EQ(a.placement.moves.size(), b.placement.moves.size());
    EXPECT_EQ(a.cost.pairs, b.cost.pairs);
}

TEST(Partition, bounds_and_gap_tell_what_they_hold_for) {
    PartitionOptions options;
    options.allow_moves = false;
    options.embedding = false;
    const PartitionResult fixed = partition(qft(8), full({4, 4}), options);
    EXPECT_EQ(fixed.bound.cost, 4);
    EXPECT_EQ(fixed.bound.scope, BoundScope::kStatic);
    EXPECT_EQ(fixed.gap, 0);
    EXPECT_TRUE(fixed.optimal);
    options.allow_moves = true;
    const PartitionResult moving = partition(qft(8), full({4, 4}), options);
    EXPECT_EQ(moving.bound.cost, 1);  // that two QPUs are needed
    EXPECT_EQ(moving.bound.scope, BoundScope::kAny);
    EXPECT_EQ(moving.static_bound.cost, 4);
    EXPECT_DOUBLE_EQ(moving.gap, 1 - 1. / static_cast<double>(moving.cost.pairs));
}

TEST(Partition, the_integer_program_proves_or_improves_what_was_found) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    Random random(6);
    for (int round = 0; round < 6; ++round) {
        Circuit c = empty(7);
        for (int i = 0; i < 60; ++i) {
            const auto a = random.below(7), b = random.below(6);
            if (random.below(4) == 0)
                h(c, a);
            else
                cp(c, a, b < a ? b : b + 1);
        }
        const Network net = round % 2 ? full({3, 2, 2}) : line({3, 2, 2});
        PartitionOptions options;
        options.method = "contiguous";
        options.allow_moves = false;
        options.embedding = false;
        const PartitionResult plain = partition(c, net, options);
        options.prove_s = 60;
        const PartitionResult proved = partition(c, net, options);
        EXPECT_TRUE(proved.optimal);
        EXPECT_TRUE(proved.static_bound_is_optimum);
        EXPECT_EQ(proved.gap, 0);
        EXPECT_EQ(proved.bound_note, "");
        EXPECT_LE(proved.cost.pairs, plain.cost.pairs);
        EXPECT_LE(plain.bound.cost, proved.bound.cost);
        options.method = "auto";
        options.prove_s = 0;
        EXPECT_EQ(partition(c, net, options).cost.pairs, proved.cost.pairs);
    }
}

/// Nor is it said to be the least then: folding might do with fewer.
TEST(Partition, the_integer_program_is_a_bound_for_wide_gates_without_folding) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    Random random(6);
    for (int round = 0; round < 4; ++round) {
        const Circuit c = random_circuit(7, 60, random);
        PartitionOptions options;
        options.allow_moves = false;
        options.embedding = false;
        options.prove_s = 60;
        const PartitionResult proved = partition(c, full({3, 2, 2}), options);
        EXPECT_TRUE(proved.static_bound_is_optimum);
        EXPECT_EQ(proved.static_bound.scope, BoundScope::kStaticUnfolded);
        EXPECT_LE(proved.static_bound.cost, static_cast<std::int64_t>(proved.cost.pairs));
        EXPECT_LE(proved.cost.with_folding(), static_cast<std::uint64_t>(proved.static_bound.cost));
        EXPECT_EQ(proved.bound.scope, BoundScope::kStatic);
    }
}

TEST(Partition, a_bound_above_the_optimum_is_detected) {
    PartitionResult result;
    result.cost.pairs = 4;
    Optimality wrong;
    wrong.fixed = {5, BoundScope::kStatic, "wrong"};
    EXPECT_THROW(add_optimality(result, wrong, true), InternalError);
    result.placement.moves.emplace_back();  // with moves it may cost less than static ones
    add_optimality(result, wrong, false);
    wrong.any = {5, BoundScope::kAny, "wrong"};
    EXPECT_THROW(add_optimality(result, wrong, false), InternalError);
}

TEST(Partition, given_homes_are_kept) {
    PartitionOptions options;
    for (std::size_t q = 0; q < 6; ++q) options.homes.push_back(QpuId{q % 2});
    options.allow_moves = false;
    const PartitionResult result = partition(ghz_chain(6), full({3, 3}), options);
    EXPECT_EQ(result.placement.home, options.homes);
    EXPECT_EQ(result.cost.pairs, 5u);  // every link of the chain is remote
}

TEST(Partition, programs_without_gates_or_qubits_cost_nothing) {
    EXPECT_EQ(pairs(empty(3), full({2, 2})), 0u);
    EXPECT_EQ(pairs(Circuit{}, full({2, 2})), 0u);
}

TEST(Partition, bad_input_is_refused_with_numbers) {
    try {
        partition(empty(9), full({4, 4}));
        FAIL();
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find("9 qubits"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("8 data qubits"), std::string::npos);
    }
    PartitionOptions options;
    options.method = "magic";
    EXPECT_THROW(partition(empty(2), full({4, 4}), options), InputError);
    options.method = "auto";
    options.homes = {QpuId{0}};
    EXPECT_THROW(partition(empty(2), full({4, 4}), options), InputError);
    options.homes = {QpuId{0}, QpuId{7}};
    EXPECT_THROW(partition(empty(2), full({4, 4}), options), InputError);
    options.homes = {QpuId{0}, QpuId{0}};
    EXPECT_THROW(partition(empty(2), full({1, 4}), options), InputError);
    EXPECT_THROW(effort_from_name("extreme"), InputError);
}

TEST(Partition, gates_between_unconnected_islands_are_refused) {
    EXPECT_THROW(partition(ghz_chain(4), network({2, 2}, {})), InputError);
    EXPECT_EQ(pairs(ghz_chain(4), network({2, 4, 2}, {})), 0u);
}

/// Two groups of qubits work inside for a while, then in another grouping.
Circuit regrouping(std::uint32_t group, int rounds) {
    Circuit c = empty(2 * group);
    const auto work_inside = [&](auto&& member) {
        for (int round = 0; round < rounds; ++round) {
            for (std::uint32_t g = 0; g < 2; ++g) {
                for (std::uint32_t i = 0; i < group; ++i) {
                    h(c, member(g, i));
                    for (std::uint32_t j = 0; j < i; ++j) cp(c, member(g, j), member(g, i));
                }
            }
        }
    };
    work_inside([&](std::uint32_t g, std::uint32_t i) { return g * group + i; });
    work_inside([&](std::uint32_t g, std::uint32_t i) { return 2 * i + g; });
    return c;
}

TEST(Partition, qubits_that_change_partners_move) {
    PartitionOptions options;
    options.allow_moves = false;
    const Circuit c = regrouping(4, 6);
    EXPECT_GT(pairs(c, full({4, 4}), options), 8u);
    options.allow_moves = true;
    // Two of each group change sides: four moves, as two swaps between full QPUs.
    EXPECT_LE(pairs(c, full({4, 4}), options), 4u);
    EXPECT_LE(pairs(c, full({5, 5}), options), 4u);
}

TEST(Partition, there_is_one_change_of_home_per_segment) {
    const Circuit c = regrouping(5, 4);
    const PartitionResult result = partition(c, line({4, 4, 4}));
    const Interactions found = find_interactions(c);
    for (const auto& list : found.of_qubit) {
        for (std::uint32_t s : list) {
            const Segment& segment = found.segments[s];
            if (segment.gates.empty()) continue;
            EXPECT_LE(std::count_if(result.placement.moves.begin(), result.placement.moves.end(),
                                    [&](const Move& m) {
                                        return m.qubit == segment.qubit &&
                                               m.position >= segment.begin &&
                                               m.position <= segment.end;
                                    }),
                      1);
        }
    }
}

}  // namespace
}  // namespace carillon
