// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace carillon {
namespace {

// Known answers of the Random123 distribution for philox4x32-10.
TEST(Random, philox_gives_the_published_words) {
    const std::array<std::uint32_t, 4> zero = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    EXPECT_EQ(philox({0, 0, 0, 0}, 0), zero);
    const std::array<std::uint32_t, 4> ones = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, ~std::uint64_t{0}), ones);
}

TEST(Random, keyed_uniform_depends_on_every_argument) {
    const double base = keyed_uniform(1, 2, 3, 4);
    EXPECT_EQ(base, keyed_uniform(1, 2, 3, 4));
    EXPECT_NE(base, keyed_uniform(9, 2, 3, 4));
    EXPECT_NE(base, keyed_uniform(1, 9, 3, 4));
    EXPECT_NE(base, keyed_uniform(1, 2, 9, 4));
    EXPECT_NE(base, keyed_uniform(1, 2, 3, 9));
}

// Mean of n uniforms: standard deviation 1/sqrt(12 n); 6 sigma, chance of a false alarm 2e-9.
TEST(Random, uniform_has_mean_one_half) {
    constexpr int kCount = 100000;
    double sum = 0;
    for (int i = 0; i < kCount; ++i) sum += keyed_uniform(7, kStreamSampling, i, 0);
    EXPECT_NEAR(sum / kCount, 0.5, 6 / std::sqrt(12.0 * kCount));
}

TEST(Random, below_stays_below) {
    Random random(5);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(7), 7u);
}

}  // namespace
}  // namespace carillon
