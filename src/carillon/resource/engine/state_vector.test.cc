// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/state_vector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/reference.h"

namespace carillon::engine {
namespace {

Complex random_complex(Random& random) {
    return {random.uniform() - 0.5, random.uniform() - 0.5};
}

/// A random matrix; unitarity does not matter to the kernels.
Matrix random_matrix(Random& random, int qubits) {
    Matrix m = Matrix::identity(qubits);
    for (Complex& v : m.data) v = random_complex(random);
    return m;
}

std::vector<int> random_axes(Random& random, int axes, int count) {
    std::vector<int> all(axes);
    std::iota(all.begin(), all.end(), 0);
    for (int k = 0; k < count; ++k) std::swap(all[k], all[k + random.below(axes - k)]);
    all.resize(count);
    return all;
}

bool holds(std::span<const Condition> conditions, std::uint64_t i) {
    for (const Condition& c : conditions)
        if (odd_parity(c.mask & i) != c.odd) return false;
    return true;
}

/// A random state in the engine and the same amplitudes in a plain vector.
template <class Real>
struct Twin {
    StateVector<Real> state;
    std::vector<Complex> plain;

    Twin(Random& random, int axes, int threads = 1) : state({.threads = threads}) {
        for (int a = 0; a < axes; ++a) state.add_axis();
        for (std::uint64_t i = 0; i < state.size(); ++i) {
            state.set_amplitude(i, random_complex(random));
            plain.push_back(state.amplitude(i));
        }
    }
    double error() const {
        double worst = state.size() == plain.size() ? 0 : 1e9;
        for (std::uint64_t i = 0; i < plain.size(); ++i)
            worst = std::max(worst, std::abs(state.amplitude(i) - plain[i]));
        return worst;
    }
};

/// Conditions over axes outside `forbidden`, some on one axis, some parities.
std::vector<Condition> random_conditions(Random& random, int axes, std::uint64_t forbidden) {
    std::vector<Condition> conditions;
    const std::uint64_t count = random.below(4);
    for (std::uint64_t k = 0; k < count; ++k) {
        std::uint64_t mask = random() & ((std::uint64_t{1} << axes) - 1) & ~forbidden;
        if (random.below(2) == 0) mask = std::bit_floor(mask);
        conditions.push_back({mask, random.below(2) == 1});
    }
    return conditions;
}

struct Setting {
    std::string instruction_set;
    bool single_precision;
};

class Kernels : public testing::TestWithParam<Setting> {
  protected:
    void SetUp() override { kernels::use_instruction_set(GetParam().instruction_set); }
    void TearDown() override { kernels::use_instruction_set(""); }

    /// Runs check(Real{}) in the precision of this setting.
    template <class Check>
    void in_precision(const Check& check) {
        if (GetParam().single_precision)
            check(float{});
        else
            check(double{});
    }
    double tolerance() const { return GetParam().single_precision ? 5e-6 : 1e-14; }
};

TEST_P(Kernels, uses_the_forced_instruction_set) {
    EXPECT_EQ(kernels::instruction_set(), GetParam().instruction_set);
}

TEST_P(Kernels, scale_multiplies_where_conditions_hold) {
    in_precision([&](auto real) {
        Random random(1);
        for (int trial = 0; trial < 300; ++trial) {
            const int axes = 1 + static_cast<int>(random.below(9));
            Twin<decltype(real)> twin(random, axes);
            const auto conditions = random_conditions(random, axes, 0);
            const Complex factor = random_complex(random);
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i)
                if (holds(conditions, i)) twin.plain[i] *= factor;
            twin.state.scale(factor, conditions);
            ASSERT_LT(twin.error(), tolerance()) << axes << " axes, trial " << trial;
        }
    });
}

TEST_P(Kernels, weight_sums_where_conditions_hold) {
    in_precision([&](auto real) {
        Random random(2);
        for (int trial = 0; trial < 300; ++trial) {
            const int axes = 1 + static_cast<int>(random.below(9));
            Twin<decltype(real)> twin(random, axes);
            const auto conditions = random_conditions(random, axes, 0);
            double expected = 0;
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i)
                if (holds(conditions, i)) expected += std::norm(twin.plain[i]);
            ASSERT_NEAR(twin.state.weight(conditions), expected, 100 * tolerance());
        }
    });
}

TEST_P(Kernels, shift_swaps_pairs_where_conditions_hold) {
    in_precision([&](auto real) {
        Random random(3);
        for (int trial = 0; trial < 400; ++trial) {
            const int axes = 1 + static_cast<int>(random.below(9));
            Twin<decltype(real)> twin(random, axes);
            std::uint64_t shift = random() & (twin.state.size() - 1);
            if (random.below(2) == 0) shift = std::bit_floor(shift);
            auto conditions = random_conditions(random, axes, 0);
            std::erase_if(conditions, [&](auto c) { return odd_parity(c.mask & shift); });
            auto expected = twin.plain;
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i)
                if (holds(conditions, i)) expected[i ^ shift] = twin.plain[i];
            twin.plain = expected;
            twin.state.shift(shift, conditions);
            ASSERT_LT(twin.error(), tolerance()) << axes << " axes, trial " << trial;
        }
    });
}

TEST_P(Kernels, pair_gate_mixes_an_index_with_its_shift) {
    in_precision([&](auto real) {
        Random random(4);
        for (int trial = 0; trial < 600; ++trial) {
            const int axes = 1 + static_cast<int>(random.below(9));
            Twin<decltype(real)> twin(random, axes);
            std::uint64_t shift = 0, parity = 0;
            while (!odd_parity(shift & parity)) {
                shift = random() & (twin.state.size() - 1);
                parity = random() & (twin.state.size() - 1);
                if (trial % 2 == 0) shift = parity = std::bit_floor(shift);
            }
            const bool inverted = random.below(2) == 1;
            auto conditions = random_conditions(random, axes, 0);
            std::erase_if(conditions, [&](auto c) { return odd_parity(c.mask & shift); });
            const Matrix m = random_matrix(random, 1);
            auto expected = twin.plain;
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i) {
                if (!holds(conditions, i)) continue;
                const std::size_t b = odd_parity(parity & i) != inverted ? 1 : 0;
                expected[i] = m(b, b) * twin.plain[i] + m(b, 1 - b) * twin.plain[i ^ shift];
            }
            twin.plain = expected;
            twin.state.apply_pair(shift, parity, inverted,
                                  {m.data[0], m.data[1], m.data[2], m.data[3]}, conditions);
            ASSERT_LT(twin.error(), tolerance()) << axes << " axes, trial " << trial;
        }
    });
}

TEST_P(Kernels, matrices_of_every_width_match_the_reference) {
    in_precision([&](auto real) {
        Random random(5);
        for (int trial = 0; trial < 300; ++trial) {
            const int width = 1 + trial % 6;
            const int axes = width + static_cast<int>(random.below(10 - width));
            Twin<decltype(real)> twin(random, axes);
            const auto targets = random_axes(random, axes, width);
            std::uint64_t used = 0;
            for (const int t : targets) used |= std::uint64_t{1} << t;
            const auto conditions = random_conditions(random, axes, used);
            const Matrix m = random_matrix(random, width);
            ReferenceState reference(axes);
            reference.amplitudes() = twin.plain;
            reference.apply(m, targets);
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i)
                if (holds(conditions, i)) twin.plain[i] = reference.amplitudes()[i];
            twin.state.apply(m, targets, conditions);
            ASSERT_LT(twin.error(), 20 * tolerance()) << axes << " axes, trial " << trial;
        }
    });
}

TEST_P(Kernels, removing_an_axis_keeps_the_chosen_half) {
    in_precision([&](auto real) {
        Random random(6);
        for (int trial = 0; trial < 200; ++trial) {
            const int axes = 1 + static_cast<int>(random.below(9));
            Twin<decltype(real)> twin(random, axes);
            const int axis = static_cast<int>(random.below(axes));
            const bool value = random.below(2) == 1;
            std::vector<Complex> kept(twin.plain.size() / 2);
            for (std::uint64_t i = 0; i < twin.plain.size(); ++i) {
                if ((i >> axis & 1) != value) continue;
                std::uint64_t j = i & ~(std::uint64_t{1} << (axes - 1));
                if (axis != axes - 1) {
                    j &= ~(std::uint64_t{1} << axis);
                    j |= (i >> (axes - 1) & 1) << axis;
                }
                kept[j] = 2.0 * twin.plain[i];
            }
            twin.plain = kept;
            twin.state.remove_axis(axis, value, 2.0);
            ASSERT_LT(twin.error(), tolerance()) << axes << " axes, axis " << axis;
            twin.state.add_axis();  // must come back empty
            twin.plain.resize(2 * twin.plain.size());
            ASSERT_LT(twin.error(), tolerance());
        }
    });
}

std::vector<Setting> settings() {
    std::vector<Setting> all;
    for (const std::string& name : kernels::instruction_sets())
        for (const bool single : {false, true}) all.push_back({name, single});
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Kernels, testing::ValuesIn(settings()), [](const auto& setting) {
    return setting.param.instruction_set + (setting.param.single_precision ? "_single" : "_double");
});

TEST(StateVector, results_are_the_same_for_every_thread_count) {
    std::vector<std::vector<Complex>> states;
    std::vector<double> weights;
    for (const int threads : {1, 2, 5}) {
        Random random(7);
        Twin<double> twin(random, 18, threads);
        twin.state.apply_one({0.6, 0.8, 0.8, -0.6}, 17);
        const std::vector<int> targets{3, 16};
        twin.state.apply(random_matrix(random, 2), targets);
        const std::vector<Condition> conditions{{1, true}};
        weights.push_back(twin.state.weight(conditions));
        states.push_back(twin.state.amplitudes());
    }
    EXPECT_EQ(states[0], states[1]);
    EXPECT_EQ(states[0], states[2]);
    EXPECT_EQ(weights[0], weights[1]);
    EXPECT_EQ(weights[0], weights[2]);
}

TEST(StateVector, wide_matrix_falls_back_to_the_plain_loop) {
    Random random(8);
    Twin<double> twin(random, 10);
    const std::vector<int> targets{9, 4, 5, 8, 7, 6};  // more high targets than the kernel takes
    const Matrix m = random_matrix(random, 6);
    ReferenceState reference(10);
    reference.amplitudes() = twin.plain;
    reference.apply(m, targets);
    twin.plain = reference.amplitudes();
    twin.state.apply(m, targets);
    EXPECT_LT(twin.error(), 1e-12);
}

TEST(StateVector, inner_product_matches_the_sum) {
    Random random(9);
    const Twin<double> a(random, 7), b(random, 7);
    EXPECT_LT(std::abs(a.state.inner(b.state) - inner_product(a.plain, b.plain)), 1e-12);
}

TEST(StateVector, shift_by_two_axes_that_differ_is_a_swap) {
    Random random(10);
    Twin<double> twin(random, 6);
    ReferenceState reference(6);
    reference.amplitudes() = twin.plain;
    const std::vector<int> operands{1, 5};
    reference.apply(gate_matrix(GateKind::kSwap, {}), operands);
    twin.plain = reference.amplitudes();
    const std::vector<Condition> differ{{0b100010, true}};
    twin.state.shift(0b100010, differ);
    EXPECT_LT(twin.error(), 1e-15);
}

TEST(StateVector, contradicting_conditions_select_nothing) {
    Random random(11);
    Twin<double> twin(random, 6);
    const std::vector<Condition> never{{0b11, true}, {0b100001, true}, {0b100010, true}};
    twin.state.scale(0.0, never);
    EXPECT_EQ(twin.error(), 0);
    EXPECT_EQ(twin.state.weight(never), 0);
}

TEST(StateVector, refuses_what_does_not_fit_before_allocating) {
    StateVector<double> state({.threads = 1, .max_memory_bytes = std::uint64_t{1} << 20});
    for (int a = 0; a < 16; ++a) state.add_axis();
    try {
        state.add_axis();
        FAIL() << "a state of 2 MiB was allowed in 1 MiB";
    } catch (const ResourceError& error) {
        EXPECT_NE(std::string(error.what()).find("needs 2.0 MiB"), std::string::npos)
            << error.what();
        EXPECT_NE(std::string(error.what()).find("16 qubits would fit"), std::string::npos);
    }
    EXPECT_EQ(state.axes(), 16);
    EXPECT_EQ(state.amplitude(0), Complex{1});
}

TEST(StateVector, unknown_instruction_set_is_an_input_error) {
    EXPECT_THROW(kernels::use_instruction_set("AVX9000"), InputError);
}

}  // namespace
}  // namespace carillon::engine
