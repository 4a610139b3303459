// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/affine_state.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace carillon::engine {

namespace {

constexpr double kTiny = 1e-14;  ///< rounding of products of a few matrices

constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

bool is_flip(const Matrix2& m) {
    return m == Matrix2{0, 1, 1, 0};
}

}  // namespace

template <class Real>
void AffineState<Real>::controlled_flip(Handle control, Handle target) {
    AxisSet mask = frame_.mask(target);
    mask ^= frame_.mask(control);
    frame_.set_mask(target, mask);
    frame_.set_value(target, frame_.value(target) != frame_.value(control));
}

template <class Real>
void AffineState<Real>::sign(Handle h) {
    frame_.add_signs(frame_.mask(h));
    if (frame_.value(h)) phase_ = -phase_;
}

template <class Real>
void AffineState<Real>::bell_pair(Handle a, Handle b) {
    const AxisSet mask = AxisSet::single(frame_.take_free_axis());
    for (const Handle h : {a, b}) {
        frame_.set_mask(h, mask);
        frame_.set_value(h, false);
    }
}

template <class Real>
void AffineState<Real>::place(Handle h, Complex zero, Complex one) {
    frame_.set_value(h, false);
    if (std::abs(one) < kTiny) {
        phase_ *= zero / std::abs(zero);
    } else if (std::abs(zero) < kTiny) {
        phase_ *= one / std::abs(one);
        frame_.set_value(h, true);
    } else if (std::abs(one - zero) < kTiny || std::abs(one + zero) < kTiny) {
        phase_ *= zero / std::abs(zero);
        const AxisSet mask = AxisSet::single(frame_.take_free_axis());
        frame_.set_mask(h, mask);
        if (std::abs(one + zero) < kTiny) frame_.add_signs(mask);
    } else {
        const int axis = add_axis();
        frame_.set_mask(h, AxisSet::single(axis));
        state_.apply_one({zero, -std::conj(one), one, std::conj(zero)}, axis);
    }
}

/// A free axis becomes a real one; returns its number.
template <class Real>
int AffineState<Real>::materialise(int free_axis) {
    const int axis = add_axis();
    constexpr double r = std::numbers::sqrt2 / 2;
    state_.apply_one({r, r, r, -r}, axis);
    frame_.rename(free_axis, axis);
    return axis;
}

/// Writes the free axes so that the mask of `h`, which has one, becomes that one alone.
template <class Real>
int AffineState<Real>::isolate_free(Handle h) {
    AxisSet others = frame_.mask(h);
    const int axis = others.highest();
    others.remove(axis);
    frame_.shear(axis, others);
    return axis;
}

/// After this the mask of `h` has real axes only.
template <class Real>
void AffineState<Real>::make_real(Handle h) {
    if (frame_.mask(h).has_free()) materialise(isolate_free(h));
}

/// Gives a definite or dependent qubit an axis that no other qubit has.
template <class Real>
int AffineState<Real>::new_axis_for(Handle h) {
    make_real(h);
    const std::uint64_t mask = frame_.mask(h).axes();
    const int axis = add_axis();
    if (mask != 0) {
        const Condition odd{mask, true};
        state_.shift(std::uint64_t{1} << axis, {&odd, 1});
    }
    frame_.set_mask(h, AxisSet::single(axis));
    return axis;
}

/// Writes the axes so that the mask of `h` is one real axis that no other qubit has; returns it.
template <class Real>
int AffineState<Real>::isolate(Handle h) {
    if (frame_.definite(h)) return new_axis_for(h);
    make_real(h);
    const auto flip = frame_.flip_of(h);
    if (!flip) return new_axis_for(h);
    AxisSet others = frame_.mask(h);
    const int axis = std::countr_zero(others.axes() & flip->axes());
    const std::uint64_t bit = std::uint64_t{1} << axis;
    others.remove(axis);
    if (!others.empty()) {  // the new axis is mask . x
        const Condition odd{others.axes(), true};
        state_.shift(bit, {&odd, 1});
        frame_.shear(axis, others);
    }
    AxisSet along = *flip;
    along.remove(axis);
    if (!along.empty()) {  // and no other axis changes when h flips
        const Condition on{bit, true};
        state_.shift(along.axes(), {&on, 1});
        frame_.shear_back(axis, along);
    }
    return axis;
}

template <class Real>
std::vector<Condition> AffineState<Real>::conditions(std::span<const Handle> qubits,
                                                     std::uint64_t pattern) {
    for (const Handle h : qubits) make_real(h);
    std::vector<Condition> result;
    for (std::size_t k = 0; k < qubits.size(); ++k)
        result.push_back(
            {frame_.mask(qubits[k]).axes(), ((pattern >> k & 1) != 0) != frame_.value(qubits[k])});
    return result;
}

template <class Real>
void AffineState<Real>::apply(Handle h, const Matrix2& matrix) {
    if (frame_.definite(h)) {
        const std::size_t column = frame_.value(h) ? 1 : 0;
        return place(h, matrix[column], matrix[2 + column]);
    }
    bool minus = false;
    if (take_x_state(h, minus)) {
        const double r = std::numbers::sqrt2 / 2, s = minus ? -r : r;
        return place(h, r * matrix[0] + s * matrix[1], r * matrix[2] + s * matrix[3]);
    }
    controlled_apply({}, h, matrix);
}

template <class Real>
void AffineState<Real>::controlled_apply(std::span<const Handle> controls, Handle target,
                                         const Matrix2& matrix) {
    for (const Handle h : controls) make_real(h);
    make_real(target);
    // Many gates on one axis each fit into a pass over a large state; gates on several do not.
    if (state_.axes() >= StateVector<Real>::kHeldAxes) isolate(target);
    std::optional<AxisSet> flip;
    if (!frame_.definite(target)) flip = frame_.flip_of(target);
    if (!flip) flip = AxisSet::single(new_axis_for(target));
    const auto where = conditions(controls, kAllOnes);
    const bool negative = frame_.signs().dot(*flip);
    if (is_flip(matrix) && !negative) return state_.shift(flip->axes(), where);
    Matrix2 signed_matrix = matrix;
    if (negative) signed_matrix[1] = -matrix[1], signed_matrix[2] = -matrix[2];
    state_.apply_pair(flip->axes(), frame_.mask(target).axes(), frame_.value(target), signed_matrix,
                      where);
}

template <class Real>
void AffineState<Real>::apply(const Matrix& matrix, std::span<const Handle> controls,
                              std::span<const Handle> targets) {
    for (const Handle h : controls) make_real(h);
    std::vector<int> axes;
    for (const Handle h : targets) axes.push_back(isolate(h));
    // In terms of the axes the matrix has its rows and columns flipped by values and signed.
    std::size_t flips = 0, signs = 0;
    for (std::size_t k = 0; k < targets.size(); ++k) {
        flips |= std::size_t{frame_.value(targets[k])} << k;
        signs |= std::size_t{frame_.signs().has(axes[k])} << k;
    }
    Matrix seen = matrix;
    for (std::size_t row = 0; row < matrix.dim(); ++row)
        for (std::size_t col = 0; col < matrix.dim(); ++col) {
            const double s = odd_parity((row ^ col) & signs) ? -1 : 1;
            seen(row, col) = s * matrix(row ^ flips, col ^ flips);
        }
    state_.apply(seen, axes, conditions(controls, kAllOnes));
}

template <class Real>
void AffineState<Real>::scale_where(std::span<const Handle> qubits, std::uint64_t pattern,
                                    Complex factor) {
    state_.scale(factor, conditions(qubits, pattern));
}

template <class Real>
void AffineState<Real>::scale_where_differ(std::span<const Handle> controls, Handle a, Handle b,
                                           Complex factor) {
    make_real(a);
    make_real(b);
    auto where = conditions(controls, kAllOnes);
    where.push_back(
        {frame_.mask(a).axes() ^ frame_.mask(b).axes(), frame_.value(a) == frame_.value(b)});
    state_.scale(factor, where);
}

template <class Real>
void AffineState<Real>::remove_axis(int axis, bool value, double factor) {
    if (frame_.eliminate(axis, {}, value)) phase_ = -phase_;
    const int last = state_.axes() - 1;
    state_.remove_axis(axis, value, factor);
    if (axis != last) frame_.rename(last, axis);
}

template <class Real>
bool AffineState<Real>::measure(Handle h, double uniform, double& probability) {
    probability = 1;
    if (frame_.definite(h)) return frame_.value(h);
    AxisSet others = frame_.mask(h);
    const int axis = others.highest();
    others.remove(axis);
    if (axis >= AxisSet::kFirstFree) {
        const bool outcome = uniform < 0.5;
        probability = 0.5;
        if (frame_.eliminate(axis, others, outcome != frame_.value(h))) phase_ = -phase_;
        return outcome;
    }
    const double one = probability_of_one(h);
    const bool outcome = uniform < one;
    probability = outcome ? one : 1 - one;
    if (!others.empty()) {
        const Condition odd{others.axes(), true};
        state_.shift(std::uint64_t{1} << axis, {&odd, 1});
        frame_.shear(axis, others);
    }
    remove_axis(axis, outcome != frame_.value(h), 1 / std::sqrt(probability));
    return outcome;
}

template <class Real>
double AffineState<Real>::probability_of_one(Handle h) {
    if (frame_.definite(h)) return frame_.value(h) ? 1 : 0;
    const AxisSet& mask = frame_.mask(h);
    if (mask.has_free()) return 0.5;
    const Condition one{mask.axes(), !frame_.value(h)};
    return std::clamp(state_.weight({&one, 1}), 0.0, 1.0);
}

template <class Real>
bool AffineState<Real>::take_x_state(Handle h, bool& minus) {
    if (!frame_.mask(h).has_free()) return false;  // every flip of h moves a real axis
    const auto flip = frame_.flip_of(h);
    if (!flip || flip->axes() != 0) return false;
    minus = frame_.signs().dot(*flip);
    // Others do not change along the flip, so x and x ^ flip stand for one basis state of theirs:
    // keep those with this axis at 0.
    const int axis = flip->highest();
    frame_.eliminate(axis, {}, false);
    if (minus) sign(h);
    frame_.set_mask(h, {});
    frame_.set_value(h, false);
    return true;
}

template <class Real>
auto AffineState<Real>::change_basis(Handle h) -> std::optional<Handle> {
    const auto partner = frame_.free_partner(h);
    if (!partner) return std::nullopt;
    if (*partner == h) {
        bool minus = false;
        take_x_state(h, minus);
        frame_.set_value(h, minus);
        return h;
    }
    // sum_r (-1)^(sr) |r^u, r^v> is (-1)^(su) times the Bell state of sign s and offset u^v, and
    // H on both halves exchanges sign and offset, with -1 when both are set.
    const AxisSet axis = frame_.mask(h);
    const bool sign = frame_.signs().dot(axis);
    const bool value = frame_.value(h), offset = value != frame_.value(*partner);
    if ((sign && value) != (sign && offset)) phase_ = -phase_;
    if (sign != offset) frame_.add_signs(axis);
    frame_.set_value(h, false);
    frame_.set_value(*partner, sign);
    return partner;
}

template <class Real>
bool AffineState<Real>::dependent(Handle h) const {
    return !frame_.definite(h) && !frame_.flip_of(h);
}

template <class Real>
void AffineState<Real>::disentangle(Handle h, Complex ratio, bool value) {
    if (std::abs(ratio + 1.0) < kTiny)
        sign(h);
    else if (std::abs(ratio - 1.0) >= kTiny)
        scale_where({&h, 1}, 1, ratio);
    frame_.set_mask(h, {});
    frame_.set_value(h, value);
}

template <class Real>
void AffineState<Real>::load(std::span<const Handle> qubits,
                             const std::function<void(std::uint64_t, std::span<Complex>)>& read) {
    state_.reset(static_cast<int>(qubits.size()));
    phase_ = 1;
    for (std::size_t k = 0; k < qubits.size(); ++k) {
        frame_.set_mask(qubits[k], AxisSet::single(static_cast<int>(k)));
        frame_.set_value(qubits[k], false);
    }
    state_.fill(read);
}

template <class Real>
void AffineState<Real>::make_all_real() {
    for (const int axis : frame_.free_axes()) materialise(axis);
}

template class AffineState<float>;
template class AffineState<double>;

}  // namespace carillon::engine
