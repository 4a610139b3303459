// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/homogeneity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/random.h"

namespace carillon {
namespace {

// Two degrees of freedom: the tail is exp(-x/2). One: erfc(sqrt(x/2)).
TEST(Homogeneity, tails_match_their_closed_forms) {
    for (const double x : {0.1, 1.0, 5.0, 30.0}) {
        EXPECT_NEAR(chi_square_tail(x, 2) / std::exp(-x / 2), 1, 1e-12);
        EXPECT_NEAR(chi_square_tail(x, 1) / std::erfc(std::sqrt(x / 2)), 1, 1e-12);
    }
}

Counts sample(double p, int n, std::uint64_t seed) {
    Random random(seed);
    Counts counts;
    for (int i = 0; i < n; ++i) ++counts[random.uniform() < p ? "1" : "0"];
    return counts;
}

TEST(Homogeneity, equal_coins_pass_and_unequal_ones_fail) {
    EXPECT_GT(compare_counts(sample(0.3, 4000, 1), sample(0.3, 2000, 2)).p_value, 1e-6);
    EXPECT_LT(compare_counts(sample(0.3, 4000, 1), sample(0.4, 2000, 2)).p_value, 1e-6);
}

TEST(Homogeneity, disjoint_outcomes_are_told_apart) {
    const HomogeneityTest test = compare_counts({{"00", 500}}, {{"11", 500}});
    EXPECT_LT(test.p_value, 1e-6);
    EXPECT_DOUBLE_EQ(test.total_variation, 1);
}

TEST(Homogeneity, one_sure_outcome_agrees_with_itself) {
    EXPECT_EQ(compare_counts({{"1", 10}}, {{"1", 700}}).p_value, 1);
}

// p-values of equal distributions are uniform: of 200, fewer than 2 % below 0.001 (binomial, chance
// below 1e-5).
TEST(Homogeneity, p_values_of_equal_samples_are_not_small) {
    int small = 0;
    for (std::uint64_t i = 0; i < 200; ++i)
        small +=
            compare_counts(sample(0.5, 300, 2 * i), sample(0.5, 300, 2 * i + 1)).p_value < 0.001;
    EXPECT_LT(small, 4);
}

}  // namespace
}  // namespace carillon
