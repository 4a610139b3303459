// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/generation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/random.h"

namespace carillon {
namespace {

Link noisy_link() {
    Link link;
    link.attempt_rate_hz = 1e7;  // an attempt every 100 ns
    link.success_probability = 0.2;
    link.multiplexing = 4;
    return link;
}

TEST(Generation, mean_time_on_some_channels_is_that_of_the_first_success_of_any) {
    // One channel: 1/0.2 = 5 attempts. Two: 1/(1 - 0.8^2) = 2.777... attempts.
    EXPECT_EQ(mean_generation_time(noisy_link(), 1), Time::from_ns(500));
    EXPECT_EQ(mean_generation_time(noisy_link(), 2), Time::from_ns(100 / 0.36));
    Link sure = noisy_link();
    sure.success_probability = 1;
    EXPECT_EQ(mean_generation_time(sure, 4), Time::from_ns(100));  // no sooner than one attempt
    EXPECT_EQ(link_time_per_pair(noisy_link()), Time::from_ns(125));
}

TEST(Generation, more_channels_never_cost_the_link_less) {
    for (std::uint32_t c = 1; c <= 4; ++c)
        EXPECT_GE(mean_generation_time(noisy_link(), c).ps * c,
                  link_time_per_pair(noisy_link()).ps * 4);
}

TEST(Generation, drawn_times_follow_the_geometric_law) {
    // P(more than k attempts) = (1 - p)^k with p = 0.36 on two channels; 20,000 draws, 5 sigma.
    const int draws = 20000;
    std::vector<int> longer(8, 0);
    double sum = 0;
    for (int i = 0; i < draws; ++i) {
        const Time t = random_generation_time(noisy_link(), 2, keyed_uniform(7, 1, i, 0));
        ASSERT_EQ(t.ps % Time::from_ns(100).ps, 0);
        const auto attempts = t.ps / Time::from_ns(100).ps;
        ASSERT_GE(attempts, 1);
        sum += static_cast<double>(attempts);
        for (std::size_t k = 0; k < longer.size(); ++k)
            longer[k] += attempts > static_cast<std::int64_t>(k);
    }
    for (std::size_t k = 0; k < longer.size(); ++k) {
        const double expected = std::pow(0.64, k);
        const double sigma = std::sqrt(expected * (1 - expected) / draws);
        EXPECT_NEAR(longer[k] / double(draws), expected, 5 * sigma + 1e-12) << k;
    }
    EXPECT_NEAR(sum / draws, 1 / 0.36, 5 * std::sqrt(0.64) / 0.36 / std::sqrt(draws));
}

TEST(Generation, free_pairs_take_no_time) {
    EXPECT_EQ(mean_generation_time(Link{}, 1), Time{});
    EXPECT_EQ(random_generation_time(Link{}, 1, 0.5), Time{});
    EXPECT_EQ(link_time_per_pair(Link{}), Time{});
}

}  // namespace
}  // namespace carillon
