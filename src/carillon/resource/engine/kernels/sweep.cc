// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "carillon/resource/engine/kernels/sweep.cc"
#include <cstring>

#include "hwy/foreach_target.h"
// the kernels below are compiled once per target
#include "carillon/resource/engine/kernels/lanes-inl.h"
#include "carillon/resource/engine/kernels/tile.h"

HWY_BEFORE_NAMESPACE();
namespace carillon::engine::kernels::HWY_NAMESPACE {

/// What the axes below the outer bits set so far have come to.
struct Running {
    Complex scalar;
    std::array<Complex, 64> factors;
};

template <class Real>
constexpr std::size_t kLanes = hn::MaxLanes(Tag<Real>());

template <class Real>
SweepTables<Real> prepare(const Sweep& sweep) {
    const int lanes = lane_bits_of<Real>(Tag<Real>());
    const std::size_t vectors = std::size_t{1} << sweep.row_bits;
    SweepTables<Real> tables;
    tables.segment.resize(vectors);
    if (!sweep.fixed.empty()) {
        tables.fixed = AlignedReals<Real>(2 * vectors * kLanes<Real>);
        for (std::size_t at = 0; at < vectors * kLanes<Real>; ++at) {
            const std::size_t vector = at / kLanes<Real>, lane = at % kLanes<Real>;
            Real* const to = tables.fixed.get() + 2 * vector * kLanes<Real> + lane;
            to[0] = static_cast<Real>(sweep.fixed[at].real());
            to[kLanes<Real>] = static_cast<Real>(sweep.fixed[at].imag());
        }
    }
    for (int axis = 0; axis < lanes + sweep.row_bits; ++axis)
        if ((sweep.coupled >> axis & 1) != 0)
            (axis < lanes ? tables.lane_axes : tables.axes).push_back(axis);
    for (std::size_t v = 0; v < vectors; ++v)
        for (std::size_t k = 0; k < tables.axes.size(); ++k)
            tables.segment[v] |=
                static_cast<std::uint16_t>((v >> (tables.axes[k] - lanes) & 1) << k);
    return tables;
}

template <class Real>
class SweepRun {
  public:
    SweepRun(int axes, const Sweep& sweep, const SweepTables<Real>& tables, Complex scalar,
             std::span<const Complex> factors)
        : sweep_(sweep),
          tables_(tables),
          lanes_(lane_bits_of<Real>(Tag<Real>())),
          inner_(lanes_ + sweep.row_bits),
          outer_(axes - inner_),
          vectors_(std::size_t{1} << sweep.row_bits),
          scalars_(2 * kLanes<Real> << tables.axes.size()),
          levels_(static_cast<std::size_t>(outer_) + 1) {
        Running& top = levels_.back();
        top.scalar = scalar;
        std::copy(factors.begin(), factors.end(), top.factors.begin());
        for (int level = outer_ - 1; level >= 0; --level) levels_[level] = top;
    }

    void operator()(Real* tile) {
        const std::uint64_t rows = std::uint64_t{1} << outer_;
        for (std::uint64_t row = 0; row < rows; ++row) {
            if (row != 0) enter(row);
            if (prepare()) apply(tile + (row << inner_) * 2);
        }
    }

  private:
    /// The running numbers of `row`, whose lowest set bit has just been set.
    void enter(std::uint64_t row) {
        const int bit = std::countr_zero(row);
        Running& now = levels_[bit];
        const Running& above = levels_[bit + 1];
        const int axis = inner_ + bit;
        now.scalar = above.scalar * above.factors[axis];
        copy_factors(above, now, bit);
        for (const Sweep::Pair& pair : sweep_.pairs[bit]) now.factors[pair.axis] *= pair.factor;
        for (int level = bit - 1; level >= 0; --level) {
            levels_[level].scalar = now.scalar;
            copy_factors(now, levels_[level], level);
        }
    }
    /// Those that rows with higher bits as now can still use: inner coupled axes and outer ones
    /// below `bit`.
    void copy_factors(const Running& from, Running& to, int bit) {
        for (const int axis : tables_.lane_axes) to.factors[axis] = from.factors[axis];
        for (const int axis : tables_.axes) to.factors[axis] = from.factors[axis];
        for (int b = 0; b < bit; ++b) to.factors[inner_ + b] = from.factors[inner_ + b];
    }

    void put(std::size_t at, ComplexVector<Real> v) {
        const Tag<Real> d;
        hn::Store(v.re, d, scalars_.get() + 2 * at * kLanes<Real>);
        hn::Store(v.im, d, scalars_.get() + (2 * at + 1) * kLanes<Real>);
    }
    ComplexVector<Real> get(const Real* from, std::size_t at) const {
        const Tag<Real> d;
        return {hn::Load(d, from + 2 * at * kLanes<Real>),
                hn::Load(d, from + (2 * at + 1) * kLanes<Real>)};
    }

    /// Fills the factors by coupled axes; false when the row stays as it is.
    bool prepare() {
        const Tag<Real> d;
        const Running& now = levels_[0];
        HWY_ALIGN std::array<Real, kBlock> re{}, im{};
        std::array<Complex, kBlock> lanes{};
        lanes[0] = now.scalar;
        bool trivial = now.scalar == Complex{1};
        for (const int axis : tables_.lane_axes) trivial &= now.factors[axis] == Complex{1};
        for (const int axis : tables_.axes) trivial &= now.factors[axis] == Complex{1};
        trivial_ = trivial;
        if (trivial) return !sweep_.fixed.empty();
        std::size_t known = 1;
        for (int axis = 0; axis < lanes_; ++axis, known *= 2) {
            const bool coupled = (sweep_.coupled >> axis & 1) != 0;
            for (std::size_t k = 0; k < known; ++k)
                lanes[known + k] = coupled ? lanes[k] * now.factors[axis] : lanes[k];
        }
        for (std::size_t k = 0; k < known; ++k) {
            re[k] = static_cast<Real>(lanes[k].real());
            im[k] = static_cast<Real>(lanes[k].imag());
        }
        put(0, {hn::Load(d, re.data()), hn::Load(d, im.data())});
        std::size_t count = 1;
        for (const int axis : tables_.axes) {
            const Complex f = now.factors[axis];
            const ComplexVector<Real> factor{hn::Set(d, static_cast<Real>(f.real())),
                                             hn::Set(d, static_cast<Real>(f.imag()))};
            for (std::size_t k = 0; k < count; ++k)
                put(count + k, multiply<Real>(get(scalars_.get(), k), factor));
            count *= 2;
        }
        return true;
    }

    void apply(Real* row) {
        const Tag<Real> d;
        if (trivial_) {
            for (std::size_t v = 0; v < vectors_; ++v) {
                Real* const at = row + vector_offset(v, lanes_);
                store(d, multiply<Real>(load(d, at), get(tables_.fixed.get(), v)), at);
            }
        } else if (sweep_.fixed.empty()) {
            for (std::size_t v = 0; v < vectors_; ++v) {
                Real* const at = row + vector_offset(v, lanes_);
                store(d, multiply<Real>(load(d, at), get(scalars_.get(), tables_.segment[v])), at);
            }
        } else {
            for (std::size_t v = 0; v < vectors_; ++v) {
                Real* const at = row + vector_offset(v, lanes_);
                const auto factor = multiply<Real>(get(tables_.fixed.get(), v),
                                                   get(scalars_.get(), tables_.segment[v]));
                store(d, multiply<Real>(load(d, at), factor), at);
            }
        }
    }

    const Sweep& sweep_;
    const SweepTables<Real>& tables_;
    int lanes_, inner_, outer_;
    std::size_t vectors_;
    AlignedReals<Real> scalars_;
    std::vector<Running> levels_;  ///< [b]: all outer bits from b on as they are now
    bool trivial_ = false;
};

template <class Real>
void unpack_all(const Real* tile, std::span<const std::uint64_t> starts, int run_axes,
                Complex factor, Real* state) {
    const Tag<Real> d;
    const ComplexVector<Real> f{hn::Set(d, static_cast<Real>(factor.real())),
                                hn::Set(d, static_cast<Real>(factor.imag()))};
    const int lanes = lane_bits_of<Real>(d);
    const std::uint64_t vectors = std::uint64_t{1} << (run_axes - lanes);
    const std::uint64_t reals = std::uint64_t{2} << run_axes;
    for (const std::uint64_t start : starts) {
        Real* const to = state + start;
        for (std::uint64_t v = 0; v < vectors; ++v) {
            const std::uint64_t at = vector_offset(v, lanes);
            store(d, multiply<Real>(load(d, tile + at), f), to + at);
        }
        tile += reals;
    }
}

int LaneBitsFloat() {
    return lane_bits_of<float>(Tag<float>());
}
int LaneBitsDouble() {
    return lane_bits_of<double>(Tag<double>());
}
SweepTables<float> PrepareFloat(const Sweep& sweep) {
    return prepare<float>(sweep);
}
SweepTables<double> PrepareDouble(const Sweep& sweep) {
    return prepare<double>(sweep);
}
void SweepFloat(float* tile, int axes, const Sweep& sweep, const SweepTables<float>& tables,
                Complex scalar, std::span<const Complex> factors) {
    SweepRun<float>(axes, sweep, tables, scalar, factors)(tile);
}
void SweepDouble(double* tile, int axes, const Sweep& sweep, const SweepTables<double>& tables,
                 Complex scalar, std::span<const Complex> factors) {
    SweepRun<double>(axes, sweep, tables, scalar, factors)(tile);
}
void UnpackFloat(const float* tile, std::span<const std::uint64_t> starts, int run_axes,
                 Complex factor, float* state) {
    unpack_all(tile, starts, run_axes, factor, state);
}
void UnpackDouble(const double* tile, std::span<const std::uint64_t> starts, int run_axes,
                  Complex factor, double* state) {
    unpack_all(tile, starts, run_axes, factor, state);
}

}  // namespace carillon::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carillon::engine::kernels {

HWY_EXPORT(LaneBitsFloat);
HWY_EXPORT(LaneBitsDouble);
HWY_EXPORT(PrepareFloat);
HWY_EXPORT(PrepareDouble);
HWY_EXPORT(SweepFloat);
HWY_EXPORT(SweepDouble);
HWY_EXPORT(UnpackFloat);
HWY_EXPORT(UnpackDouble);

template <>
int lane_bits<float>() {
    return HWY_DYNAMIC_DISPATCH(LaneBitsFloat)();
}
template <>
int lane_bits<double>() {
    return HWY_DYNAMIC_DISPATCH(LaneBitsDouble)();
}
template <>
SweepTables<float> prepare_sweep(const Sweep& sweep) {
    return HWY_DYNAMIC_DISPATCH(PrepareFloat)(sweep);
}
template <>
SweepTables<double> prepare_sweep(const Sweep& sweep) {
    return HWY_DYNAMIC_DISPATCH(PrepareDouble)(sweep);
}
template <>
void run_sweep(float* tile, int axes, const Sweep& sweep, const SweepTables<float>& tables,
               Complex scalar, std::span<const Complex> factors) {
    HWY_DYNAMIC_DISPATCH(SweepFloat)(tile, axes, sweep, tables, scalar, factors);
}
template <>
void run_sweep(double* tile, int axes, const Sweep& sweep, const SweepTables<double>& tables,
               Complex scalar, std::span<const Complex> factors) {
    HWY_DYNAMIC_DISPATCH(SweepDouble)(tile, axes, sweep, tables, scalar, factors);
}
template <class Real>
void pack(const Real* state, std::span<const std::uint64_t> starts, int run_axes, Real* tile) {
    const std::size_t reals = std::size_t{2} << run_axes;
    for (const std::uint64_t start : starts) {
        std::memcpy(tile, state + start, reals * sizeof(Real));
        tile += reals;
    }
}
template void pack(const float*, std::span<const std::uint64_t>, int, float*);
template void pack(const double*, std::span<const std::uint64_t>, int, double*);
template <>
void unpack(const float* tile, std::span<const std::uint64_t> starts, int run_axes, Complex factor,
            float* state) {
    HWY_DYNAMIC_DISPATCH(UnpackFloat)(tile, starts, run_axes, factor, state);
}
template <>
void unpack(const double* tile, std::span<const std::uint64_t> starts, int run_axes, Complex factor,
            double* state) {
    HWY_DYNAMIC_DISPATCH(UnpackDouble)(tile, starts, run_axes, factor, state);
}

}  // namespace carillon::engine::kernels
#endif  // HWY_ONCE
