// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/axis_places.h"

#include <numeric>
#include <utility>

namespace carillon::engine {

AxisPlaces::AxisPlaces(int axes) : axis_at_(static_cast<std::size_t>(axes)) {
    std::iota(axis_at_.begin(), axis_at_.end(), 0);
    place_of_ = axis_at_;
}

std::uint64_t AxisPlaces::without() const {
    std::uint64_t mask = 0;
    for (int axis = 0; axis < axes(); ++axis)
        if (place_of(axis) < 0) mask |= std::uint64_t{1} << axis;
    return mask;
}

void AxisPlaces::give_place(int axis) {
    place_of_[static_cast<std::size_t>(axis)] = places();
    axis_at_.push_back(axis);
}

void AxisPlaces::take_place(int axis) {
    axis_at_.erase(axis_at_.begin() + place_of(axis));
    place_of_[static_cast<std::size_t>(axis)] = -1;
    for (int place = 0; place < places(); ++place)
        place_of_[static_cast<std::size_t>(axis_at(place))] = place;
}

void AxisPlaces::remove(int axis) {
    const int place = place_of_.back();
    place_of_[static_cast<std::size_t>(axis)] = place;
    place_of_.pop_back();
    if (axis < axes() && place >= 0) axis_at_[static_cast<std::size_t>(place)] = axis;
}

void AxisPlaces::exchange(int place_a, int place_b) {
    auto &a = axis_at_[static_cast<std::size_t>(place_a)],
         &b = axis_at_[static_cast<std::size_t>(place_b)];
    std::swap(a, b);
    place_of_[static_cast<std::size_t>(a)] = place_a;
    place_of_[static_cast<std::size_t>(b)] = place_b;
}

std::uint64_t deposit(std::uint64_t value, std::uint64_t mask) {
    std::uint64_t result = 0;
    for (; mask != 0 && value != 0; mask &= mask - 1, value >>= 1)
        if ((value & 1) != 0) result |= mask & -mask;
    return result;
}

std::uint64_t without_bit(std::uint64_t value, int place) {
    const std::uint64_t low = (std::uint64_t{1} << place) - 1;
    return (value & low) | (value >> 1 & ~low);
}

}  // namespace carillon::engine
