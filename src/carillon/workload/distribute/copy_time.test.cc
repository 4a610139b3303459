// SPDX-License-Identifier: Apache-2.0
// Copies that may be held for some time only.
#include <gtest/gtest.h>

#include <limits>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/random_placement_for_test.h"
#include "carillon/workload/placement/instances_for_tests.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

namespace instances = test_instances;

constexpr double kOneQubit = 10, kTwoQubit = 100;

Network timed(Network network) {
    for (Node& node : network.nodes) {
        node.durations = {kOneQubit, kTwoQubit, 300, 50};
        node.comm_qubits = 8;
    }
    for (Link& link : network.links) {
        link.latency_ns = 40;
        link.attempt_rate_hz = 1e6;
    }
    return network;
}

/// One qubit controls `gates` gates with as many qubits of another QPU.
struct Fan {
    explicit Fan(std::uint32_t gates)
        : circuit(instances::empty(gates + 1)), network(timed(instances::full({1, gates}))) {
        for (std::uint32_t q = 1; q <= gates; ++q) instances::cp(circuit, 0, q);
        lowered = lower(circuit);
        const Interactions interactions = find_interactions(lowered.circuit);
        placement.home.assign(gates + 1, QpuId{1});
        placement.home[0] = QpuId{0};
        placement.site.resize(interactions.num_operations);
        for (const Interaction& g : interactions.gates) placement.site[g.operation] = QpuId{1};
    }
    std::size_t pairs(const DistributeLimits& limits) const {
        return PairCounter(lowered, network, limits)(placement)->pairs;
    }

    Circuit circuit;
    LoweredCircuit lowered;
    Network network;
    Placement placement;
};

DistributeLimits held_for(double ns) {
    DistributeLimits limits;
    limits.copy_time_ns = ns;
    return limits;
}

/// An X that corrects it, k gates one after the other, and an H: a copy that may be held for T
/// serves (T - 20) / 100 gates, but always one.
TEST(CopyTime, is_paid_for_by_the_gates_that_fit_into_it) {
    for (const std::uint32_t gates : {1u, 5u, 9u}) {
        const Fan fan(gates);
        for (const double ns : {1.0, 119.0, 120.0, 219.0, 220.0, 319.9, 320.0, 1e6}) {
            const auto most = static_cast<std::uint32_t>(
                std::max(1.0, std::floor((ns - 2 * kOneQubit) / kTwoQubit)));
            EXPECT_EQ(fan.pairs(held_for(ns)), (gates + most - 1) / most)
                << gates << " gates, " << ns << " ns";
        }
        EXPECT_EQ(fan.pairs(held_for(0)), 1u) << "for ever";
    }
}

TEST(CopyTime, is_the_memory_cutoff_of_the_qpu_unless_it_is_given) {
    Fan fan(8);
    fan.network.nodes[0].memory_cutoff_ns = 1;  // holds no copies
    EXPECT_EQ(fan.pairs({}), 1u);
    fan.network.nodes[1].memory_cutoff_ns = 220;
    EXPECT_EQ(fan.pairs({}), 4u);
    EXPECT_EQ(fan.pairs(held_for(420)), 2u);
    EXPECT_EQ(fan.pairs(held_for(0)), 1u);
}

/// The second partner is busy for 5,000 ns. The copy begins after a pair (1,000), CX, measurement
/// and message, at 1,440; a gate and an H after 5,000 end at 5,110.
TEST(CopyTime, counts_waiting_for_other_qubits) {
    Fan fan(2);
    Circuit slow = instances::empty(3);
    instances::cp(slow, 0, 1);
    for (int i = 0; i < 100; ++i) slow.reset(QubitId{2});
    instances::cp(slow, 0, 2);
    fan.lowered = lower(slow);
    const Interactions interactions = find_interactions(fan.lowered.circuit);
    fan.placement.site.assign(interactions.num_operations, QpuId{});
    for (const Interaction& g : interactions.gates) fan.placement.site[g.operation] = QpuId{1};
    EXPECT_EQ(fan.pairs(held_for(3670)), 1u);
    EXPECT_EQ(fan.pairs(held_for(3669)), 2u);
    EXPECT_EQ(fan.pairs(held_for(230)), 2u) << "none waits";
}

TEST(CopyTime, programs_under_it_are_proved_and_counted_alike) {
    std::size_t reopened = 0, kept = 0;
    for (std::uint64_t seed = 0; seed < 80; ++seed) {
        Random random(seed);
        Circuit source = instances::empty(8);
        for (int i = 0; i < 70; ++i) {
            const auto a = random.below(8), b = random.below(7);
            if (random.below(3) == 0)
                instances::h(source, a);
            else
                instances::cz(source, a, b < a ? b : b + 1);
        }
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        Network network = timed(generate_network(seed % 3 == 0   ? "full:4,qubits=2"
                                                 : seed % 3 == 1 ? "line:4,qubits=2"
                                                                 : "ring:4,qubits=2"));
        for (Node& node : network.nodes) node.comm_qubits = 2 + seed % 5;
        test_placements::RandomPlacement choice(lowered.circuit, interactions, network, seed);
        if (seed % 4 == 0) choice.with_moves(2);
        choice.with_sites(0.1).with_kept(0.6);
        kept += choice.placement().kept.size();
        const DistributeLimits limits = held_for(200.0 * static_cast<double>(1 + seed % 7));
        const DistributeResult result = distribute(lowered, choice.placement(), network, limits);
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
        const auto counted = PairCounter(lowered, network, limits)(choice.placement());
        ASSERT_TRUE(counted.has_value());
        EXPECT_EQ(counted->pairs, result.program.pairs.size()) << "seed " << seed;
        EXPECT_EQ(counted->reopened, result.reopened_copies) << "seed " << seed;
        reopened += result.reopened_copies;
    }
    EXPECT_GT(reopened, 200u);
    EXPECT_GT(kept, 20u);
}

TEST(CopyTime, must_be_a_time) {
    const Fan fan(2);
    for (const double wrong : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THROW(fan.pairs(held_for(wrong)), InputError) << wrong;
}

}  // namespace
}  // namespace carillon
