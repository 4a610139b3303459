// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/place.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "carillon/base/error.h"

namespace carillon {
namespace {

/// Every two qubits share a gate, twice, with Hadamards between: many copies are wanted at once.
LoweredCircuit all_pairs(std::uint32_t n) {
    Circuit c;
    c.add_qubits("q", n);
    for (int round = 0; round < 2; ++round) {
        for (std::uint32_t q = 0; q < n; ++q) {
            for (std::uint32_t r = q + 1; r < n; ++r)
                c.gate(GateKind::kP, 1, {QubitId{(r * 5) % n}, QubitId{(q * 5) % n}}, {Param(0.3)});
        }
        for (std::uint32_t q = 0; q < n; ++q) c.gate(GateKind::kH, 0, {QubitId{q}});
    }
    return lower(c);
}

std::size_t written(const LoweredCircuit& lowered, const Network& network, const Placed& placed,
                    const DistributeLimits& limits = {}) {
    return distribute(lowered, placed.placement, network, limits).program.pairs.size();
}

TEST(Place, says_what_the_program_will_cost_and_takes_the_cheapest) {
    const LoweredCircuit lowered = all_pairs(7);
    const Network network = generate_network("grid:2x2,qubits=2,comm=2");
    const Placed placed = place_program(lowered, network, {});
    ASSERT_GT(placed.choices.size(), 1u) << "two communication qubits are too few";
    for (const Choice& choice : placed.choices) {
        if (choice.chosen) {
            EXPECT_EQ(choice.physical, written(lowered, network, placed));
        } else if (choice.refused.empty()) {
            EXPECT_GE(choice.physical, written(lowered, network, placed));
        }
    }
    EXPECT_EQ(std::count_if(placed.choices.begin(), placed.choices.end(),
                            [](const Choice& c) { return c.chosen; }),
              1);
}

/// The search by the price under limits finds what no search without them found.
TEST(Place, searching_under_limits_beats_the_placements_found_without) {
    std::uint64_t with = 0, without = 0;
    for (const char* shape :
         {"grid:2x2,qubits=2,comm=2", "line:4,qubits=2,comm=2", "star:5,qubits=2,comm=2"}) {
        const Placed placed = place_program(all_pairs(8), generate_network(shape), {});
        std::uint64_t best = UINT64_MAX, least = UINT64_MAX;
        for (const Choice& c : placed.choices) {
            if (!c.refused.empty()) continue;
            best = std::min(best, c.physical);
            if (c.name.find("under limits") == std::string::npos)
                least = std::min(least, c.physical);
        }
        with += best;
        without += least;
    }
    EXPECT_LT(with, without);
}

TEST(Place, a_shorter_lifetime_never_needs_fewer_pairs_and_one_gate_each_the_most) {
    const LoweredCircuit lowered = all_pairs(6);
    const Network network = generate_network("full:3,qubits=2,comm=6");
    std::size_t last = 0;
    for (const std::uint32_t gates : {0u, 4u, 2u, 1u}) {
        PlaceOptions options;
        options.limits.copy_gates = gates;
        const Placed placed = place_program(lowered, network, options);
        const std::size_t pairs = written(lowered, network, placed, options.limits);
        EXPECT_GE(pairs, last) << "at most " << gates << " gates per copy";
        last = pairs;
    }
}

TEST(Place, objectives_choose_by_what_they_name) {
    const LoweredCircuit lowered = all_pairs(7);
    const Network network = generate_network("grid:2x2,qubits=2,comm=2,fidelity=0.98");
    for (const Objective objective : {Objective::kTime, Objective::kFidelity}) {
        PlaceOptions options;
        options.objective = objective;
        const Placed placed = place_program(lowered, network, options);
        const auto worse = [&](const Choice& c) {
            return objective == Objective::kTime ? c.prediction->makespan_ns
                                                 : -c.prediction->log_fidelity;
        };
        double chosen = 0, best = 1e300;
        for (const Choice& c : placed.choices) {
            if (!c.refused.empty()) continue;
            ASSERT_TRUE(c.prediction) << c.name;
            best = std::min(best, worse(c));
            if (c.chosen) chosen = worse(c);
        }
        EXPECT_EQ(chosen, best) << objective_name(objective);
    }
    EXPECT_THROW(objective_from_name("beauty"), InputError);
}

TEST(Place, a_network_without_communication_qubits_is_refused) {
    const LoweredCircuit lowered = all_pairs(4);
    Network network = generate_network("full:2,qubits=2");
    for (Node& node : network.nodes) node.comm_qubits = 0;
    EXPECT_THROW(place_program(lowered, network, {}), InputError);
}

}  // namespace
}  // namespace carillon
