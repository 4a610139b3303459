// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/group.cc"
#include <utility>

#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/lanes-inl.h"
#include "carillon/resource/engine/kernels/tile.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

/// The eight vectors of a group, held in registers: every index is known when compiled.
template <class Real>
using Eight = ComplexVector<Real>[8];

constexpr int with_bit(int k, int bit) {
    return ((k >> bit) << (bit + 1)) | (1 << bit) | (k & ((1 << bit) - 1));
}
constexpr int without_bit(int k, int bit) {
    return with_bit(k, bit) & ~(1 << bit);
}

template <class Real>
HWY_INLINE void rotate_two(ComplexVector<Real>& a, ComplexVector<Real>& b, hn::Vec<Tag<Real>> t) {
    const auto re = a.re, im = a.im;
    a.re = hn::NegMulAdd(t, b.re, re);
    a.im = hn::NegMulAdd(t, b.im, im);
    b.re = hn::MulAdd(t, re, b.re);
    b.im = hn::MulAdd(t, im, b.im);
}

template <class Real>
HWY_INLINE void exchange_two(ComplexVector<Real>& a, ComplexVector<Real>& b, hn::Vec<Tag<Real>> t) {
    const auto re = a.re, im = a.im;
    a.re = hn::NegMulAdd(t, re, b.re);
    a.im = hn::NegMulAdd(t, im, b.im);
    b.re = hn::MulAdd(t, b.re, re);
    b.im = hn::MulAdd(t, b.im, im);
}

template <class Real, int kBit, std::size_t... kPair>
HWY_INLINE void rotate(Eight<Real>& r, hn::Vec<Tag<Real>> t, std::index_sequence<kPair...>) {
    (rotate_two<Real>(r[without_bit(kPair, kBit)], r[with_bit(kPair, kBit)], t), ...);
}

template <class Real, int kBit, std::size_t... kPair>
HWY_INLINE void exchange(Eight<Real>& r, hn::Vec<Tag<Real>> t, std::index_sequence<kPair...>) {
    (exchange_two<Real>(r[without_bit(kPair, kBit)], r[with_bit(kPair, kBit)], t), ...);
}

template <class Real, unsigned kControls, std::size_t... k>
HWY_INLINE void phase(Eight<Real>& r, ComplexVector<Real> factor, std::index_sequence<k...>) {
    (((k & kControls) == kControls ? void(r[k] = multiply<Real>(r[k], factor)) : void()), ...);
}

template <class Real, unsigned kControls, std::size_t... k>
HWY_INLINE void sign(Eight<Real>& r, std::index_sequence<k...>) {
    (((k & kControls) == kControls
          ? void(r[k] = ComplexVector<Real>{hn::Neg(r[k].re), hn::Neg(r[k].im)})
          : void()),
     ...);
}

template <class Real, int kBit, unsigned kControls, std::size_t... kPair>
HWY_INLINE void flip(Eight<Real>& r, std::index_sequence<kPair...>) {
    (((with_bit(kPair, kBit) & kControls) == kControls
          ? std::swap(r[without_bit(kPair, kBit)], r[with_bit(kPair, kBit)])
          : void()),
     ...);
}

/// u + i s w.
template <class Real>
HWY_INLINE ComplexVector<Real> add_times_i(ComplexVector<Real> u, hn::Vec<Tag<Real>> s,
                                           ComplexVector<Real> w) {
    return {hn::NegMulAdd(s, w.im, u.re), hn::MulAdd(s, w.re, u.im)};
}

template <class Real>
HWY_INLINE void interact_two(ComplexVector<Real>& a, ComplexVector<Real>& b, hn::Vec<Tag<Real>> s,
                             bool exchanged) {
    const auto x = a, y = b;
    a = exchanged ? add_times_i<Real>(y, s, x) : add_times_i<Real>(x, s, y);
    b = exchanged ? add_times_i<Real>(x, s, y) : add_times_i<Real>(y, s, x);
}

/// Group bits i and j; k counts the values of the third.
template <class Real, int kI, int kJ, bool kEven, bool kOdd>
HWY_INLINE void interact(Eight<Real>& r, hn::Vec<Tag<Real>> even, hn::Vec<Tag<Real>> odd) {
    constexpr int kI1 = 1 << kI, kJ1 = 1 << kJ, kThird = 7 ^ kI1 ^ kJ1;
    interact_two<Real>(r[0], r[kI1 | kJ1], even, kEven);
    interact_two<Real>(r[kThird], r[7], even, kEven);
    interact_two<Real>(r[kI1], r[kJ1], odd, kOdd);
    interact_two<Real>(r[kThird | kI1], r[kThird | kJ1], odd, kOdd);
}

/// Numbers of a step on one axis of the lanes and one group bit; rows by the value of the latter.
template <class Real>
struct LaneInteraction {
    hn::Vec<Tag<Real>> s0, s1;
    hn::Mask<Tag<Real>> exchanged0, exchanged1;
    decltype(hn::SetTableIndices(Tag<Real>(), std::declval<const hwy::MakeSigned<Real>*>())) flip;

    HWY_INLINE ComplexVector<Real> flipped(ComplexVector<Real> v) const {
        return {hn::TableLookupLanes(v.re, flip), hn::TableLookupLanes(v.im, flip)};
    }
    HWY_INLINE static ComplexVector<Real> select(hn::Mask<Tag<Real>> mask, ComplexVector<Real> yes,
                                                 ComplexVector<Real> no) {
        return {hn::IfThenElse(mask, yes.re, no.re), hn::IfThenElse(mask, yes.im, no.im)};
    }
    template <bool kExchanges>
    HWY_INLINE void two(ComplexVector<Real>& a, ComplexVector<Real>& b) const {
        const auto x = a, y = b, fx = flipped(a), fy = flipped(b);
        if constexpr (kExchanges) {
            a = add_times_i<Real>(select(exchanged0, fy, x), s0, select(exchanged0, x, fy));
            b = add_times_i<Real>(select(exchanged1, fx, y), s1, select(exchanged1, y, fx));
        } else {
            a = add_times_i<Real>(x, s0, fy);
            b = add_times_i<Real>(y, s1, fx);
        }
    }
    template <bool kExchanges>
    HWY_INLINE void one(ComplexVector<Real>& a) const {
        const auto x = a, fx = flipped(a);
        if constexpr (kExchanges)
            a = add_times_i<Real>(select(exchanged0, fx, x), s0, select(exchanged0, x, fx));
        else
            a = add_times_i<Real>(x, s0, fx);
    }
};

template <class Real>
HWY_INLINE LaneInteraction<Real> lane_interaction(const Real* numbers) {
    const Tag<Real> d;
    const auto zero = hn::Zero(d);
    return {hn::Load(d, numbers), hn::Load(d, numbers + kBlock),
            hn::Ne(hn::Load(d, numbers + 2 * kBlock), zero),
            hn::Ne(hn::Load(d, numbers + 3 * kBlock), zero),
            hn::SetTableIndices(
                d, reinterpret_cast<const hwy::MakeSigned<Real>*>(numbers + 4 * kBlock))};
}

template <class Real, int kBit, bool kExchanges, std::size_t... kPair>
HWY_INLINE void lane_interact(Eight<Real>& r, const LaneInteraction<Real>& by,
                              std::index_sequence<kPair...>) {
    (by.template two<kExchanges>(r[without_bit(kPair, kBit)], r[with_bit(kPair, kBit)]), ...);
}

template <class Real, bool kExchanges, std::size_t... k>
HWY_INLINE void lanes_interact(Eight<Real>& r, const LaneInteraction<Real>& by,
                               std::index_sequence<k...>) {
    (by.template one<kExchanges>(r[k]), ...);
}

/// A step with its numbers in vectors.
struct Code {
    int code = 0;
    std::uint64_t ones = 0;
    std::size_t table = 0;  ///< of the prepared numbers, in reals
    std::uint64_t lane_flip = 0;
};

constexpr int kRotateCode = 0, kLaneCode = 6, kPhaseCode = 8, kSignCode = 16, kFlipCode = 24,
              kInteractCode = 36, kLaneInteractCode = 48, kLanesInteractCode = 54;
constexpr std::size_t kRows = 5;  ///< of numbers for a step, a block each

template <class Real>
class Prepared {
  public:
    explicit Prepared(std::span<const GroupStep* const> steps)
        : numbers_(steps.size() * kRows * kBlock) {
        for (const GroupStep* step : steps) add(*step);
    }
    const std::vector<Code>& codes() const { return codes_; }
    const Real* numbers() const { return numbers_.get(); }

  private:
    void add(const GroupStep& step) {
        using Kind = GroupStep::Kind;
        const auto lanes = std::uint64_t{hn::Lanes(Tag<Real>())};
        Code code;
        code.ones = step.ones;
        code.table = codes_.size() * kRows * kBlock;
        Real* const re = numbers_.get() + code.table;
        Real* const im = re + kBlock;
        const auto t = static_cast<Real>(step.tangent[0]);
        for (std::uint64_t lane = 0; lane < lanes; ++lane) re[lane] = t;
        const bool exchanged = step.kind == Kind::kExchange || step.kind == Kind::kLaneExchange;
        switch (step.kind) {
            case Kind::kRotate:
            case Kind::kExchange:
                code.code = kRotateCode + 2 * step.bit + (exchanged ? 1 : 0);
                break;
            case Kind::kLaneRotate:
            case Kind::kLaneExchange:
                code.code = kLaneCode + (exchanged ? 1 : 0);
                code.lane_flip = std::uint64_t{1} << step.bit;
                for (std::uint64_t lane = 0; lane < lanes; ++lane)
                    re[lane] = (lane & code.lane_flip) != 0 ? t : -t;
                for (std::uint64_t lane = 0; lane < lanes; ++lane)
                    reinterpret_cast<hwy::MakeSigned<Real>*>(im)[lane] =
                        static_cast<hwy::MakeSigned<Real>>(lane ^ code.lane_flip);
                break;
            case Kind::kPhase:
                code.code = kPhaseCode + static_cast<int>(step.controls);
                for (std::uint64_t lane = 0; lane < lanes; ++lane) {
                    re[lane] = static_cast<Real>(step.lanes.lanes[lane].real());
                    im[lane] = static_cast<Real>(step.lanes.lanes[lane].imag());
                }
                break;
            case Kind::kSign:
                code.code = kSignCode + static_cast<int>(step.controls);
                break;
            case Kind::kFlip: {
                const unsigned low = step.controls & ((1U << step.bit) - 1);
                const unsigned high = step.controls >> (step.bit + 1) << step.bit;
                code.code = kFlipCode + 4 * step.bit + static_cast<int>(low | high);
                break;
            }
            case Kind::kInteract:
                code.code = kInteractCode + 4 * (step.bit + step.second - 1) +
                            (step.exchanged[0] ? 1 : 0) + (step.exchanged[1] ? 2 : 0);
                for (std::uint64_t lane = 0; lane < lanes; ++lane)
                    im[lane] = static_cast<Real>(step.tangent[1]);
                break;
            case Kind::kLaneInteract:
            case Kind::kLanesInteract: {
                const bool exchanges = step.exchanged[0] || step.exchanged[1];
                const bool both = step.kind == Kind::kLanesInteract;
                code.code = (both ? kLanesInteractCode : kLaneInteractCode + 2 * step.second) +
                            (exchanges ? 1 : 0);
                std::uint64_t flips = std::uint64_t{1} << step.bit;
                if (both) flips |= std::uint64_t{1} << step.second;
                for (std::uint64_t lane = 0; lane < lanes; ++lane)
                    for (std::uint64_t value = 0; value < 2; ++value) {
                        const bool odd = odd_parity(lane & flips) != (value != 0);
                        re[value * kBlock + lane] = static_cast<Real>(step.tangent[odd ? 1 : 0]);
                        re[(2 + value) * kBlock + lane] =
                            step.exchanged[odd ? 1 : 0] ? Real{1} : Real{0};
                        reinterpret_cast<hwy::MakeSigned<Real>*>(re + 4 * kBlock)[lane] =
                            static_cast<hwy::MakeSigned<Real>>(lane ^ flips);
                    }
                break;
            }
        }
        codes_.push_back(code);
    }

    AlignedReals<Real> numbers_;
    std::vector<Code> codes_;
};

#define CARILLON_CASE_ROTATE(bit)                           \
    case kRotateCode + 2 * (bit):                           \
        rotate<Real, bit>(r, hn::Load(d, numbers), four);   \
        break;                                              \
    case kRotateCode + 2 * (bit) + 1:                       \
        exchange<Real, bit>(r, hn::Load(d, numbers), four); \
        break;
#define CARILLON_CASE_PHASE(controls)                      \
    case kPhaseCode + (controls):                          \
        phase<Real, controls>(r, load(d, numbers), eight); \
        break;                                             \
    case kSignCode + (controls):                           \
        sign<Real, controls>(r, eight);                    \
        break;
#define CARILLON_CASE_FLIP(bit, low, high)                                \
    case kFlipCode + 4 * (bit) + (low) + 2 * (high):                      \
        flip<Real, bit, flip_controls(bit, (low) + 2 * (high))>(r, four); \
        break;

#define CARILLON_CASE_INTERACT(i, j, even, odd)                                       \
    case kInteractCode + 4 * ((i) + (j)-1) + (even) + 2 * (odd):                      \
        interact<Real, i, j, (even) != 0, (odd) != 0>(r, hn::Load(d, numbers),        \
                                                      hn::Load(d, numbers + kBlock)); \
        break;
#define CARILLON_CASE_LANE_INTERACT(bit)                                           \
    case kLaneInteractCode + 2 * (bit):                                            \
        lane_interact<Real, bit, false>(r, lane_interaction<Real>(numbers), four); \
        break;                                                                     \
    case kLaneInteractCode + 2 * (bit) + 1:                                        \
        lane_interact<Real, bit, true>(r, lane_interaction<Real>(numbers), four);  \
        break;

constexpr unsigned flip_controls(int bit, unsigned two) {
    const unsigned low = two & ((1U << bit) - 1);
    return low | (two >> bit << (bit + 1));
}

template <class Real>
HWY_INLINE void do_step(const Code& code, const Real* numbers, Eight<Real>& r) {
    const Tag<Real> d;
    constexpr auto four = std::make_index_sequence<4>();
    constexpr auto eight = std::make_index_sequence<8>();
    switch (code.code) {
        CARILLON_CASE_ROTATE(0)
        CARILLON_CASE_ROTATE(1)
        CARILLON_CASE_ROTATE(2)
        case kLaneCode:
        case kLaneCode + 1: {
            const auto t = hn::Load(d, numbers);
            const auto table = hn::SetTableIndices(
                d, reinterpret_cast<const hwy::MakeSigned<Real>*>(numbers + kBlock));
            const bool exchanged = code.code != kLaneCode;
            const auto one = [&](ComplexVector<Real>& v) HWY_ATTR {
                const auto re = hn::TableLookupLanes(v.re, table);
                const auto im = hn::TableLookupLanes(v.im, table);
                if (exchanged)
                    v = {hn::MulAdd(t, v.re, re), hn::MulAdd(t, v.im, im)};
                else
                    v = {hn::MulAdd(t, re, v.re), hn::MulAdd(t, im, v.im)};
            };
            one(r[0]), one(r[1]), one(r[2]), one(r[3]);
            one(r[4]), one(r[5]), one(r[6]), one(r[7]);
            break;
        }
            CARILLON_CASE_PHASE(0)
            CARILLON_CASE_PHASE(1)
            CARILLON_CASE_PHASE(2)
            CARILLON_CASE_PHASE(3)
            CARILLON_CASE_PHASE(4)
            CARILLON_CASE_PHASE(5)
            CARILLON_CASE_PHASE(6)
            CARILLON_CASE_PHASE(7)
            CARILLON_CASE_FLIP(0, 0, 0)
            CARILLON_CASE_FLIP(0, 1, 0)
            CARILLON_CASE_FLIP(0, 0, 1)
            CARILLON_CASE_FLIP(0, 1, 1)
            CARILLON_CASE_FLIP(1, 0, 0)
            CARILLON_CASE_FLIP(1, 1, 0)
            CARILLON_CASE_FLIP(1, 0, 1)
            CARILLON_CASE_FLIP(1, 1, 1)
            CARILLON_CASE_FLIP(2, 0, 0)
            CARILLON_CASE_FLIP(2, 1, 0)
            CARILLON_CASE_FLIP(2, 0, 1)
            CARILLON_CASE_FLIP(2, 1, 1)
            CARILLON_CASE_INTERACT(0, 1, 0, 0)
            CARILLON_CASE_INTERACT(0, 1, 0, 1)
            CARILLON_CASE_INTERACT(0, 1, 1, 0)
            CARILLON_CASE_INTERACT(0, 1, 1, 1)
            CARILLON_CASE_INTERACT(0, 2, 0, 0)
            CARILLON_CASE_INTERACT(0, 2, 0, 1)
            CARILLON_CASE_INTERACT(0, 2, 1, 0)
            CARILLON_CASE_INTERACT(0, 2, 1, 1)
            CARILLON_CASE_INTERACT(1, 2, 0, 0)
            CARILLON_CASE_INTERACT(1, 2, 0, 1)
            CARILLON_CASE_INTERACT(1, 2, 1, 0)
            CARILLON_CASE_INTERACT(1, 2, 1, 1)
            CARILLON_CASE_LANE_INTERACT(0)
            CARILLON_CASE_LANE_INTERACT(1)
            CARILLON_CASE_LANE_INTERACT(2)
        case kLanesInteractCode:
            lanes_interact<Real, false>(r, lane_interaction<Real>(numbers), eight);
            break;
        case kLanesInteractCode + 1:
            lanes_interact<Real, true>(r, lane_interaction<Real>(numbers), eight);
            break;
        default:
            break;
    }
}

#undef CARILLON_CASE_ROTATE
#undef CARILLON_CASE_PHASE
#undef CARILLON_CASE_FLIP
#undef CARILLON_CASE_INTERACT
#undef CARILLON_CASE_LANE_INTERACT

template <class Real>
void group_all(Real* tile, int axes, const Group& group) {
    const Tag<Real> d;
    const int lanes = lane_bits_of<Real>(d);
    const Prepared<Real> prepared(group.steps);
    const Code* const begin = prepared.codes().data();
    const Code* const end = begin + prepared.codes().size();
    const Real* const numbers = prepared.numbers();
    std::array<std::uint64_t, 8> offsets{};
    for (std::uint64_t k = 0; k < 8; ++k)
        for (int bit = 0; bit < 3; ++bit)
            if ((k >> bit & 1) != 0)
                offsets[k] += vector_offset(std::uint64_t{1} << group.bits[bit], lanes);
    const std::uint64_t units = std::uint64_t{1} << (axes - lanes - 3);
    for (std::uint64_t unit = 0; unit < units; ++unit) {
        std::uint64_t vector = unit;
        for (const int bit : group.bits) {
            const std::uint64_t low = (std::uint64_t{1} << bit) - 1;
            vector = (vector & ~low) << 1 | (vector & low);
        }
        Real* const at = tile + vector_offset(vector, lanes);
        Eight<Real> r;
        r[0] = load(d, at + offsets[0]), r[1] = load(d, at + offsets[1]);
        r[2] = load(d, at + offsets[2]), r[3] = load(d, at + offsets[3]);
        r[4] = load(d, at + offsets[4]), r[5] = load(d, at + offsets[5]);
        r[6] = load(d, at + offsets[6]), r[7] = load(d, at + offsets[7]);
        for (const Code* code = begin; code != end; ++code)
            if ((vector & code->ones) == code->ones) do_step<Real>(*code, numbers + code->table, r);
        store(d, r[0], at + offsets[0]), store(d, r[1], at + offsets[1]);
        store(d, r[2], at + offsets[2]), store(d, r[3], at + offsets[3]);
        store(d, r[4], at + offsets[4]), store(d, r[5], at + offsets[5]);
        store(d, r[6], at + offsets[6]), store(d, r[7], at + offsets[7]);
    }
}

void GroupFloat(float* tile, int axes, const Group& group) {
    group_all(tile, axes, group);
}
void GroupDouble(double* tile, int axes, const Group& group) {
    group_all(tile, axes, group);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(GroupFloat);
HWY_EXPORT(GroupDouble);

template <>
void run_group(float* tile, int axes, const Group& group) {
    HWY_DYNAMIC_DISPATCH(GroupFloat)(tile, axes, group);
}
template <>
void run_group(double* tile, int axes, const Group& group) {
    HWY_DYNAMIC_DISPATCH(GroupDouble)(tile, axes, group);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
