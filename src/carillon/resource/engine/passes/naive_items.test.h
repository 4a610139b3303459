// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// What an item does, written down from its definition; for phases, scales, shifts and rotations.
inline void naive_apply(std::vector<Complex>& state, const Items& items, const Item& item) {
    const std::vector<Complex> before = state;
    const auto on = items.conditions_of(item);
    const auto holds = [&](std::uint64_t i) {
        return std::ranges::all_of(
            on, [&](const Condition& c) { return odd_parity(c.mask & i) == c.odd; });
    };
    for (std::uint64_t i = 0; i < state.size(); ++i) {
        switch (item.kind) {
            case ItemKind::kPhase:
                if ((i & item.reads) == item.reads) state[i] *= item.factor;
                break;
            case ItemKind::kScale:
                if (holds(i)) state[i] *= item.factor;
                break;
            case ItemKind::kShift:
                if (holds(i)) state[i ^ item.flips] = before[i];
                break;
            case ItemKind::kRotation: {
                const double t = item.tangent[0], sign = (i & item.flips) != 0 ? 1 : -1;
                const Complex own = before[i], other = before[i ^ item.flips];
                const bool x = item.exchanged[0];
                state[i] = item.factor * (x ? other + sign * t * own : own + sign * t * other);
                break;
            }
            default:
                state[i] = std::nan("");
        }
    }
}

/// A state that the items have been done to, from one without symmetries.
inline std::vector<Complex> naive_result(const Items& items, std::span<const std::uint32_t> order,
                                         int axes) {
    Random random(99);
    std::vector<Complex> state(std::size_t{1} << axes);
    for (Complex& a : state) a = {random.uniform() - 0.5, random.uniform() - 0.5};
    for (const std::uint32_t at : order) naive_apply(state, items, items.list[at]);
    return state;
}

inline std::vector<std::uint32_t> in_order(const Items& items) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t k = 0; k < items.list.size(); ++k) order.push_back(k);
    return order;
}

inline double distance(const std::vector<Complex>& a, const std::vector<Complex>& b) {
    double worst = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        const double d = std::abs(a[k] - b[k]);
        worst = std::isnan(d) ? INFINITY : std::max(worst, d);
    }
    return worst;
}

/// Largest difference between what two lists do to a state.
inline double naive_distance(const Items& a, const Items& b, int axes) {
    return distance(naive_result(a, in_order(a), axes), naive_result(b, in_order(b), axes));
}

/// Phases, scales, controlled flips and rotations with a norm near 1; flips are often undone soon.
inline Items random_items(Random& random, int axes, int count) {
    Items items;
    const auto axis = [&] { return std::uint64_t{1} << random.below(axes); };
    const auto add = [&](Item item, const std::vector<Condition>& conditions) {
        item.first = static_cast<std::uint32_t>(items.conditions.size());
        item.count = static_cast<std::uint32_t>(conditions.size());
        for (const Condition& c : conditions) {
            item.reads |= c.mask;
            items.conditions.push_back(c);
        }
        items.list.push_back(item);
    };
    const auto conditions = [&](std::uint64_t not_on) {
        std::vector<Condition> list;
        std::uint64_t used = not_on;
        for (int k = 0; k < 2; ++k)
            if (const std::uint64_t mask = (axis() | axis()) & ~used; mask != 0) {
                list.push_back({mask, random.below(2) == 0});
                used |= mask;
            }
        return list;
    };
    while (static_cast<int>(items.list.size()) < count) {
        switch (random.below(4)) {
            case 0:
                items.list.push_back({.kind = ItemKind::kPhase,
                                      .factor = random.below(2) == 0
                                                    ? Complex{-1}
                                                    : std::polar(1.0, 6 * random.uniform()),
                                      .reads = axis() | axis()});
                break;
            case 1:
                add({.kind = ItemKind::kScale, .factor = std::polar(1.0, 6 * random.uniform())},
                    conditions(0));
                break;
            case 2: {
                const double t = random.uniform();
                items.list.push_back({.kind = ItemKind::kRotation,
                                      .exchanged = {random.below(2) == 0, false},
                                      .tangent = {t, 0},
                                      .factor = 1 / std::sqrt(1 + t * t),
                                      .flips = axis()});
                break;
            }
            default: {
                const std::uint64_t flip = axis();
                const auto on = conditions(flip);
                const Item shift{.kind = ItemKind::kShift, .flips = flip};
                add(shift, on);
                for (std::uint64_t k = random.below(3); k > 0; --k)
                    items.list.push_back(
                        {.kind = ItemKind::kPhase, .factor = -1, .reads = axis() | flip});
                add(shift, on);
            }
        }
    }
    return items;
}

}  // namespace carillon::engine::passes
