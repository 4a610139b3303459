// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/amplitude_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "carillon/base/error.h"

namespace carillon::engine {

namespace {

constexpr std::size_t kMostListed = 62;  ///< qubits whose values are an index

template <class Real>
const AffineState<Real>* settled(Register<Real>& reg,
                                 std::span<const AffineFrame::Handle> handles) {
    reg.settle_all(handles);
    reg.affine().state().flush();
    return &reg.affine();
}

}  // namespace

template <class Real>
AmplitudeReader<Real>::AmplitudeReader(Register<Real>& reg, std::span<const Handle> handles)
    : state_(settled(reg, handles)),
      handles_(handles.begin(), handles.end()),
      inverse_(state_->frame()) {
    const AffineFrame& frame = state_->frame();
    const auto free_axes = static_cast<double>(frame.free_axes().size());
    factor_ = state_->phase() * std::exp2(-free_axes / 2);
    if (handles_.size() > kMostListed) return;
    // For all qubits 0 every pivot wants its constant; its axes follow.
    std::vector<AxisSet> of_pivot(inverse_.pivots().size());
    AxisSet axes;
    for (const FrameInverse::Row& row : inverse_.rows())
        for (std::size_t p = 0; p < of_pivot.size(); ++p)
            if (row.pivots.has(static_cast<int>(p))) of_pivot[p].flip(row.axis);
    for (std::size_t p = 0; p < of_pivot.size(); ++p)
        if (frame.value(inverse_.pivots()[p])) axes ^= of_pivot[p];
    constant_ = place_of(axes);
    for (std::size_t k = 0; k < handles_.size(); ++k)
        constant_.wrong ^= std::uint64_t{frame.value(handles_[k])} << k;
    for (std::size_t k = 0; k < handles_.size(); ++k) {
        const auto pivot = std::ranges::find(inverse_.pivots(), handles_[k]);
        Place place;
        if (pivot != inverse_.pivots().end())
            place = place_of(of_pivot[pivot - inverse_.pivots().begin()]);
        place.wrong ^= std::uint64_t{1} << k;
        of_qubit_.push_back(place);
    }
}

template <class Real>
auto AmplitudeReader<Real>::place_of(const AxisSet& axes) const -> Place {
    const AffineFrame& frame = state_->frame();
    Place place{axes.axes(), 0, frame.signs().dot(axes)};
    for (std::size_t k = 0; k < handles_.size(); ++k)
        place.wrong |= std::uint64_t{frame.mask(handles_[k]).dot(axes)} << k;
    return place;
}

template <class Real>
Complex AmplitudeReader<Real>::value(std::uint64_t x, bool negative) const {
    const Complex amplitude = factor_ * state_->state().amplitude(x);
    return negative ? -amplitude : amplitude;
}

template <class Real>
Complex AmplitudeReader<Real>::at(const std::vector<bool>& bits) const {
    const AffineFrame& frame = state_->frame();
    std::vector<bool> wanted(frame.size());
    for (std::size_t k = 0; k < handles_.size(); ++k)
        wanted[handles_[k]] = bits[k] != frame.value(handles_[k]);
    const auto axes = inverse_.axes_of(wanted);
    if (!axes) return 0;
    return value(axes->axes(), frame.signs().dot(*axes));
}

template <class Real>
void AmplitudeReader<Real>::read(std::uint64_t first, std::span<Complex> out) const {
    if (handles_.size() > kMostListed)
        throw InternalError("AmplitudeReader::read: more qubits than an index has bits");
    Place place = constant_;
    for (std::uint64_t bits = first; bits != 0; bits &= bits - 1)
        place ^= of_qubit_[std::countr_zero(bits)];
    std::vector<std::uint64_t> where;  // amplitudes that are stored
    std::vector<std::pair<std::uint64_t, bool>> to;
    for (std::uint64_t i = 0; i < out.size(); ++i) {
        out[i] = 0;
        if (place.wrong == 0) {
            where.push_back(place.x);
            to.emplace_back(i, place.negative);
        }
        const std::uint64_t index = first + i;
        for (std::uint64_t change = index ^ (index + 1); change != 0; change &= change - 1) {
            const auto qubit = static_cast<std::size_t>(std::countr_zero(change));
            if (qubit < of_qubit_.size()) place ^= of_qubit_[qubit];
        }
    }
    std::vector<Complex> values(where.size());
    state_->state().read(where, values);
    for (std::size_t k = 0; k < where.size(); ++k)
        out[to[k].first] = to[k].second ? -factor_ * values[k] : factor_ * values[k];
}

template class AmplitudeReader<float>;
template class AmplitudeReader<double>;

}  // namespace carillon::engine
