// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {
namespace {

/// A state of the engine and the same amplitudes in a plain vector, each operation written down
/// directly from its definition.
template <class Real>
class Twin {
  public:
    Twin(Random& random, int axes, int threads)
        : state({.threads = threads}), plain_(std::size_t{1} << axes) {
        for (int a = 0; a < axes; ++a) state.add_axis();
        double norm = 0;
        for (Complex& v : plain_) {
            v = {random.uniform() - 0.5, random.uniform() - 0.5};
            norm += std::norm(v);
        }
        for (std::uint64_t i = 0; i < plain_.size(); ++i)
            state.set_amplitude(i, plain_[i] /= std::sqrt(norm));
    }
    void scale(Complex factor, std::span<const Condition> where) {
        state.scale(factor, where);
        for (std::uint64_t i = 0; i < plain_.size(); ++i)
            if (holds(where, i)) plain_[i] *= factor;
    }
    void shift(std::uint64_t by, std::span<const Condition> where) {
        state.shift(by, where);
        const auto before = plain_;
        for (std::uint64_t i = 0; i < plain_.size(); ++i)
            if (holds(where, i)) plain_[i ^ by] = before[i];
    }
    void pair(std::uint64_t by, std::uint64_t parity, bool inverted, const Matrix2& m,
              std::span<const Condition> where) {
        state.apply_pair(by, parity, inverted, m, where);
        const auto before = plain_;
        for (std::uint64_t i = 0; i < plain_.size(); ++i) {
            if (!holds(where, i)) continue;
            const std::size_t row = odd_parity(parity & i) != inverted ? 1 : 0;
            plain_[i] = m[3 * row] * before[i] + m[row + 1] * before[i ^ by];
        }
    }
    void matrix(const Matrix& m, std::span<const int> targets, std::span<const Condition> where) {
        state.apply(m, targets, where);
        const auto before = plain_;
        for (std::uint64_t i = 0; i < plain_.size(); ++i) {
            if (!holds(where, i)) continue;
            const auto operand = [&](std::uint64_t x) {
                std::size_t bits = 0;
                for (std::size_t k = 0; k < targets.size(); ++k) bits |= (x >> targets[k] & 1) << k;
                return bits;
            };
            Complex sum = 0;
            for (std::size_t col = 0; col < m.dim(); ++col) {
                std::uint64_t from = i;
                for (std::size_t k = 0; k < targets.size(); ++k) {
                    from &= ~(std::uint64_t{1} << targets[k]);
                    from |= (std::uint64_t{col} >> k & 1) << targets[k];
                }
                sum += m(operand(i), col) * before[from];
            }
            plain_[i] = sum;
        }
    }
    double error() const {
        double worst = 0;
        const auto amplitudes = state.amplitudes();
        for (std::uint64_t i = 0; i < plain_.size(); ++i)
            worst = std::max(worst, std::abs(amplitudes[i] - plain_[i]));
        return worst;
    }

    StateVector<Real> state;

  private:
    static bool holds(std::span<const Condition> where, std::uint64_t i) {
        for (const Condition& c : where)
            if (odd_parity(c.mask & i) != c.odd) return false;
        return true;
    }
    std::vector<Complex> plain_;
};

Matrix2 random_unitary(Random& random) {
    const double angle = random.uniform() * std::numbers::pi;
    const Complex a = std::polar(std::cos(angle), 6.28 * random.uniform());
    const Complex b = std::polar(std::sin(angle), 6.28 * random.uniform());
    const Complex phase = std::polar(1.0, 6.28 * random.uniform());
    return {a, -std::conj(b) * phase, b, std::conj(a) * phase};
}

/// Random operations of every kind, the common ones often.
template <class Real>
class RandomRun {
  public:
    RandomRun(std::uint64_t seed, int axes, int threads)
        : random_(seed), axes_(axes), twin_(random_, axes, threads) {}

    double error_after(int operations) {
        for (int k = 0; k < operations; ++k) one();
        return twin_.error();
    }

  private:
    std::uint64_t bit(int axis) const { return std::uint64_t{1} << axis; }
    std::vector<int> axes(int count) {
        std::vector<int> all(axes_);
        std::iota(all.begin(), all.end(), 0);
        for (int k = 0; k < count; ++k) std::swap(all[k], all[k + random_.below(axes_ - k)]);
        all.resize(count);
        return all;
    }
    std::vector<Condition> on(std::span<const int> list) {
        std::vector<Condition> where;
        for (const int a : list) where.push_back({bit(a), random_.below(4) != 0});
        return where;
    }
    Complex unit() { return std::polar(1.0, 6.28 * random_.uniform()); }

    void one() {
        constexpr double h = std::numbers::sqrt2 / 2;
        const auto q = axes(5);
        const std::span<const int> some = std::span(q).first(random_.below(4));
        const std::uint64_t a = bit(q[4]);
        switch (random_.below(19)) {
            case 0:
            case 1:
            case 2:
                return twin_.pair(a, a, random_.below(2) == 0, random_unitary(random_), {});
            case 3:
                return twin_.pair(a, a, false, {h, h, h, -h}, {});
            case 4:
                return twin_.pair(a, a, false, {0, 1, Complex{0, 1}, 0}, {});
            case 5:
            case 6:
                return twin_.scale(unit(), on(std::span(q).first(1 + random_.below(2))));
            case 7:
                return twin_.scale(random_.below(2) == 0 ? unit() : -1.0, on(some));
            case 8:
                return twin_.scale(
                    unit(), std::vector<Condition>{{bit(q[0]), true}, {bit(q[1]) | a, true}});
            case 9:
            case 10:
                return twin_.shift(a, on(some));
            case 11:
                return twin_.pair(a, a, false, random_unitary(random_), on(some));
            case 12: {
                const std::vector<Condition> differ{{bit(q[0]) | bit(q[1]), true}};
                return twin_.shift(bit(q[0]) | bit(q[1]), differ);
            }
            case 13: {
                const std::uint64_t by = random_() & (bit(axes_) - 1) & ~bit(q[0]);
                return twin_.pair(by | a, a, true, random_unitary(random_), on({q.data(), 1}));
            }
            case 14: {
                Matrix m = Matrix::identity(2 + static_cast<int>(random_.below(2)));
                for (Complex& v : m.data)
                    v = Complex{random_.uniform() - 0.5, random_.uniform() - 0.5} * 0.7;
                return twin_.matrix(m, std::span(q).first(m.qubits), on({q.data() + 3, 1}));
            }
            case 15:
            case 16:
                return on_one_pair(q[0], q[1]);
            case 17: {
                constexpr std::array kinds{GateKind::kSwap, GateKind::kIswap, GateKind::kEcr,
                                           GateKind::kRxx};
                const GateKind kind = kinds[random_.below(kinds.size())];
                const std::array<double, 1> angle{random_.uniform() * 6};
                const auto angles = std::span(angle).first(kind == GateKind::kRxx ? 1 : 0);
                return twin_.matrix(gate_matrix(kind, angles), std::span(q).first(2), {});
            }
            default:  // not unitary
                return twin_.pair(a, a, false, {1, 0.5, 0, Complex{0.25, 0.5}}, {});
        }
    }

    /// Gates on one and on both of two axes, which together are any unitary on them.
    void on_one_pair(int a, int b) {
        for (std::uint64_t k = 1 + random_.below(3); k-- > 0;) {
            for (const int t : {a, b})
                if (random_.below(5) != 0)
                    twin_.pair(bit(t), bit(t), false, random_unitary(random_), {});
            const std::vector<Condition> on_a{{bit(a), random_.below(4) != 0}};
            const std::vector<Condition> differ{{bit(a) | bit(b), true}};
            switch (random_.below(4)) {
                case 0:
                    twin_.shift(bit(b), on_a);
                    break;
                case 1:
                    twin_.scale(unit(), differ);
                    break;
                case 2:
                    twin_.pair(bit(b), bit(b), false, random_unitary(random_), on_a);
                    break;
                default:
                    twin_.scale(-1, std::vector<Condition>{{bit(a), true}, {bit(b), true}});
            }
        }
        twin_.pair(bit(a), bit(a), false, random_unitary(random_), {});
    }

    Random random_;
    int axes_;
    Twin<Real> twin_;
};

class PassesOn : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override { kernels::use_instruction_set(GetParam()); }
    void TearDown() override { kernels::use_instruction_set(""); }
};

TEST_P(PassesOn, random_operations_give_what_their_definitions_give) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const int axes = 10 + static_cast<int>(seed % 5);
        const int threads = seed % 3 == 0 ? 1 : 4;
        ASSERT_LT(RandomRun<double>(seed, axes, threads).error_after(80), 1e-12) << seed;
        ASSERT_LT(RandomRun<float>(seed, axes, threads).error_after(80), 3e-5) << seed;
    }
}

TEST(Passes, a_gate_that_is_diagonal_up_to_rounding_keeps_its_phase) {
    Random random(11);
    for (double small = 1e-9; small > 1e-16; small /= 10) {
        Twin<double> twin(random, 10, 1);
        const auto noise = [&] {
            return Complex{random.uniform() - 0.5, random.uniform() - 0.5} * small;
        };
        for (int axis = 0; axis < 10; ++axis) {
            const std::uint64_t bit = std::uint64_t{1} << axis;
            const Complex phase = std::polar(1.0, 6.28 * random.uniform());
            twin.pair(bit, bit, false, {1, noise(), noise(), phase}, {});
            twin.scale(-1, std::vector<Condition>{{bit, true}, {1023 - bit, true}});
            twin.pair(bit, bit, false, {noise(), phase, 1, noise()}, {});
            twin.scale(-1, std::vector<Condition>{{bit, true}, {1023 - bit, true}});
        }
        EXPECT_LT(twin.error(), 1e-12 + 20 * small) << small;
    }
}

TEST(Passes, what_rotations_owe_is_paid_before_single_precision_overflows) {
    // Each rotation leaves a factor of sqrt 2 owed, and no phase comes between to pay it with.
    constexpr int kAxes = 11, kLayers = 40;
    constexpr double h = std::numbers::sqrt2 / 2;
    StateVector<float> state({.threads = 1});
    state.reset(kAxes);
    const Matrix toffoli = add_controls(gate_matrix(GateKind::kX, {}), 2);
    for (int layer = 0; layer < kLayers; ++layer)
        for (int axis = 0; axis < kAxes; ++axis) {
            state.apply_one({h, -h, h, h}, axis);
            state.apply(toffoli, std::array{axis, (axis + 1) % kAxes, (axis + 2) % kAxes});
        }
    EXPECT_NEAR(state.weight(), 1, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, PassesOn, testing::ValuesIn(kernels::instruction_sets()),
                         [](const auto& set) { return set.param; });

}  // namespace
}  // namespace carillon::engine
