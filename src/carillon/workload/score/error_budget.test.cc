// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/error_budget.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/error.h"
#include "carillon/workload/score/code_distance.h"

namespace carillon {
namespace {

/// A line of three QPUs of four qubits, with pairs of fidelity `near` and `far`.
Network line(double near, double far, double two_qubit = 0) {
    Network network;
    network.nodes.resize(3);
    for (Node& node : network.nodes) {
        node.data_qubits = 4;
        node.errors.two_qubit = two_qubit;
    }
    network.links.resize(2);
    for (std::uint32_t l = 0; l < 2; ++l) {
        network.links[l].a = QpuId{l};
        network.links[l].b = QpuId{l + 1};
        network.links[l].attempt_rate_hz = 1e6;
        network.links[l].fidelity = l == 0 ? near : far;
    }
    return network;
}

/// 10 pairs on each link, 12 data qubits, depth 100, `others` lost to operations.
ErrorBudget budget(const Network& network, double others, double target) {
    DistributedProgram program;
    program.pairs.resize(20);
    ScheduleSummary summary;
    summary.depth = 100;
    summary.links.resize(2);
    summary.log_fidelity = -others;
    for (std::size_t l = 0; l < 2; ++l) {
        summary.links[l].pairs = 10;
        summary.log_fidelity += 10 * std::log(network.links[l].fidelity);
    }
    summary.qpus.resize(3);
    for (QpuUse& qpu : summary.qpus) qpu.data_used = 4;
    return plan_error_budget(program, network, summary, target);
}

TEST(ErrorBudget, pairs_that_are_good_enough_are_left_alone) {
    const ErrorBudget b = budget(line(0.999, 0.999), 0, 0.9);
    EXPECT_TRUE(b.met);
    EXPECT_EQ(b.distance, 1u);
    EXPECT_DOUBLE_EQ(b.raw_pairs, 20);
    EXPECT_NEAR(b.pair_errors, -20 * std::log(0.999), 1e-12);
    EXPECT_DOUBLE_EQ(b.busiest_link_ns, 10 * 1000.0);
}

TEST(ErrorBudget, purification_brings_the_pairs_within_what_operations_leave) {
    for (const double others : {0.0, 0.02}) {
        const ErrorBudget b = budget(line(0.95, 0.95), others, 0.95);
        EXPECT_TRUE(b.met);
        EXPECT_NEAR(b.other_errors, others, 1e-12);
        double left = 0, raw = 0;
        for (const LinkBudget& link : b.links) {
            const PurificationPlan again = recurrence(link.plan.protocol, 0.95, link.plan.rounds);
            EXPECT_DOUBLE_EQ(again.fidelity, link.plan.fidelity);
            left -= 10 * std::log(link.plan.fidelity);
            raw += 10 * link.plan.raw_pairs;
            EXPECT_GT(link.plan.rounds, 0u);
        }
        EXPECT_LE(left + others, b.allowed);
        EXPECT_NEAR(left, b.purified_errors, 1e-12);
        EXPECT_DOUBLE_EQ(raw, b.raw_pairs);
    }
}

TEST(ErrorBudget, the_worse_link_is_purified_more) {
    const ErrorBudget b = budget(line(0.99, 0.85), 0, 0.9);
    ASSERT_TRUE(b.met);
    EXPECT_LT(b.links[0].plan.rounds, b.links[1].plan.rounds);
}

/// Two links, two protocols, few rounds: every combination that meets the budget needs as many raw
/// pairs or nearly so (one round of one link is the step of the search).
TEST(ErrorBudget, few_raw_pairs_are_spent) {
    const ErrorBudget b = budget(line(0.97, 0.9), 0, 0.9);
    ASSERT_TRUE(b.met);
    double best = 1e300;
    for (const auto p : {PurificationProtocol::kBbpssw, PurificationProtocol::kDejmps})
        for (const auto q : {PurificationProtocol::kBbpssw, PurificationProtocol::kDejmps})
            for (std::uint32_t r = 0; r < 8; ++r)
                for (std::uint32_t s = 0; s < 8; ++s) {
                    const auto x = recurrence(p, 0.97, r), y = recurrence(q, 0.9, s);
                    const double left = -10 * std::log(x.fidelity) - 10 * std::log(y.fidelity);
                    if (left <= b.allowed) best = std::min(best, 10 * (x.raw_pairs + y.raw_pairs));
                }
    EXPECT_GE(b.raw_pairs, best * (1 - 1e-12));
    EXPECT_LE(b.raw_pairs, 2.2 * best);
}

TEST(ErrorBudget, operations_beyond_the_budget_call_for_a_code) {
    const ErrorBudget b = budget(line(0.99, 0.99, 1e-3), 3, 0.99);
    ASSERT_TRUE(b.met);
    // 12 qubits for 100 steps and 20 seams, half of -ln 0.99.
    EXPECT_EQ(b.distance, *code_distance(1e-3, 1220, -std::log(0.99) / 2));
    EXPECT_EQ(b.physical_qubits, 12 * patch_qubits(b.distance));
    EXPECT_LE(b.logical_errors, b.allowed / 2);
    for (const LinkBudget& link : b.links) {
        EXPECT_EQ(link.pairs, 10u * b.distance * b.distance);
        EXPECT_GE(link.plan.fidelity, 0.99) << "ten times a gate's error is tolerated";
    }
}

TEST(ErrorBudget, above_the_threshold_it_says_that_it_is_not_met) {
    const ErrorBudget b = budget(line(0.99, 0.99, 0.02), 3, 0.99);
    EXPECT_FALSE(b.met);
    EXPECT_EQ(b.distance, 1u);
    EXPECT_NE(b.reasons.back().find("threshold"), std::string::npos);
}

TEST(ErrorBudget, impossible_targets_are_refused) {
    for (const double target : {0.0, 1.0, -0.5, 1.5}) {
        EXPECT_THROW(budget(line(0.99, 0.99), 0, target), InputError);
    }
}

}  // namespace
}  // namespace carillon
