// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/purification.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr auto kBbpssw = PurificationProtocol::kBbpssw;
constexpr auto kDejmps = PurificationProtocol::kDejmps;

/// F' = (F^2 + (1-F)^2/9) / p, p = F^2 + 2F(1-F)/3 + 5(1-F)^2/9 (Bennett et al. 1996).
TEST(Purification, bbpssw_is_its_closed_form) {
    for (const double f : {0.6, 0.7, 0.8, 0.9, 0.95}) {
        const double p = f * f + 2 * f * (1 - f) / 3 + 5 * (1 - f) * (1 - f) / 9;
        const PurificationRound round = purify(kBbpssw, werner(f), werner(f));
        EXPECT_NEAR(round.success, p, 1e-12);
        EXPECT_NEAR(round.pair.i, (f * f + (1 - f) * (1 - f) / 9) / p, 1e-12);
    }
    EXPECT_NEAR(purify(kBbpssw, werner(0.7), werner(0.7)).pair.i, 0.7352941176, 1e-9);
    EXPECT_NEAR(purify(kBbpssw, werner(0.9), werner(0.9)).success, 0.8755555556, 1e-9);
}

TEST(Purification, dejmps_maps_the_four_weights) {
    const PurificationRound round =
        purify(kDejmps, {0.8, 0.1, 0.06, 0.04}, {0.75, 0.05, 0.15, 0.05});
    EXPECT_NEAR(round.success, 0.704, 1e-12);
    EXPECT_NEAR(round.pair.i, 0.8551136364, 1e-9);
    EXPECT_NEAR(round.pair.i + round.pair.z + round.pair.x + round.pair.y, 1, 1e-12);
    // (Aa + Dd, Ad + Da, Bb + Cc, Bc + Cb) / p with weights (I, Z, X, Y) = (A, B, C, D).
    EXPECT_NEAR(round.pair.z, (0.8 * 0.05 + 0.04 * 0.75) / 0.704, 1e-12);
    EXPECT_NEAR(round.pair.x, (0.1 * 0.05 + 0.06 * 0.15) / 0.704, 1e-12);
    EXPECT_NEAR(round.pair.y, (0.1 * 0.15 + 0.06 * 0.05) / 0.704, 1e-12);
}

TEST(Purification, recurrence_from_werner_pairs_of_three_quarters) {
    const double bbpssw[] = {0.78846154, 0.82700651, 0.86345941, 0.89588705};
    const double dejmps[] = {0.78846154, 0.90236052, 0.97002019, 0.98991326, 0.99949369};
    const double raw_bbpssw[] = {2.7692, 7.3093, 18.366, 44.017};
    const double raw_dejmps[] = {2.7692, 8.0343, 19.140, 40.272, 82.153};
    for (std::uint32_t r = 0; r < 4; ++r) {
        EXPECT_NEAR(recurrence(kBbpssw, 0.75, r + 1).fidelity, bbpssw[r], 1e-8);
        EXPECT_NEAR(recurrence(kBbpssw, 0.75, r + 1).raw_pairs, raw_bbpssw[r], 1e-3);
    }
    for (std::uint32_t r = 0; r < 5; ++r) {
        EXPECT_NEAR(recurrence(kDejmps, 0.75, r + 1).fidelity, dejmps[r], 1e-8);
        EXPECT_NEAR(recurrence(kDejmps, 0.75, r + 1).raw_pairs, raw_dejmps[r], 2e-3);
    }
}

TEST(Purification, noisy_operations_cost_fidelity) {
    const PurificationRound round = purify(kBbpssw, werner(0.9), werner(0.9), {0.99, 0.99});
    EXPECT_NEAR(round.success, 0.8535059528, 1e-9);
    EXPECT_NEAR(round.pair.i, 0.9165968123, 1e-9);
}

TEST(Purification, plans_use_the_fewest_raw_pairs_that_reach_the_goal) {
    EXPECT_EQ(plan_purification(0.97, 0.95)->rounds, 0u);
    EXPECT_EQ(plan_purification(0.97, 0.95)->raw_pairs, 1);
    for (const double needed : {0.93, 0.96, 0.99, 0.999}) {
        const auto plan = plan_purification(0.9, needed);
        ASSERT_TRUE(plan);
        EXPECT_GE(plan->fidelity, needed);
        for (const auto protocol : {kBbpssw, kDejmps})
            for (std::uint32_t r = 0; r < 12; ++r) {
                const PurificationPlan other = recurrence(protocol, 0.9, r);
                EXPECT_TRUE(other.fidelity < needed || other.raw_pairs >= plan->raw_pairs);
            }
    }
    // A link of 0.9 needs four rounds of BBPSSW for 0.97.
    EXPECT_LT(recurrence(kBbpssw, 0.9, 3).fidelity, 0.97);
    EXPECT_NEAR(recurrence(kBbpssw, 0.9, 4).fidelity, 0.97433818, 1e-8);
}

TEST(Purification, what_cannot_be_reached_has_no_plan) {
    EXPECT_FALSE(plan_purification(0.5, 0.9));
    EXPECT_FALSE(plan_purification(0.9, 0.9999, {0.98, 0.98})) << "noise sets the limit";
    EXPECT_THROW(werner(1.2), InputError);
    EXPECT_THROW(werner(0.1), InputError);
}

}  // namespace
}  // namespace carillon
