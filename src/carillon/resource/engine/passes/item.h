// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

/// Two by two, row major.
using Matrix2 = std::array<Complex, 4>;

namespace passes {

/// What a pass over the state does, in the order it must seem to be done.
///
/// Every unitary on one axis is a scalar times phase, rotation, phase, where the rotation
///
///     [[1, -t], [t, 1]]      or, with its inputs exchanged,      [[-t, 1], [1, t]]
///
/// has 0 <= t <= 1 and needs one fused multiply-add per number; the scalar is owed and paid once
/// per pass. Phases commute with each other and are applied many at a time.
///
/// An interaction exp(i (x XX + y YY)) is, up to a scalar for each parity of its two axes, such a
/// step for every parity: [[1, it], [it, 1]] or [[-it, 1], [1, -it]] on the values that differ in
/// both axes.
enum class ItemKind : std::uint8_t {
    kPhase,
    kRotation,
    kInteraction,
    kScale,
    kShift,
    kPair,
    kMatrix
};

struct Item {
    ItemKind kind = ItemKind::kPhase;
    bool inverted = false;            ///< kPair
    std::array<bool, 2> exchanged{};  ///< kRotation: [0]; kInteraction: by parity
    std::array<double, 2> tangent{};  ///< t, in the same way
    Complex factor = 1;               ///< kPhase: where all `reads` are 1; others: the scalar owed
    std::uint64_t flips = 0;          ///< axes on which it is not diagonal
    std::uint64_t reads = 0;          ///< axes on which it is diagonal
    std::uint64_t parity = 0;         ///< kPair: the mask that tells the value
    std::uint32_t first = 0, count = 0;  ///< conditions in Items::conditions
    std::uint32_t matrix = 0;            ///< index into Items::matrices
    std::uint32_t first_target = 0;      ///< kMatrix: its targets in Items::targets
};

struct Items {
    std::vector<Item> list;
    std::vector<Condition> conditions;
    std::vector<Matrix> matrices;  ///< kMatrix; kPair has 2x2 matrices here
    std::vector<int> targets;

    std::span<const Condition> conditions_of(const Item& item) const {
        return {conditions.data() + item.first, item.count};
    }
    std::span<const int> targets_of(const Item& item) const {
        return {targets.data() + item.first_target,
                static_cast<std::size_t>(matrices[item.matrix].qubits)};
    }
};

}  // namespace passes
}  // namespace carillon::engine
