// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/code_distance.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(CodeDistance, a_tenth_of_the_threshold_gains_a_factor_of_ten_per_two_of_distance) {
    EXPECT_NEAR(logical_error_per_cycle(1e-3, 3), 1e-3, 1e-12);
    EXPECT_NEAR(logical_error_per_cycle(1e-3, 5), 1e-4, 1e-13);
    EXPECT_NEAR(logical_error_per_cycle(1e-3, 25), 1e-14, 1e-22);
    EXPECT_NEAR(logical_error_per_cycle(1e-2, 7), 0.1, 1e-12);
}

TEST(CodeDistance, a_patch_has_twice_the_square_of_its_distance_less_one) {
    EXPECT_EQ(patch_qubits(3), 17u);
    EXPECT_EQ(patch_qubits(27), 1457u);
}

/// 1e8 qubit-steps at 1e-3 within 1 %: 1e8 * d * 0.1 * 10^-(d+1)/2 <= 0.01 first holds at d = 21
/// (1e8 * 21 * 1e-12 = 2.1e-3; d = 19: 1.9e-2).
TEST(CodeDistance, is_the_least_odd_one_within_the_budget) {
    EXPECT_EQ(code_distance(1e-3, 1e8, 0.01), 21u);
    for (const double p : {1e-4, 1e-3, 5e-3}) {
        for (const double cycles : {1e2, 1e6, 1e10}) {
            const auto d = code_distance(p, cycles, 1e-2);
            ASSERT_TRUE(d);
            EXPECT_EQ(*d % 2, 1u);
            EXPECT_LE(cycles * *d * logical_error_per_cycle(p, *d), 1e-2);
            if (*d > 3) EXPECT_GT(cycles * (*d - 2) * logical_error_per_cycle(p, *d - 2), 1e-2);
        }
    }
}

TEST(CodeDistance, there_is_none_above_the_threshold) {
    EXPECT_FALSE(code_distance(0.01, 1, 0.5));
    EXPECT_FALSE(code_distance(0.02, 1, 0.5));
    EXPECT_FALSE(code_distance(0.0099, 1e30, 1e-9));
}

}  // namespace
}  // namespace carillon
