// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>

#include "carillon/base/random.h"

namespace carillon::engine {
namespace {

using Handle = std::uint32_t;

/// A random state of `qubits` qubits over both kinds of axes.
void random_state(Register<double>& reg, int qubits, Random& random, int gates) {
    for (int g = 0; g < gates; ++g) {
        const auto a = static_cast<Handle>(random.below(qubits));
        const auto b = static_cast<Handle>((a + 1 + random.below(qubits - 1)) % qubits);
        switch (random.below(4)) {
            case 0:
                reg.gate(GateKind::kH, 0, {}, std::array{a});
                break;
            case 1:
                reg.gate(GateKind::kRy, 0, std::array{6 * random.uniform()}, std::array{a});
                break;
            default:
                reg.gate(GateKind::kX, 1, {}, std::array{a, b});
        }
    }
}

std::map<std::uint64_t, double> frequencies(const Samples& samples, std::uint64_t shots) {
    std::map<std::uint64_t, double> result;
    for (std::size_t i = 0; i < samples.size(); ++i)
        result[samples.outcome(i)[0]] =
            static_cast<double>(samples.counts[i]) / static_cast<double>(shots);
    return result;
}

TEST(Sample, frequencies_are_the_squared_amplitudes) {
    // Each of 32 frequencies is within 5 standard deviations: a false alarm has a chance below
    // 20 * 32 * 6e-7 = 4e-4 over all trials, and the seed is fixed. One shot more is allowed, for
    // outcomes that expect next to none.
    constexpr std::uint64_t kShots = 20000;
    Random random(1);
    for (int trial = 0; trial < 20; ++trial) {
        Register<double> reg({.threads = 1});
        std::array<Handle, 5> q{};
        for (Handle& h : q) h = reg.allocate();
        random_state(reg, 5, random, 12);
        auto found = frequencies(sample<double>(reg, q, 7 + trial, kShots), kShots);
        const auto amplitudes = reg.amplitudes(q);
        for (std::uint64_t i = 0; i < amplitudes.size(); ++i) {
            const double p = std::norm(amplitudes[i]);
            ASSERT_NEAR(found[i], p, 5 * std::sqrt(p * (1 - p) / kShots) + 1.5 / kShots)
                << "trial " << trial << ", outcome " << i;
        }
    }
}

TEST(Sample, part_of_the_qubits_gives_the_marginal_distribution) {
    constexpr std::uint64_t kShots = 20000;
    Register<double> reg({.threads = 1});
    const Handle a = reg.allocate(), b = reg.allocate(), c = reg.allocate();
    reg.gate(GateKind::kRy, 0, std::array{std::numbers::pi / 3}, std::array{a});  // P(1) = 1/4
    reg.gate(GateKind::kX, 1, {}, std::array{a, b});
    reg.gate(GateKind::kH, 0, {}, std::array{c});
    auto found = frequencies(sample<double>(reg, std::array{b}, 3, kShots), kShots);
    EXPECT_NEAR(found[1], 0.25, 5 * std::sqrt(0.25 * 0.75 / kShots));  // false alarm 6e-7
}

TEST(Sample, same_state_kept_differently_gives_the_same_samples) {
    Random random(2);
    for (int trial = 0; trial < 50; ++trial) {
        Register<double> quick({.threads = 1}), plain({.threads = 2, .physical = true});
        std::array<Handle, 6> q{};
        for (Handle& h : q) h = quick.allocate(), plain.allocate();
        Random same = random;
        random_state(quick, 6, random, 15);
        random_state(plain, 6, same, 15);
        const Samples expected = sample<double>(quick, q, trial, 500);
        const Samples found = sample<double>(plain, q, trial, 500);
        ASSERT_EQ(expected.words, found.words);
        ASSERT_EQ(expected.counts, found.counts);
    }
}

TEST(Sample, wide_states_are_sampled_axis_by_axis) {
    // 100 qubits in |+>, each copied: bits of a pair agree, and each bit is fair.
    constexpr std::uint64_t kShots = 4000;
    Register<double> reg({.threads = 2});
    std::vector<Handle> q;
    for (int k = 0; k < 200; ++k) q.push_back(reg.allocate());
    for (int k = 0; k < 200; k += 2) {
        reg.gate(GateKind::kH, 0, {}, std::array{q[k]});
        reg.gate(GateKind::kX, 1, {}, std::array{q[k], q[k + 1]});
    }
    const Samples samples = sample<double>(reg, q, 5, kShots);
    std::vector<int> ones(200);
    for (std::size_t i = 0; i < samples.size(); ++i)
        for (int k = 0; k < 200; ++k)
            if ((samples.outcome(i)[k / 64] >> (k % 64) & 1) != 0)
                ones[k] += static_cast<int>(samples.counts[i]);
    for (int k = 0; k < 200; k += 2) {
        EXPECT_EQ(ones[k], ones[k + 1]);
        // 6 standard deviations, 100 checks: false alarm below 2e-7.
        EXPECT_NEAR(ones[k], kShots / 2.0, 6 * std::sqrt(kShots / 4.0));
    }
}

TEST(Sample, definite_qubits_give_their_values) {
    Register<double> reg({.threads = 1});
    const Handle a = reg.allocate(), b = reg.allocate();
    reg.gate(GateKind::kX, 0, {}, std::array{b});
    const Samples samples = sample<double>(reg, std::array{a, b}, 1, 3);
    EXPECT_EQ(samples.words, (std::vector<std::uint64_t>{2}));
    EXPECT_EQ(samples.counts, (std::vector<std::uint64_t>{3}));
}

/// 2^14 outcomes of unequal chances, the qubits' axes in the order of the list or against it.
template <class Real>
Register<Real> uneven_state(int qubits, int threads, std::vector<Handle>& q, bool reversed) {
    Register<Real> reg({.threads = threads, .physical = true});
    for (int k = 0; k < qubits; ++k) q.push_back(reg.allocate());
    if (reversed) std::ranges::reverse(q);
    for (int k = 0; k < qubits; ++k)
        reg.gate(GateKind::kRy, 0, std::array{0.4 + 0.17 * k}, std::array{q[k]});
    for (int k = 0; k + 1 < qubits; ++k)
        reg.gate(GateKind::kRzz, 0, std::array{0.3}, std::array{q[k], q[k + 1]});
    for (int k = 0; k < qubits; ++k)
        reg.gate(GateKind::kRx, 0, std::array{0.9 - 0.1 * k}, std::array{q[k]});
    return reg;
}

TEST(Sample, many_shots_follow_the_state_in_chi_square) {
    // Outcomes that expect fewer than 5 shots are one class. Beyond 6 deviations of the
    // chi-square the chance of a false alarm is below 1e-8, and the seed is fixed. A wrong share
    // of one part in 300 for each outcome would give more than 6 deviations.
    constexpr std::uint64_t kShots = 30000000;
    std::vector<Handle> q;
    Register<float> reg = uneven_state<float>(14, 2, q, false);
    const Samples samples = sample<float>(reg, q, 21, kShots);
    auto found = frequencies(samples, kShots);
    const auto amplitudes = reg.amplitudes(q);
    double chi = 0, rare_expected = 0, rare_found = 0, classes = 0, all = 0;
    for (std::uint64_t i = 0; i < amplitudes.size(); ++i) {
        const double expected = std::norm(amplitudes[i]) * kShots;
        const double count = found[i] * kShots;
        all += count;
        if (expected < 5) {
            rare_expected += expected;
            rare_found += count;
            continue;
        }
        ++classes;
        chi += (count - expected) * (count - expected) / expected;
    }
    if (rare_expected > 5)
        chi += (rare_found - rare_expected) * (rare_found - rare_expected) / rare_expected;
    EXPECT_NEAR(all, kShots, 1e-3);
    EXPECT_GT(classes, 5000);
    EXPECT_LT(std::abs(chi - classes) / std::sqrt(2 * classes), 6);
}

TEST(Sample, counts_do_not_depend_on_threads_or_on_where_axes_lie) {
    std::vector<Handle> q1, q2, q3;
    Register<double> one = uneven_state<double>(16, 1, q1, false);
    Register<double> four = uneven_state<double>(16, 4, q2, false);
    const Samples expected = sample<double>(one, q1, 2, 20000);
    const Samples threads = sample<double>(four, q2, 2, 20000);
    EXPECT_EQ(expected.words, threads.words);
    EXPECT_EQ(expected.counts, threads.counts);
    Register<double> turned = uneven_state<double>(16, 2, q3, true);
    const Samples axes = sample<double>(turned, q3, 2, 20000);
    EXPECT_EQ(expected.words, axes.words);
    EXPECT_EQ(expected.counts, axes.counts);
}

TEST(Sample, the_most_frequent_outcomes_are_kept_on_request) {
    std::vector<Handle> q;
    Register<float> reg = uneven_state<float>(15, 2, q, false);
    const Samples all = sample<float>(reg, q, 6, 400000);
    const Samples some = sample<float>(reg, q, 6, 400000, 10);
    EXPECT_EQ(all.distinct, all.size());
    EXPECT_EQ(some.distinct, all.size());
    ASSERT_EQ(some.size(), 10);
    std::vector<std::uint64_t> sorted = all.counts, kept = some.counts;
    std::ranges::sort(sorted, std::greater{});
    std::ranges::sort(kept, std::greater{});
    sorted.resize(10);
    EXPECT_EQ(sorted, kept);
    std::map<std::uint64_t, std::uint64_t> counts;
    for (std::size_t i = 0; i < all.size(); ++i) counts[all.outcome(i)[0]] = all.counts[i];
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(counts[some.outcome(i)[0]], some.counts[i]);
}

TEST(Sample, few_qubits_of_a_large_state_and_no_shots_at_all) {
    std::vector<Handle> q;
    Register<float> reg = uneven_state<float>(18, 2, q, false);
    const Samples samples = sample<float>(reg, std::array{q[17], q[3]}, 1, 1000000);
    double ones = 0;
    for (std::size_t i = 0; i < samples.size(); ++i)
        if ((samples.outcome(i)[0] & 1) != 0) ones += static_cast<double>(samples.counts[i]);
    const double p = reg.probability(q[17]);
    EXPECT_NEAR(ones, 1e6 * p, 6 * std::sqrt(1e6 * p * (1 - p)));  // false alarm 2e-9
    EXPECT_EQ(sample<float>(reg, q, 1, 0).size(), 0);
}

}  // namespace
}  // namespace carillon::engine
