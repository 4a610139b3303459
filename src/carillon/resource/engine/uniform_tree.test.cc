// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/uniform_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "carillon/base/random.h"

namespace carillon::engine {
namespace {

std::vector<std::uint64_t> ranks_of(const UniformTree& tree, const std::vector<double>& at) {
    std::vector<std::uint64_t> ranks(at.size());
    tree.rank(at, ranks);
    return ranks;
}

/// Chi-square of counts against equal shares, as standard deviations above its mean.
double excess(const std::vector<std::uint64_t>& counts, double share) {
    double chi = 0;
    for (const std::uint64_t c : counts) {
        const double d = static_cast<double>(c) - share;
        chi += d * d / share;
    }
    const double freedom = static_cast<double>(counts.size()) - 1;
    return (chi - freedom) / std::sqrt(2 * freedom);
}

TEST(UniformTree, numbers_fall_evenly_into_equal_cells) {
    // 1000 cells that do not fit the tree's halves; a false alarm beyond 6 deviations of a
    // chi-square of 999 degrees has a chance below 1e-8. Counts reach every way of drawing.
    for (const std::uint64_t count : {30000U, 1000000U, 40000000U}) {
        const UniformTree tree(3, count);
        std::vector<double> at;
        for (int k = 0; k <= 1000; ++k) at.push_back(k / 1000.0);
        const auto ranks = ranks_of(tree, at);
        ASSERT_EQ(ranks.front(), 0);
        ASSERT_EQ(ranks.back(), count);
        std::vector<std::uint64_t> counts;
        for (int k = 0; k < 1000; ++k) counts.push_back(ranks[k + 1] - ranks[k]);
        EXPECT_LT(std::abs(excess(counts, static_cast<double>(count) / 1000)), 6) << count;
    }
}

TEST(UniformTree, ranks_do_not_depend_on_what_else_is_asked) {
    const UniformTree tree(5, 500000);
    Random random(1);
    std::vector<double> at;
    for (int k = 0; k < 3000; ++k) at.push_back(random.uniform() * random.uniform());
    at.insert(at.end(), {0, 0.25, 0.25, 0.5, 1});
    std::ranges::sort(at);
    const auto together = ranks_of(tree, at);
    EXPECT_TRUE(std::ranges::is_sorted(together));
    for (std::size_t k = 0; k < at.size(); k += 7)
        ASSERT_EQ(ranks_of(tree, {at[k]})[0], together[k]) << at[k];
}

TEST(UniformTree, seeds_and_counts_give_numbers_of_their_own) {
    const std::vector<double> at = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    EXPECT_NE(ranks_of(UniformTree(1, 10000), at), ranks_of(UniformTree(2, 10000), at));
    EXPECT_EQ(ranks_of(UniformTree(1, 10000), at), ranks_of(UniformTree(1, 10000), at));
    EXPECT_EQ(ranks_of(UniformTree(1, 0), {0, 0.5, 1}), (std::vector<std::uint64_t>{0, 0, 0}));
}

TEST(UniformTree, a_quadrillion_numbers_cost_what_the_thresholds_cost) {
    // Binomial with p = 1/3: deviation sqrt(2/9 * 1e15) = 1.5e7; 6 of them, false alarm 2e-9.
    constexpr std::uint64_t kCount = 1000000000000000;
    const auto rank = ranks_of(UniformTree(9, kCount), {1.0 / 3})[0];
    EXPECT_NEAR(static_cast<double>(rank), 1e15 / 3, 6 * 1.5e7);
    EXPECT_NE(rank, kCount / 3);
}

TEST(DrawHeads, mean_and_variance_are_those_of_fair_coins) {
    // 20000 draws: the mean within 5 of its deviations, the variance within 5 of its own
    // (sqrt(2/20000) = 1 %); false alarm below 1e-5 over all, and the seed is fixed.
    for (const double n : {1.0, 63.0, 64.0, 65.0, 1000.0, 4097.0, 1e5, 1e9, 1e15}) {
        std::uint64_t state = 11;
        double sum = 0, squares = 0;
        constexpr int kDraws = 20000;
        for (int k = 0; k < kDraws; ++k) {
            const auto heads = draw_heads(static_cast<std::uint64_t>(n), state);
            ASSERT_LE(static_cast<double>(heads), n);
            const double d = static_cast<double>(heads) - n / 2;
            sum += d;
            squares += d * d;
        }
        EXPECT_LT(std::abs(sum / kDraws), 5 * std::sqrt(n / 4 / kDraws) + 1e-12) << n;
        EXPECT_NEAR(squares / kDraws / (n / 4), 1, 0.05) << n;
    }
}

TEST(DrawHeads, frequencies_are_the_binomial_coefficients) {
    // C(10, k) / 1024 of 102400 draws; chi-square of 10 degrees, above 60 with chance 4e-9.
    const std::array<double, 11> coefficients = {1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1};
    std::array<double, 11> found{};
    std::uint64_t state = 4;
    for (int k = 0; k < 102400; ++k) ++found[draw_heads(10, state)];
    double chi = 0;
    for (int k = 0; k <= 10; ++k) {
        const double expected = coefficients[k] * 100;
        chi += (found[k] - expected) * (found[k] - expected) / expected;
    }
    EXPECT_LT(chi, 60);
}

}  // namespace
}  // namespace carillon::engine
