// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/wide_matrix.h"

#include <algorithm>
#include <vector>

namespace carillon::engine {

namespace {

constexpr std::size_t kGrain = 1 << 14;  ///< amplitudes per chunk

template <class Real>
void by_columns(kernels::StateView<Real> state, const Matrix& matrix, std::span<const int> targets,
                std::span<const Condition> conditions) {
    std::vector<int> sorted(targets.begin(), targets.end());
    std::ranges::sort(sorted);
    std::vector<std::uint64_t> offsets(matrix.dim());
    for (std::size_t row = 0; row < matrix.dim(); ++row)
        for (std::size_t k = 0; k < targets.size(); ++k)
            offsets[row] |= (std::uint64_t{row} >> k & 1) << targets[k];
    const auto at = [&](std::uint64_t index) { return state.data + kernels::offset_of(index); };
    const auto chunk = [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> in(matrix.dim());
        for (std::size_t unit = begin; unit < end; ++unit) {
            std::uint64_t base = unit;
            for (const int t : sorted) {
                const std::uint64_t low = (std::uint64_t{1} << t) - 1;
                base = (base & ~low) << 1 | (base & low);
            }
            if (!std::ranges::all_of(conditions, [&](const Condition& c) {
                    return odd_parity(c.mask & base) == c.odd;
                }))
                continue;
            for (std::size_t row = 0; row < matrix.dim(); ++row) {
                const Real* const from = at(base | offsets[row]);
                in[row] = {static_cast<double>(from[0]),
                           static_cast<double>(from[kernels::kBlock])};
            }
            for (std::size_t row = 0; row < matrix.dim(); ++row) {
                Complex sum = 0;
                for (std::size_t col = 0; col < matrix.dim(); ++col)
                    sum += matrix(row, col) * in[col];
                Real* const to = at(base | offsets[row]);
                to[0] = static_cast<Real>(sum.real());
                to[kernels::kBlock] = static_cast<Real>(sum.imag());
            }
        }
    };
    state.for_chunks((std::uint64_t{1} << state.axes) >> targets.size(),
                     std::max<std::size_t>(kGrain >> targets.size(), 1), chunk);
}

}  // namespace

template <class Real>
void wide_matrix(kernels::StateView<Real> state, const Matrix& matrix, std::span<const int> targets,
                 std::span<const Condition> conditions) {
    if (!kernels::matrix(state, targets, matrix, conditions))
        by_columns(state, matrix, targets, conditions);
}

template void wide_matrix(kernels::StateView<float>, const Matrix&, std::span<const int>,
                          std::span<const Condition>);
template void wide_matrix(kernels::StateView<double>, const Matrix&, std::span<const int>,
                          std::span<const Condition>);

}  // namespace carillon::engine
