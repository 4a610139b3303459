// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/reference.h"
#include "carillon/resource/engine/register.h"

namespace carillon::engine {
namespace {

using Handle = AffineFrame::Handle;

/// The same circuit on a register and on the reference simulator: every gate of the table, with
/// none to three controls, on random qubits. One-qubit gates on all qubits come first, so that all
/// are axes of the state and gates are held back and planned.
template <class Real>
class Both {
  public:
    Both(std::uint64_t seed, int qubits, int threads, bool physical)
        : random_(seed),
          qubits_(qubits),
          register_({.threads = threads, .physical = physical}),
          reference_(qubits) {
        for (int q = 0; q < qubits; ++q) handles_.push_back(register_.allocate());
        for (int q = 0; q < qubits; ++q) apply(GateKind::kU, 0, {q});
    }

    double error_after(int gates) {
        for (int k = 0; k < gates; ++k) random_gate();
        const auto amplitudes = register_.amplitudes(handles_);
        double worst = 0;
        for (std::size_t i = 0; i < amplitudes.size(); ++i)
            worst = std::max(worst, std::abs(amplitudes[i] - reference_.amplitudes()[i]));
        return worst;
    }
    double norm() const { return register_.affine().state().weight(); }

  private:
    void random_gate() {
        const auto kind =
            static_cast<GateKind>(random_.below(static_cast<int>(GateKind::kUnitary)));
        const int targets = gate_info(kind).targets;
        const int controls = random_.below(3) == 0 ? static_cast<int>(random_.below(4)) : 0;
        if (targets + controls == 0) return;
        std::vector<int> operands(qubits_);
        std::iota(operands.begin(), operands.end(), 0);
        for (int k = 0; k < targets + controls; ++k)
            std::swap(operands[k], operands[k + random_.below(qubits_ - k)]);
        operands.resize(targets + controls);
        apply(kind, controls, operands);
    }
    void apply(GateKind kind, int controls, const std::vector<int>& operands) {
        std::vector<double> angles;
        for (int k = 0; k < gate_info(kind).params; ++k)
            angles.push_back(4 * std::numbers::pi * (random_.uniform() - 0.5));
        std::vector<Handle> on;
        for (const int q : operands) on.push_back(handles_[q]);
        register_.gate(kind, controls, angles, on);
        reference_.apply(add_controls(gate_matrix(kind, angles), controls), operands);
    }

    Random random_;
    int qubits_;
    Register<Real> register_;
    ReferenceState reference_;
    std::vector<Handle> handles_;
};

class RandomCircuits : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override { kernels::use_instruction_set(GetParam()); }
    void TearDown() override { kernels::use_instruction_set(""); }
};

TEST_P(RandomCircuits, equal_the_reference_in_both_precisions) {
    constexpr int kGates = 50;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const int qubits = 10 + static_cast<int>(seed % 3);
        const int threads = seed % 2 == 0 ? 1 : 3;
        const bool physical = seed % 5 == 0;
        ASSERT_LT(Both<double>(seed, qubits, threads, physical).error_after(kGates), 2e-13) << seed;
        ASSERT_LT(Both<float>(seed, qubits, threads, physical).error_after(kGates), 5e-6) << seed;
    }
}

TEST_P(RandomCircuits, of_tiles_on_several_threads_equal_the_reference) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        ASSERT_LT(Both<double>(seed, 14, 4, false).error_after(120), 1e-12) << seed;
        ASSERT_LT(Both<float>(seed, 14, 4, false).error_after(120), 1e-5) << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(All, RandomCircuits, testing::ValuesIn(kernels::instruction_sets()),
                         [](const auto& set) { return set.param; });

TEST(RandomCircuits, single_precision_errors_grow_slowly_with_the_number_of_gates) {
    // Rounding adds like a random walk: a hundred times the gates, some ten times the error.
    const double few = Both<float>(1, 10, 1, false).error_after(40);
    const double many = Both<float>(1, 10, 1, false).error_after(4000);
    EXPECT_LT(many, 60 * few);
    EXPECT_LT(many, 1e-4);
    Both<double> exact(1, 10, 1, false);
    EXPECT_LT(exact.error_after(4000), 2e-12);
    EXPECT_NEAR(exact.norm(), 1, 1e-11);
}

TEST(RandomCircuits, results_do_not_depend_on_the_number_of_threads) {
    const auto amplitudes = [](int threads) {
        StateVector<double> state({.threads = threads});
        state.reset(15);
        Random random(3);
        for (int k = 0; k < 300; ++k) {
            const int axis = static_cast<int>(random.below(15));
            const double angle = 6 * random.uniform();
            state.apply_one({std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle)},
                            axis);
            const std::vector<Condition> both{{std::uint64_t{1} << axis, true},
                                              {std::uint64_t{1} << (axis + 1) % 15, true}};
            state.scale(std::polar(1.0, angle), both);
        }
        return state.amplitudes();
    };
    const auto one = amplitudes(1);
    for (const int threads : {2, 3, 8}) {
        const auto several = amplitudes(threads);
        for (std::size_t i = 0; i < one.size(); ++i)
            ASSERT_LT(std::abs(one[i] - several[i]), 1e-14) << threads;
    }
}

}  // namespace
}  // namespace carillon::engine
