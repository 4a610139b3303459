// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/program_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/error.h"
#include "carillon/workload/program/builder.h"

namespace carillon {
namespace {

constexpr QpuId kAlice{0}, kBob{1};

Network two_nodes() {
    Network network;
    network.nodes.resize(2);
    for (Node& node : network.nodes) {
        node.data_qubits = 2;
        node.comm_qubits = 1;
        node.durations = {10, 100, 300, 50};
        node.errors = {.one_qubit = 0.001, .two_qubit = 0.01, .measure = 0.02, .reset = 0.005};
    }
    Link link;
    link.a = kAlice;
    link.b = kBob;
    link.attempt_rate_hz = 1e6;  // a pair every 1000 ns
    link.latency_ns = 40;
    link.fidelity = 0.9;
    network.links.push_back(link);
    return network;
}

/// A copy of Alice's d0 at Bob's that serves `gates` gates there, `times` over.
DistributedProgram copies(int gates, int times) {
    ProgramBuilder p("copies");
    p.add_qpu("alice", 2, 1);
    p.add_qpu("bob", 2, 1);
    for (int t = 0; t < times; ++t) {
        p.pair(kAlice, 2, kBob, 2, LinkId{0});
        p.gate(kAlice, GateKind::kX, 1, {0, 2});
        const BitId m = p.protocol_bit(kAlice);
        p.measure(kAlice, 2, m);
        p.reset(kAlice, 2);
        const BitId got = p.message(kAlice, m, kBob);
        p.gate(kBob, GateKind::kX, 0, {2}, {}, {got});
        for (int g = 0; g < gates; ++g) p.gate(kBob, GateKind::kZ, 1, {2, 0});
        p.gate(kBob, GateKind::kH, 0, {2});
        const BitId k = p.protocol_bit(kBob);
        p.measure(kBob, 2, k);
        p.reset(kBob, 2);
        const BitId back = p.message(kBob, k, kAlice);
        p.gate(kAlice, GateKind::kZ, 0, {0}, {}, {back});
    }
    return p.finish();
}

TEST(ProgramScore, counts_what_the_program_makes) {
    const ProgramScore score = score_program(copies(3, 2), two_nodes());
    EXPECT_EQ(score.pairs, 2u);
    EXPECT_EQ(score.by_purpose.at("telegate"), 2u);
    EXPECT_EQ(score.classical_bits, 4u);
    EXPECT_EQ(score.local_gates, 2u * (1 + 1 + 3 + 1 + 1));
    EXPECT_EQ(score.local_swaps, 0u);
    EXPECT_EQ(score.comm_in_use, 1u);
}

TEST(ProgramScore, a_half_serves_the_gates_until_it_is_measured) {
    for (const int gates : {1, 3, 7}) {
        EXPECT_EQ(score_program(copies(gates, 3), two_nodes()).longest_service,
                  static_cast<std::size_t>(gates));
    }
}

/// By hand: per copy one pair, 1 + gates two-qubit gates, three one-qubit gates, two measurements
/// and two resets.
TEST(ProgramScore, log_fidelity_is_the_sum_of_its_parts) {
    const ProgramScore score = score_program(copies(3, 2), two_nodes());
    const FidelityScore& f = score.fidelity;
    EXPECT_NEAR(f.pairs, 2 * std::log(0.9), 1e-12);
    EXPECT_NEAR(f.gates, 2 * (4 * std::log(0.99) + 3 * std::log(0.999) + 2 * std::log(0.995)),
                1e-12);
    EXPECT_NEAR(f.readout, 4 * std::log(0.98), 1e-12);
    EXPECT_NEAR(f.waiting, 0, 1e-12);
    EXPECT_NEAR(f.log_fidelity, f.pairs + f.gates + f.readout + f.waiting, 1e-12);
}

TEST(ProgramScore, waiting_costs_its_time_over_t2) {
    Network network = two_nodes();
    for (Node& node : network.nodes) node.t2_ns = 1e6;
    const FidelityScore f = score_program(copies(1, 2), network).fidelity;
    EXPECT_GT(f.waiting_ns, 0);
    EXPECT_NEAR(f.waiting, -f.waiting_ns / 1e6, 1e-9);
}

TEST(ProgramScore, links_that_never_fail_give_the_same_time_in_every_draw) {
    const TimeScore t = score_program(copies(1, 2), two_nodes(), {8, 3}).time;
    EXPECT_EQ(t.samples, 8u);
    EXPECT_DOUBLE_EQ(t.expected_ns, t.mean_times_ns);
    EXPECT_NEAR(t.error_ns, 0, 1e-6);
    EXPECT_LE(t.lower_bound_ns, t.mean_times_ns);
}

/// Two pairs one after the other on one communication qubit: the makespan is a constant plus the
/// sum of two geometric times, mean 1/p attempts of 1000 ns each, variance (1 - p) / p^2.
TEST(ProgramScore, expected_time_is_the_mean_over_random_attempts) {
    Network network = two_nodes();
    network.links[0].success_probability = 0.25;
    const std::uint32_t samples = 4000;
    const TimeScore t = score_program(copies(1, 2), network, {samples, 11}).time;
    const double deviation = std::sqrt(2 * 0.75 / (0.25 * 0.25)) * 1000 / std::sqrt(samples);
    EXPECT_NEAR(t.expected_ns, t.mean_times_ns, 5 * deviation);
    EXPECT_NEAR(t.error_ns, deviation, 0.2 * deviation);
    EXPECT_GT(t.slowest_ns, t.expected_ns);
}

TEST(ProgramScore, a_network_without_the_link_is_refused) {
    Network network = two_nodes();
    network.nodes.resize(1);
    network.links.clear();
    EXPECT_THROW(score_program(copies(1, 1), network), InputError);
}

}  // namespace
}  // namespace carillon
