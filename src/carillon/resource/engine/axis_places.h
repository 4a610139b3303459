// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace carillon::engine {

/// Which bit of an address tells the value of which axis of a state. An axis that is known to be 0
/// needs none: it has no place. Places in use are 0 to places() - 1.
class AxisPlaces {
  public:
    /// `axes` axes, each at the place of its number.
    explicit AxisPlaces(int axes = 0);

    int axes() const { return static_cast<int>(place_of_.size()); }
    int places() const { return static_cast<int>(axis_at_.size()); }
    int axis_at(int place) const { return axis_at_[static_cast<std::size_t>(place)]; }
    /// -1: it has none.
    int place_of(int axis) const { return place_of_[static_cast<std::size_t>(axis)]; }
    std::span<const int> place_of() const { return place_of_; }
    /// Axes without a place.
    std::uint64_t without() const;

    /// A new axis, the last, without a place.
    void add() { place_of_.push_back(-1); }
    /// Gives an axis that has none the next place.
    void give_place(int axis);
    /// Takes the place of an axis away; those above move down.
    void take_place(int axis);
    /// Removes an axis without a place; the last axis takes its number.
    void remove(int axis);
    void exchange(int place_a, int place_b);

  private:
    std::vector<int> axis_at_, place_of_;
};

/// Takes the bits of `value` to the positions of the bits of `mask`, lowest first.
std::uint64_t deposit(std::uint64_t value, std::uint64_t mask);
/// `value` without its bit at `place`; higher bits move down.
std::uint64_t without_bit(std::uint64_t value, int place);

}  // namespace carillon::engine
