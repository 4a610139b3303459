// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/outcome_weights.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::kBlockBits;
using kernels::offset_of;

namespace {

constexpr int kFewBits = 12, kManyBits = 15;  ///< of a block: its weights stay in the cache
constexpr int kInnerBits = 10;
constexpr int kPartBits = 6;   ///< of a block that is the sum of many amplitudes
constexpr int kFewBlocks = 4;  ///< as a power of two; more of them occupy threads by themselves

/// Rows over GF(2) with their highest bits as pivots, which no other row has.
struct Echelon {
    struct Row {
        std::uint64_t bits;
        std::uint64_t combination;  ///< of the rows given
    };
    std::vector<Row> rows;
    std::uint64_t pivots = 0;

    explicit Echelon(std::span<const std::uint64_t> given) {
        for (std::size_t k = 0; k < given.size(); ++k) {
            Row row{given[k], std::uint64_t{1} << k};
            for (const Row& r : rows)
                if ((row.bits & std::bit_floor(r.bits)) != 0) subtract(row, r);
            for (Row& r : rows)
                if ((r.bits & std::bit_floor(row.bits)) != 0) subtract(r, row);
            rows.push_back(row);
            pivots |= std::bit_floor(row.bits);
        }
    }
    static void subtract(Row& from, const Row& row) {
        from.bits ^= row.bits;
        from.combination ^= row.combination;
    }
};

}  // namespace

template <class Real>
auto OutcomeWeights<Real>::place_of(std::uint64_t x, std::span<const std::uint64_t> rows) const
    -> Place {
    Place place{x, 0};
    for (int b = 0; b < block_bits_; ++b)
        place.outcome |= std::uint64_t{odd_parity(rows[b] & x)} << b;
    return place;
}

template <class Real>
OutcomeWeights<Real>::OutcomeWeights(const Real* stored, int real_axes, int axes,
                                     std::span<const std::uint64_t> rows, std::uint64_t constant)
    : stored_(stored),
      real_mask_((std::uint64_t{1} << real_axes) - 1),
      share_(std::ldexp(1.0, real_axes - axes)) {
    const int rank = static_cast<int>(rows.size());
    block_bits_ = std::min(rank, std::clamp(rank - kFewBits, kFewBits, kManyBits));
    high_bits_ = rank - block_bits_;
    constant_ = {0, constant & (block_size() - 1)};
    high_constant_ = constant >> block_bits_;
    const Echelon echelon(rows.subspan(block_bits_));
    for (int bit = 0; bit < high_bits_; ++bit) {
        std::uint64_t x = 0;
        for (const Echelon::Row& row : echelon.rows)
            if ((row.combination >> bit & 1) != 0) x |= std::bit_floor(row.bits);
        to_block_.push_back(place_of(x, rows));
    }
    // A vector of the subspace for every axis that is no pivot, low axes first.
    for (int axis = 0; axis < axes; ++axis) {
        const std::uint64_t own = std::uint64_t{1} << axis;
        if ((echelon.pivots & own) != 0) continue;
        std::uint64_t x = own;
        for (const Echelon::Row& row : echelon.rows)
            if ((row.bits & own) != 0) x |= std::bit_floor(row.bits);
        outer_.push_back(place_of(x, rows));
    }
    const auto inner = std::min<std::ptrdiff_t>(kInnerBits, std::ssize(outer_));
    aligned_ = real_axes >= kBlockBits && inner >= kBlockBits;
    for (int bit = 0; aligned_ && bit < kBlockBits; ++bit)
        aligned_ = outer_[bit].x == std::uint64_t{1} << bit;
    inner_.resize(std::size_t{1} << inner);
    for (std::size_t k = 1; k < inner_.size(); ++k) {
        inner_[k] = inner_[k & (k - 1)];
        inner_[k] ^= outer_[std::countr_zero(k)];
    }
    outer_.erase(outer_.begin(), outer_.begin() + inner);
    if (high_bits_ < kFewBlocks) part_bits_ = std::min<int>(kPartBits, std::ssize(outer_));
}

/// Calls visit(place) where the inner part begins, for every combination of the outer vectors in
/// a part.
template <class Real>
template <class Visit>
void OutcomeWeights<Real>::for_runs(std::uint64_t block, std::uint64_t part,
                                    const Visit& visit) const {
    Place place = constant_;
    for (std::uint64_t h = block ^ high_constant_; h != 0; h &= h - 1)
        place ^= to_block_[std::countr_zero(h)];
    const auto shared = std::ssize(outer_) - part_bits_;
    for (std::uint64_t p = part; p != 0; p &= p - 1) place ^= outer_[shared + std::countr_zero(p)];
    visit(place);
    for (std::uint64_t k = 1; k < std::uint64_t{1} << shared; ++k) {  // in Gray code
        place ^= outer_[std::countr_zero(k)];
        visit(place);
    }
}

template <class Real>
double OutcomeWeights<Real>::weight(std::uint64_t block, std::uint64_t part) const {
    double sum = 0;
    for_runs(block, part, [&](const Place& at) {
        std::array<Real, kBlock> sums{};
        if (aligned_) {
            for (std::size_t k = 0; k < inner_.size(); k += kBlock) {
                const Real* a = stored_ + offset_of((at.x ^ inner_[k].x) & real_mask_);
                for (std::size_t l = 0; l < kBlock; ++l)
                    sums[l] += a[l] * a[l] + a[kBlock + l] * a[kBlock + l];
            }
        } else {
            for (std::size_t k = 0; k < inner_.size(); ++k) {
                const Real* a = stored_ + offset_of((at.x ^ inner_[k].x) & real_mask_);
                sums[k % kBlock] += a[0] * a[0] + a[kBlock] * a[kBlock];
            }
        }
        for (const Real s : sums) sum += static_cast<double>(s);
    });
    return sum * share_;
}

template <class Real>
void OutcomeWeights<Real>::add(std::uint64_t block, std::uint64_t part,
                               std::span<double> weights) const {
    for_runs(block, part, [&](const Place& at) {
        if (!aligned_) {
            for (const Place& in : inner_) {
                const Real* a = stored_ + offset_of((at.x ^ in.x) & real_mask_);
                const Real norm = a[0] * a[0] + a[kBlock] * a[kBlock];
                weights[at.outcome ^ in.outcome] += share_ * static_cast<double>(norm);
            }
            return;
        }
        for (std::size_t k = 0; k < inner_.size(); k += kBlock) {
            const Real* a = stored_ + offset_of((at.x ^ inner_[k].x) & real_mask_);
            std::array<double, kBlock> norms{};
            for (std::size_t l = 0; l < kBlock; ++l)
                norms[l] = static_cast<double>(a[l] * a[l] + a[kBlock + l] * a[kBlock + l]);
            const std::uint64_t outcome = at.outcome ^ inner_[k].outcome;
            for (std::size_t l = 0; l < kBlock; ++l)
                weights[outcome ^ inner_[l].outcome] += share_ * norms[l];
        }
    });
}

template class OutcomeWeights<float>;
template class OutcomeWeights<double>;

}  // namespace carillon::engine
