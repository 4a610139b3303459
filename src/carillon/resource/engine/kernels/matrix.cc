// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/matrix.cc"
#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

/// A matrix split for the walk: targets among the vector bits become the rows and columns of a
/// small matrix of vectors; targets among the lanes become sums over lane flips with one
/// coefficient per lane.
template <class Real>
struct MatrixTable {
    using Lanes = std::array<Real, kBlock>;

    std::vector<std::uint64_t> vectors;  ///< vector number to add, by row of the high targets
    std::vector<LaneFlip<Real>> flips;   ///< by subset of the low targets
    std::vector<Lanes> memory;           ///< re, im by (row, column, flip)

    MatrixTable(const Matrix& m, std::span<const int> targets, int lane_bits) {
        std::vector<std::pair<int, int>> high, low;  // axis, operand
        for (std::size_t k = 0; k < targets.size(); ++k)
            (targets[k] < lane_bits ? low : high).emplace_back(targets[k], static_cast<int>(k));
        const std::size_t rows = std::size_t{1} << high.size();
        const std::size_t subsets = std::size_t{1} << low.size();
        const auto operand_bits = [](const auto& of, std::uint64_t subset) {
            std::uint64_t bits = 0;
            for (std::size_t k = 0; k < of.size(); ++k) bits |= (subset >> k & 1) << of[k].second;
            return bits;
        };
        for (std::size_t row = 0; row < rows; ++row) {
            std::uint64_t vector = 0;
            for (std::size_t k = 0; k < high.size(); ++k)
                vector |= (std::uint64_t{row} >> k & 1) << (high[k].first - lane_bits);
            vectors.push_back(vector);
        }
        for (std::size_t subset = 0; subset < subsets; ++subset) {
            std::uint64_t flip = 0;
            for (std::size_t k = 0; k < low.size(); ++k)
                flip |= (std::uint64_t{subset} >> k & 1) << low[k].first;
            flips.emplace_back(flip);
        }
        memory.resize(rows * rows * subsets * 2);
        for (std::size_t at = 0; at < rows * rows * subsets; ++at) {
            const std::size_t subset = at % subsets, col = at / subsets % rows,
                              row = at / subsets / rows;
            for (std::uint64_t lane = 0; lane < std::uint64_t{1} << lane_bits; ++lane) {
                std::uint64_t own = 0;
                for (std::size_t k = 0; k < low.size(); ++k) own |= (lane >> low[k].first & 1) << k;
                const Complex c = m(operand_bits(high, row) | operand_bits(low, own),
                                    operand_bits(high, col) | operand_bits(low, own ^ subset));
                memory[2 * at][lane] = static_cast<Real>(c.real());
                memory[2 * at + 1][lane] = static_cast<Real>(c.imag());
            }
        }
    }
};

template <class Real, int kHigh>
void matrix_with(StateView<Real> state, const Plan& plan, const MatrixTable<Real>& table) {
    constexpr int kRows = 1 << kHigh;
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const ActiveLanes<Real> active(plan);
    const std::size_t subsets = table.flips.size();
    Real* const data = state.data;
    const auto step = [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        HWY_ALIGN Real in[kRows * 2 * kBlock];
        const std::size_t half = hn::Lanes(d);
        for (int r = 0; r < kRows; ++r) {
            const auto v = load(d, data + vector_offset(vector ^ table.vectors[r], bits));
            hn::Store(v.re, d, in + (2 * r) * half);
            hn::Store(v.im, d, in + (2 * r + 1) * half);
        }
        const auto input = [&](int r) HWY_ATTR {
            return ComplexVector<Real>{hn::Load(d, in + (2 * r) * half),
                                       hn::Load(d, in + (2 * r + 1) * half)};
        };
        for (int r = 0; r < kRows; ++r) {
            ComplexVector<Real> sum{hn::Zero(d), hn::Zero(d)};
            const auto* c = table.memory.data() + std::size_t{2} * r * kRows * subsets;
            for (int col = 0; col < kRows; ++col) {
                const auto v = input(col);
                for (std::size_t subset = 0; subset < subsets; ++subset, c += 2) {
                    const ComplexVector<Real> coefficient{hn::LoadU(d, c[0].data()),
                                                          hn::LoadU(d, c[1].data())};
                    sum = multiply_add<Real>(coefficient,
                                             subset == 0 ? v : table.flips[subset](d, v), sum);
                }
            }
            if (plan.partial) sum = active.select(d, row, sum, input(r));
            store(d, sum, data + vector_offset(vector ^ table.vectors[r], bits));
        }
    };
    const std::size_t grain = (std::size_t{1} << 12) >> kHigh;
    state.for_chunks(plan.units(), grain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        walk(plan, begin, end, step);
    });
}

template <class Real>
bool matrix_all(StateView<Real> state, std::span<const int> targets, const Matrix& m,
                std::span<const Condition> conditions) {
    const int bits = lane_bits_of<Real>(Tag<Real>());
    std::uint64_t pivots = 0;
    for (const int t : targets) pivots |= std::uint64_t{1} << t;
    const int high = std::popcount(pivots >> bits);
    if (high > kMaxHighTargets || static_cast<int>(targets.size()) > kMaxTargets) return false;
    const Plan plan = make_plan(state.axes, bits, conditions, pivots);
    const MatrixTable<Real> table(m, targets, bits);
    switch (high) {
        case 0:
            matrix_with<Real, 0>(state, plan, table);
            break;
        case 1:
            matrix_with<Real, 1>(state, plan, table);
            break;
        case 2:
            matrix_with<Real, 2>(state, plan, table);
            break;
        case 3:
            matrix_with<Real, 3>(state, plan, table);
            break;
        default:
            matrix_with<Real, 4>(state, plan, table);
            break;
    }
    return true;
}

bool MatrixFloat(StateView<float> s, std::span<const int> t, const Matrix& m,
                 std::span<const Condition> c) {
    return matrix_all(s, t, m, c);
}
bool MatrixDouble(StateView<double> s, std::span<const int> t, const Matrix& m,
                  std::span<const Condition> c) {
    return matrix_all(s, t, m, c);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(MatrixFloat);
HWY_EXPORT(MatrixDouble);

template <>
bool matrix(StateView<float> state, std::span<const int> targets, const Matrix& m,
            std::span<const Condition> conditions) {
    return HWY_DYNAMIC_DISPATCH(MatrixFloat)(state, targets, m, conditions);
}
template <>
bool matrix(StateView<double> state, std::span<const int> targets, const Matrix& m,
            std::span<const Condition> conditions) {
    return HWY_DYNAMIC_DISPATCH(MatrixDouble)(state, targets, m, conditions);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
