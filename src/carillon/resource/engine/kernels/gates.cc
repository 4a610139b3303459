// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/gates.cc"
#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

using Conditions = std::span<const Condition>;

constexpr std::size_t kGrain = 1 << 12;  ///< vectors per chunk

template <class Real>
void scale_all(StateView<Real> state, Complex factor, Conditions conditions) {
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const Plan plan = make_plan(state.axes, bits, conditions, 0);
    const ActiveLanes<Real> active(plan);
    const ComplexVector<Real> c{hn::Set(d, static_cast<Real>(factor.real())),
                                hn::Set(d, static_cast<Real>(factor.imag()))};
    Real* const data = state.data;
    state.for_chunks(plan.units(), kGrain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        walk(plan, begin, end, [&](std::uint64_t vector, unsigned row) HWY_ATTR {
            Real* const at = data + vector_offset(vector, bits);
            const auto v = load(d, at);
            auto w = multiply<Real>(c, v);
            if (plan.partial) w = active.select(d, row, w, v);
            store(d, w, at);
        });
    });
}

template <class Real>
void shift_all(StateView<Real> state, std::uint64_t shift, Conditions conditions) {
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const std::uint64_t high = shift >> bits;
    const std::uint64_t pivot = std::bit_floor(high);
    const Plan plan = make_plan(state.axes, bits, conditions, pivot << bits);
    const ActiveLanes<Real> active(plan);
    const std::uint64_t low = shift & (hn::Lanes(d) - 1);
    const LaneFlip<Real> flip(low);
    Real* const data = state.data;
    const auto within = [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        Real* const at = data + vector_offset(vector, bits);
        const auto v = load(d, at);
        auto w = flip(d, v);
        if (plan.partial) w = active.select(d, row, w, v);
        store(d, w, at);
    };
    const auto between = [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        Real* const at_a = data + vector_offset(vector, bits);
        Real* const at_b = data + vector_offset(vector ^ high, bits);
        const auto a = load(d, at_a), b = load(d, at_b);
        auto new_a = b, new_b = a;
        if (low != 0) new_a = flip(d, b), new_b = flip(d, a);
        if (plan.partial) {
            new_a = active.select(d, row, new_a, a);
            new_b = active.select(d, plan.row(vector ^ high), new_b, b);
        }
        store(d, new_a, at_a);
        store(d, new_b, at_b);
    };
    state.for_chunks(plan.units(), kGrain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        if (high == 0)
            walk(plan, begin, end, within);
        else
            walk(plan, begin, end, between);
    });
}

/// Coefficients of a PairGate by lane, for both parities of the vector bits.
template <class Real>
struct PairTable {
    HWY_ALIGN std::array<std::array<std::array<Real, kBlock>, 4>, 2> rows{};

    PairTable(const PairGate& gate, std::uint64_t lanes) {
        for (unsigned high = 0; high < 2; ++high)
            for (std::uint64_t lane = 0; lane < lanes; ++lane) {
                const bool value = (high != 0) ^ odd_parity(gate.parity & lane) ^ gate.inverted;
                const Complex keep = gate.matrix[value ? 3 : 0];
                const Complex cross = gate.matrix[value ? 2 : 1];
                rows[high][0][lane] = static_cast<Real>(keep.real());
                rows[high][1][lane] = static_cast<Real>(keep.imag());
                rows[high][2][lane] = static_cast<Real>(cross.real());
                rows[high][3][lane] = static_cast<Real>(cross.imag());
            }
    }
    /// keep * own + cross * partner.
    HWY_INLINE ComplexVector<Real> operator()(Tag<Real> d, bool high, ComplexVector<Real> own,
                                              ComplexVector<Real> partner) const {
        const auto& row = rows[high ? 1 : 0];
        const ComplexVector<Real> keep{hn::Load(d, row[0].data()), hn::Load(d, row[1].data())};
        const ComplexVector<Real> cross{hn::Load(d, row[2].data()), hn::Load(d, row[3].data())};
        return multiply_add<Real>(cross, partner, multiply<Real>(keep, own));
    }
};

template <class Real>
void pair_all(StateView<Real> state, const PairGate& gate, Conditions conditions) {
    const Tag<Real> d;
    const int bits = lane_bits_of<Real>(d);
    const std::uint64_t high = gate.shift >> bits;
    const std::uint64_t parity = gate.parity >> bits;
    const std::uint64_t low = gate.shift & (hn::Lanes(d) - 1);
    const Plan plan = make_plan(state.axes, bits, conditions, std::bit_floor(high) << bits);
    const ActiveLanes<Real> active(plan);
    const PairTable<Real> table(gate, hn::Lanes(d));
    const LaneFlip<Real> flip(low);
    Real* const data = state.data;
    const auto within = [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        Real* const at = data + vector_offset(vector, bits);
        const auto v = load(d, at);
        auto w = table(d, odd_parity(parity & vector), v, flip(d, v));
        if (plan.partial) w = active.select(d, row, w, v);
        store(d, w, at);
    };
    const auto between = [&](std::uint64_t vector, unsigned row) HWY_ATTR {
        Real* const at_a = data + vector_offset(vector, bits);
        Real* const at_b = data + vector_offset(vector ^ high, bits);
        const auto a = load(d, at_a), b = load(d, at_b);
        auto to_a = b, to_b = a;
        if (low != 0) to_a = flip(d, b), to_b = flip(d, a);
        auto new_a = table(d, odd_parity(parity & vector), a, to_a);
        auto new_b = table(d, odd_parity(parity & (vector ^ high)), b, to_b);
        if (plan.partial) {
            new_a = active.select(d, row, new_a, a);
            new_b = active.select(d, plan.row(vector ^ high), new_b, b);
        }
        store(d, new_a, at_a);
        store(d, new_b, at_b);
    };
    state.for_chunks(plan.units(), kGrain, [&](std::size_t begin, std::size_t end) HWY_ATTR {
        if (high == 0)
            walk(plan, begin, end, within);
        else
            walk(plan, begin, end, between);
    });
}

void ScaleFloat(StateView<float> s, Complex f, Conditions c) {
    scale_all(s, f, c);
}
void ScaleDouble(StateView<double> s, Complex f, Conditions c) {
    scale_all(s, f, c);
}
void ShiftFloat(StateView<float> s, std::uint64_t v, Conditions c) {
    shift_all(s, v, c);
}
void ShiftDouble(StateView<double> s, std::uint64_t v, Conditions c) {
    shift_all(s, v, c);
}
void PairFloat(StateView<float> s, const PairGate& g, Conditions c) {
    pair_all(s, g, c);
}
void PairDouble(StateView<double> s, const PairGate& g, Conditions c) {
    pair_all(s, g, c);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(ScaleFloat);
HWY_EXPORT(ScaleDouble);
HWY_EXPORT(ShiftFloat);
HWY_EXPORT(ShiftDouble);
HWY_EXPORT(PairFloat);
HWY_EXPORT(PairDouble);

template <>
void scale(StateView<float> state, Complex factor, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(ScaleFloat)(state, factor, conditions);
}
template <>
void scale(StateView<double> state, Complex factor, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(ScaleDouble)(state, factor, conditions);
}
template <>
void shift(StateView<float> state, std::uint64_t by, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(ShiftFloat)(state, by, conditions);
}
template <>
void shift(StateView<double> state, std::uint64_t by, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(ShiftDouble)(state, by, conditions);
}
template <>
void pair(StateView<float> state, const PairGate& gate, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(PairFloat)(state, gate, conditions);
}
template <>
void pair(StateView<double> state, const PairGate& gate, std::span<const Condition> conditions) {
    HWY_DYNAMIC_DISPATCH(PairDouble)(state, gate, conditions);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
