// SPDX-License-Identifier: Apache-2.0
// Gates on three and more qubits: which bounds hold when they are folded.
#include <gtest/gtest.h>

#include <set>

#include "carillon/base/error.h"
#include "carillon/workload/bounds/brute_force_for_tests.h"
#include "carillon/workload/bounds/connectivity.h"
#include "carillon/workload/bounds/cut_bound.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

void wide_z(Circuit& c, std::initializer_list<std::uint32_t> wires) {
    const std::vector<QubitId> qubits(wires.begin(), wires.end());
    c.gate(GateKind::kZ, static_cast<int>(qubits.size()) - 1, qubits);
}

/// The cheapest static placement when each gate on three or more qubits has copies at some QPU or
/// is folded along a smallest tree of its homes: all homes, sites and choices are tried.
std::int64_t best_with_folding(const Interactions& interactions, const Network& network) {
    const auto capacity = node_capacities(network);
    const auto nodes = static_cast<std::uint32_t>(capacity.size());
    const Topology topology(network);
    SteinerCost steiner(topology);
    const auto tree = [&](const std::set<std::uint32_t>& of) {
        return static_cast<std::int64_t>(steiner(std::vector(of.begin(), of.end())));
    };
    const std::size_t qubits = interactions.of_qubit.size(), gates = interactions.gates.size();
    std::vector<std::uint32_t> home(qubits), site(gates);  // site `nodes`: folded
    std::int64_t best = INT64_MAX;
    const auto price = [&] {
        std::int64_t sum = 0;
        for (const Segment& segment : interactions.segments) {
            std::set<std::uint32_t> at = {home[segment.qubit.value]};
            for (const std::uint32_t g : segment.gates)
                if (site[g] < nodes) at.insert(site[g]);
            sum += tree(at);
        }
        for (std::size_t g = 0; g < gates; ++g) {
            if (site[g] < nodes) continue;
            std::set<std::uint32_t> homes;
            for (const std::uint32_t s : interactions.gates[g].segments)
                homes.insert(home[interactions.segments[s].qubit.value]);
            sum += tree(homes);
        }
        return sum;
    };
    const auto all_sites = [&](auto& self, std::size_t g) -> void {
        if (g == gates) return void(best = std::min(best, price()));
        const bool wide = interactions.gates[g].segments.size() > 2;
        for (site[g] = 0; site[g] < nodes + wide; ++site[g])
            if (site[g] == nodes || capacity[site[g]] > 0) self(self, g + 1);
    };
    std::vector<std::uint32_t> used(nodes);
    const auto all_homes = [&](auto& self, std::size_t q) -> void {
        if (q == qubits) return all_sites(all_sites, 0);
        for (home[q] = 0; home[q] < nodes; ++home[q]) {
            if (used[home[q]] == capacity[home[q]]) continue;
            ++used[home[q]];
            self(self, q + 1);
            --used[home[q]];
        }
    };
    all_homes(all_homes, 0);
    return best;
}

/// Three gates on six qubits, their segments apart: copies for each of four operands, or two links
/// of a tree.
Circuit three_wide_gates() {
    Circuit c = empty(6);
    for (int round = 0; round < 3; ++round) {
        wide_z(c, {0, 1, 2, 3, 4, 5});
        for (std::uint32_t q = 0; q < 6; ++q) c.gate(GateKind::kH, 0, {QubitId{q}});
    }
    return c;
}

TEST(BoundsAndFolding, the_integer_program_speaks_of_unfolded_gates_only) {
    if (!have_integer_programs()) GTEST_SKIP() << "built without CBC";
    const Interactions wide = find_interactions(three_wide_gates());
    const ExactResult exact = solve_static(wide, full({2, 2, 2}));
    ASSERT_TRUE(exact.solved);
    EXPECT_EQ(exact.bound.cost, 3 * 4);
    EXPECT_EQ(exact.bound.scope, BoundScope::kStaticUnfolded);
    EXPECT_EQ(placement_cost(wide, full({2, 2, 2}), *exact.placement).with_folding(), 3u * 2);
    EXPECT_EQ(solve_static(find_interactions(qft(4)), full({2, 2})).bound.scope,
              BoundScope::kStatic);
    EXPECT_EQ(scope_name(BoundScope::kStaticUnfolded),
              "placements without moves, kept copies or folded gates");
}

TEST(BoundsAndFolding, the_other_bounds_are_below_the_best_of_all_foldings) {
    Random random(5);
    int cheaper = 0, positive = 0;
    for (int round = 0; round < 40; ++round) {
        Circuit c = empty(4);
        for (int gate = 0; gate < 4; ++gate) {
            const auto skip = static_cast<std::uint32_t>(random.below(4));
            if (random.below(3) == 0)
                cz(c, skip, (skip + 1) % 4);
            else if (random.below(3) == 0)
                wide_z(c, {0, 1, 2, 3});
            else
                wide_z(c, {(skip + 1) % 4, (skip + 2) % 4, (skip + 3) % 4});
            for (std::uint32_t q = 0; q < 4; ++q)
                if (random.below(2) == 0) c.gate(GateKind::kH, 0, {QubitId{q}});
        }
        const Interactions interactions = find_interactions(c);
        const Network network = round % 2 ? line({2, 1, 1}) : full({2, 2});
        const std::int64_t best = best_with_folding(interactions, network);
        const StaticModel model(interactions, network);
        SteinerCost steiner(model.topology);
        EXPECT_LE(connectivity_bound(model).cost, best) << "round " << round;
        EXPECT_LE(cut_bound(model, steiner).cost, best) << "round " << round;
        positive += connectivity_bound(model).cost > 0;
        cheaper += best < brute_force::best_static(interactions, network);
    }
    EXPECT_GT(cheaper, 5) << "folding has to matter in what is tried";
    EXPECT_GT(positive, 20);
}

}  // namespace
}  // namespace carillon
