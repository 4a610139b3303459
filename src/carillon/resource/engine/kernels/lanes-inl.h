// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set by the kernels; hence this guard instead of #pragma once.
#if defined(CARILLON_ENGINE_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CARILLON_ENGINE_LANES_INL_H
#undef CARILLON_ENGINE_LANES_INL_H
#else
#define CARILLON_ENGINE_LANES_INL_H
#endif

#include <algorithm>
#include <array>
#include <cstdint>

#include "carillon/resource/engine/kernels/plan.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class Real>
using Tag = hn::CappedTag<Real, kBlock>;

template <class Real>
HWY_INLINE int lane_bits_of(Tag<Real> d) {
    return std::countr_zero(hn::Lanes(d));
}

/// Where vector number `vector` stands, counted in reals.
HWY_INLINE std::uint64_t vector_offset(std::uint64_t vector, int lane_bits) {
    return offset_of(vector << lane_bits);
}

template <class Real>
struct ComplexVector {
    hn::Vec<Tag<Real>> re, im;
};

template <class Real>
HWY_INLINE ComplexVector<Real> load(Tag<Real> d, const Real* at) {
    return {hn::Load(d, at), hn::Load(d, at + kBlock)};
}

template <class Real>
HWY_INLINE void store(Tag<Real> d, ComplexVector<Real> v, Real* at) {
    hn::Store(v.re, d, at);
    hn::Store(v.im, d, at + kBlock);
}

template <class Real>
HWY_INLINE ComplexVector<Real> multiply(ComplexVector<Real> a, ComplexVector<Real> b) {
    return {hn::NegMulAdd(a.im, b.im, hn::Mul(a.re, b.re)),
            hn::MulAdd(a.im, b.re, hn::Mul(a.re, b.im))};
}

/// sum + a * b.
template <class Real>
HWY_INLINE ComplexVector<Real> multiply_add(ComplexVector<Real> a, ComplexVector<Real> b,
                                            ComplexVector<Real> sum) {
    return {hn::NegMulAdd(a.im, b.im, hn::MulAdd(a.re, b.re, sum.re)),
            hn::MulAdd(a.im, b.re, hn::MulAdd(a.re, b.im, sum.im))};
}

/// Lane l of the result is lane l ^ flip of v.
template <class Real>
struct LaneFlip {
    HWY_ALIGN std::array<hwy::MakeSigned<Real>, kBlock> index{};

    LaneFlip() = default;
    explicit LaneFlip(std::uint64_t flip) {
        for (std::uint64_t lane = 0; lane < kBlock; ++lane)
            index[lane] = static_cast<hwy::MakeSigned<Real>>(lane ^ flip);
    }
    HWY_INLINE ComplexVector<Real> operator()(Tag<Real> d, ComplexVector<Real> v) const {
        const auto table = hn::SetTableIndices(d, index.data());
        return {hn::TableLookupLanes(v.re, table), hn::TableLookupLanes(v.im, table)};
    }
};

/// The rows of Plan::active as numbers, 1 in active lanes.
template <class Real>
struct ActiveLanes {
    HWY_ALIGN std::array<std::array<Real, kBlock>, 16> rows{};

    explicit ActiveLanes(const Plan& plan) {
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (std::size_t lane = 0; lane < kBlock; ++lane)
                rows[row][lane] = (plan.active[row] >> lane & 1) != 0 ? Real{1} : Real{0};
    }
    /// `yes` in active lanes, `no` elsewhere.
    HWY_INLINE ComplexVector<Real> select(Tag<Real> d, unsigned row, ComplexVector<Real> yes,
                                          ComplexVector<Real> no) const {
        const auto mask = hn::Ne(hn::Load(d, rows[row].data()), hn::Zero(d));
        return {hn::IfThenElse(mask, yes.re, no.re), hn::IfThenElse(mask, yes.im, no.im)};
    }
};

/// Calls step(vector, row) for the steps [begin, end) of a walk that have active lanes.
template <class Step>
HWY_INLINE void walk(const Plan& plan, std::uint64_t begin, std::uint64_t end, const Step& step) {
    const std::uint64_t run = plan.run();
    const bool plain = plan.checks.empty() && plan.mixed.empty();
    if (plain && plan.active[0] == 0) return;
    while (begin < end) {
        const std::uint64_t first = plan.vector_at(begin);
        const std::uint64_t length = std::min(end - begin, run - (begin & (run - 1)));
        if (plain) {
            for (std::uint64_t k = 0; k < length; ++k) step(first + k, 0U);
        } else {
            for (std::uint64_t k = 0; k < length; ++k) {
                if (!plan.checked(first + k)) continue;
                const unsigned row = plan.row(first + k);
                if (plan.active[row] != 0) step(first + k, row);
            }
        }
        begin += length;
    }
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
