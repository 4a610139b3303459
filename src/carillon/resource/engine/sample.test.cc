// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/sample.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
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
    for (std::uint64_t s = 0; s < shots; ++s)
        result[samples.shot(s)[0]] += 1 / static_cast<double>(shots);
    return result;
}

TEST(Sample, frequencies_are_the_squared_amplitudes) {
    // Each of 32 frequencies is within 5 standard deviations: a false alarm has a chance below
    // 20 * 32 * 6e-7 = 4e-4 over all trials, and the seed is fixed.
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
            ASSERT_NEAR(found[i], p, 5 * std::sqrt(p * (1 - p) / kShots) + 1e-9)
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
        ASSERT_EQ(sample<double>(quick, q, trial, 500).words,
                  sample<double>(plain, q, trial, 500).words);
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
    for (std::uint64_t s = 0; s < kShots; ++s)
        for (int k = 0; k < 200; ++k) ones[k] += samples.shot(s)[k / 64] >> (k % 64) & 1;
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
    EXPECT_EQ(samples.words, (std::vector<std::uint64_t>{2, 2, 2}));
}

}  // namespace
}  // namespace carillon::engine
