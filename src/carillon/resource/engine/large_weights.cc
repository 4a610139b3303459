// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/large_weights.h"

#include <algorithm>
#include <array>
#include <bit>

#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::kBlockBits;

namespace {

constexpr int kMostHighBits = 18;  ///< blocks are counted by this many bits at most
constexpr std::uint64_t kShares =
    8;  ///< of a piece, each with its own sums; fixed, so that sums are

}  // namespace

template <class Real>
LargeWeights<Real>::LargeWeights(LargeState<Real>& state, ThreadTeam& team, int axes,
                                 std::span<const std::uint64_t> rows, std::uint64_t constant)
    : state_(state), team_(team), constant_(constant), free_sums_{0} {
    const int bits = static_cast<int>(rows.size());
    high_bits_ = std::min(bits, kMostHighBits);
    block_bits_ = bits - high_bits_;
    for (int axis = 0; axis < axes; ++axis) {
        std::uint64_t column = 0;
        for (int b = 0; b < bits; ++b)
            column |= (rows[static_cast<std::size_t>(b)] >> axis & 1) << b;
        if (axis < state.axes()) {
            columns_.push_back(column);
            continue;
        }
        const std::size_t before = free_sums_.size();
        for (std::size_t k = 0; k < before; ++k) free_sums_.push_back(free_sums_[k] ^ column);
    }
}

/// Adds every amplitude's weight to sums[bin_of_block[outcome's block] << shift | rest], rest being
/// the lowest `shift` bits of the outcome; blocks with a negative bin are left out.
template <class Real>
void LargeWeights<Real>::visit(std::size_t bins, const std::vector<std::int32_t>& bin_of_block,
                               int shift, std::vector<double>& sums) {
    const double share = 1.0 / static_cast<double>(free_sums_.size());
    const std::uint64_t rest_mask = (std::uint64_t{1} << shift) - 1;
    const auto look = [&](const Piece<Real>& piece) {
        std::uint64_t base = constant_;
        for (std::uint64_t rest = piece.outside; rest != 0; rest &= rest - 1)
            base ^= columns_[static_cast<std::size_t>(std::countr_zero(rest))];
        const auto column = [&](int place) {
            return columns_[static_cast<std::size_t>(
                piece.axis_at[static_cast<std::size_t>(place)])];
        };
        std::array<std::uint64_t, kBlock> lanes{};
        for (std::uint64_t lane = 1; lane < kBlock; ++lane)
            lanes[lane] = lanes[lane & (lane - 1)] ^ column(std::countr_zero(lane));
        const std::uint64_t stretches = std::uint64_t{1} << (piece.axis_at.size() - kBlockBits);
        const std::uint64_t grain = (stretches + kShares - 1) / kShares;
        std::vector<std::vector<double>> parts((stretches + grain - 1) / grain);
        team_.parallel_for(stretches, grain, [&](std::size_t begin, std::size_t end) {
            std::vector<double>& part = parts[begin / grain];
            part.resize(bins);
            std::uint64_t outcome = base;
            for (std::uint64_t rest = begin; rest != 0; rest &= rest - 1)
                outcome ^= column(kBlockBits + std::countr_zero(rest));
            for (std::uint64_t at = begin; at < end; ++at) {
                const Real* const from = piece.stored + at * 2 * kBlock;
                for (std::uint64_t lane = 0; lane < kBlock; ++lane) {
                    const auto re = static_cast<double>(from[lane]);
                    const auto im = static_cast<double>(from[lane + kBlock]);
                    const double weight = (re * re + im * im) * share;
                    if (weight == 0) continue;
                    for (const std::uint64_t free : free_sums_) {
                        const std::uint64_t o = outcome ^ lanes[lane] ^ free;
                        const std::int32_t bin = bin_of_block[o >> block_bits_];
                        if (bin >= 0)
                            part[static_cast<std::size_t>(bin) << shift | (o & rest_mask)] +=
                                weight;
                    }
                }
                if (at + 1 == end) break;
                for (std::uint64_t change = at ^ (at + 1); change != 0; change &= change - 1)
                    outcome ^= column(kBlockBits + std::countr_zero(change));
            }
        });
        for (const auto& part : parts)
            for (std::size_t k = 0; k < part.size(); ++k) sums[k] += part[k];
    };
    state_.collect(0, look, sums);
}

template <class Real>
std::vector<double> LargeWeights<Real>::sums() {
    std::vector<std::int32_t> all(blocks());
    for (std::size_t b = 0; b < all.size(); ++b) all[b] = static_cast<std::int32_t>(b);
    std::vector<double> sums(blocks());
    visit(sums.size(), all, 0, sums);
    return sums;
}

template <class Real>
std::vector<double> LargeWeights<Real>::weights(std::span<const std::uint64_t> list) {
    std::vector<std::int32_t> bins(blocks(), -1);
    for (std::size_t k = 0; k < list.size(); ++k) bins[list[k]] = static_cast<std::int32_t>(k);
    std::vector<double> weights(list.size() << block_bits_);
    visit(weights.size(), bins, block_bits_, weights);
    return weights;
}

template class LargeWeights<float>;
template class LargeWeights<double>;

}  // namespace carillon::engine
