// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/collapse.cc"
#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

/// Sum of |v|^2 over the steps [begin, end); at most kSumGrain vectors, so that single precision
/// adds few numbers before the total goes to double.
template <class Real>
HWY_INLINE double weight_of_chunk(const Real* data, const Plan& plan,
                                  const ActiveLanes<Real>& active, std::uint64_t begin,
                                  std::uint64_t end) {
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const ComplexVector<Real> zero{hn::Zero(d), hn::Zero(d)};
    auto re = hn::Zero(d), im = hn::Zero(d);
    walk(plan, begin, end, [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        auto v = load(d, data + vector_offset(vector, bits));
        if (plan.partial) v = active.select(d, row, v, zero);
        re = hn::MulAdd(v.re, v.re, re);
        im = hn::MulAdd(v.im, v.im, im);
    });
    HWY_ALIGN std::array<Real, kBlock> lanes{};
    hn::Store(hn::Add(re, im), d, lanes.data());
    double sum = 0;
    for (const Real lane : lanes) sum += static_cast<double>(lane);
    return sum;
}

template <class Real>
double weight_all(StateView<Real> state, std::span<const Condition> conditions) {
    constexpr std::size_t kSumGrain = 1 << 8;
    constexpr std::size_t kGrain = 1 << 12;
    const int bits = lane_bits_of<Real>(Tag<Real>());
    const Plan plan = make_plan(state.axes, bits, conditions, 0);
    const ActiveLanes<Real> active(plan);
    std::vector<double> sums(plan.units() / kGrain + 1);
    const Real* const data = state.data;
    state.for_chunks(plan.units(), kGrain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        double sum = 0;
        for (std::size_t at = begin; at < end; at += kSumGrain)
            sum += weight_of_chunk(data, plan, active, at, std::min(at + kSumGrain, end));
        sums[begin / kGrain] = sum;
    });
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
}

/// Lane l takes lane (l with bit `axis` set to `value`) of a where that bit of l is 0, of b where
/// it is 1.
template <class Real>
struct LaneMerge {
    HWY_ALIGN std::array<hwy::MakeSigned<Real>, kBlock> index{};
    HWY_ALIGN std::array<Real, kBlock> second{};

    LaneMerge(int axis, bool value) {
        for (std::uint64_t lane = 0; lane < kBlock; ++lane) {
            const std::uint64_t bit = std::uint64_t{1} << axis;
            index[lane] = static_cast<hwy::MakeSigned<Real>>((lane & ~bit) | (value ? bit : 0));
            second[lane] = (lane & bit) != 0 ? Real{1} : Real{0};
        }
    }
    HWY_INLINE hn::Vec<Tag<Real>> operator()(Tag<Real> d, hn::Vec<Tag<Real>> a,
                                             hn::Vec<Tag<Real>> b) const {
        const auto table = hn::SetTableIndices(d, index.data());
        const auto mask = hn::Ne(hn::Load(d, second.data()), hn::Zero(d));
        return hn::IfThenElse(mask, hn::TableLookupLanes(b, table), hn::TableLookupLanes(a, table));
    }
};

template <class Real>
void collapse_all(StateView<Real> state, int axis, bool value, double factor) {
    constexpr std::size_t kGrain = 1 << 12;
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const std::uint64_t last = std::uint64_t{1} << (state.axes - 1 - bits);
    const auto f = hn::Set(d, static_cast<Real>(factor));
    Real* const data = state.data;
    const bool in_lanes = axis < bits;
    const std::uint64_t own = in_lanes ? 0 : std::uint64_t{1} << (axis - bits);
    const std::uint64_t kept = value ? own : 0;
    const LaneMerge<Real> merge(in_lanes ? axis : 0, value);
    const std::uint64_t pivots = (last | own) << bits;
    const Plan plan = make_plan(state.axes, bits, {}, pivots);
    const auto at = [&](std::uint64_t vector) { return data + vector_offset(vector, bits); };
    const auto step = [&](std::uint64_t vector, unsigned) HWY_ATTR {
        if (in_lanes) {
            const auto a = load(d, at(vector)), b = load(d, at(vector | last));
            store<Real>(d, {hn::Mul(f, merge(d, a.re, b.re)), hn::Mul(f, merge(d, a.im, b.im))},
                        at(vector));
            return;
        }
        const auto a = load(d, at(vector | kept));
        const auto b = load(d, at(vector | kept | last));
        store<Real>(d, {hn::Mul(f, a.re), hn::Mul(f, a.im)}, at(vector));
        if (own != last) store<Real>(d, {hn::Mul(f, b.re), hn::Mul(f, b.im)}, at(vector | own));
    };
    state.for_chunks(plan.units(), kGrain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        walk(plan, begin, end, step);
    });
}

double WeightFloat(StateView<float> s, std::span<const Condition> c) {
    return weight_all(s, c);
}
double WeightDouble(StateView<double> s, std::span<const Condition> c) {
    return weight_all(s, c);
}
void CollapseFloat(StateView<float> s, int a, bool v, double f) {
    collapse_all(s, a, v, f);
}
void CollapseDouble(StateView<double> s, int a, bool v, double f) {
    collapse_all(s, a, v, f);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(WeightFloat);
HWY_EXPORT(WeightDouble);
HWY_EXPORT(CollapseFloat);
HWY_EXPORT(CollapseDouble);

template <>
double weight(StateView<float> state, std::span<const Condition> conditions) {
    return HWY_DYNAMIC_DISPATCH(WeightFloat)(state, conditions);
}
template <>
double weight(StateView<double> state, std::span<const Condition> conditions) {
    return HWY_DYNAMIC_DISPATCH(WeightDouble)(state, conditions);
}
template <>
void collapse(StateView<float> state, int axis, bool value, double factor) {
    HWY_DYNAMIC_DISPATCH(CollapseFloat)(state, axis, value, factor);
}
template <>
void collapse(StateView<double> state, int axis, bool value, double factor) {
    HWY_DYNAMIC_DISPATCH(CollapseDouble)(state, axis, value, factor);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
