// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "carillon/base/random.h"

namespace carillon {
namespace {

TEST(Estimate, wilson_intervals_are_those_of_the_formula) {
    // Roots p of (share - p)^2 = z^2 p (1 - p) / n.
    constexpr double kZ = 1.959963984540054;
    for (const double n : {1.0, 7.0, 20.5, 1000.0})
        for (const double share : {0.0, 0.1, 0.5, 1.0}) {
            const Interval interval = wilson_interval(share, n);
            for (const double p : {interval.low, interval.high})
                EXPECT_NEAR((share - p) * (share - p), kZ * kZ * p * (1 - p) / n, 1e-12);
            EXPECT_LT(interval.low, interval.high);
        }
    EXPECT_EQ(wilson_interval(0, 10).low, 0);
    EXPECT_NEAR(wilson_interval(0, 10).high, kZ * kZ / (10 + kZ * kZ), 1e-12);
    EXPECT_EQ(wilson_interval(1, 10).high, 1);
    EXPECT_EQ(wilson_interval(0.5, 0).low, 0);
    EXPECT_EQ(wilson_interval(0.5, 0).high, 1);
}

TEST(Estimate, wilson_intervals_cover_the_truth_about_95_times_in_100) {
    Random random(3);
    int covered = 0;
    constexpr int kRuns = 4000, kShots = 60;
    for (int run = 0; run < kRuns; ++run) {
        int hits = 0;
        for (int s = 0; s < kShots; ++s) hits += random.uniform() < 0.07 ? 1 : 0;
        const Interval interval = wilson_interval(hits / double{kShots}, kShots);
        covered += interval.low <= 0.07 && 0.07 <= interval.high ? 1 : 0;
    }
    EXPECT_NEAR(covered / double{kRuns}, 0.95, 0.02);
}

TEST(Estimate, moments_add_up_in_any_grouping) {
    Random random(5);
    std::vector<double> values;
    for (int k = 0; k < 100; ++k) values.push_back(1e6 + random.uniform());
    double mean = 0, squares = 0;
    for (const double v : values) mean += v / 100;
    for (const double v : values) squares += (v - mean) * (v - mean);
    Moments all, parts[3];
    for (std::size_t k = 0; k < values.size(); ++k) {
        all.add(values[k]);
        parts[k * k % 3].add(values[k]);
    }
    Moments sum;
    for (const Moments& part : parts) sum.add(part);
    for (const Moments& m : {all, sum}) {
        EXPECT_EQ(m.count, 100);
        EXPECT_NEAR(m.mean, mean, 1e-8);
        EXPECT_NEAR(m.squares, squares, 1e-6);
        EXPECT_NEAR(*m.standard_error(), std::sqrt(squares / 99 / 100), 1e-8);
    }
    Moments one;
    one.add(4.0);
    EXPECT_FALSE(one.standard_error().has_value());
}

}  // namespace
}  // namespace carillon
