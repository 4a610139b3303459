// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/item.h"
#include "carillon/resource/engine/passes/stage_search.h"

namespace carillon::engine::passes {

/// Items that are done while the same axes are inside a piece of the state (a rank's memory, a part
/// that was read from disk).
struct Stage {
    std::uint64_t axes = 0;            ///< inside, as many as a piece has
    std::vector<std::uint32_t> items;  ///< positions in Items::list, in order
};

/// Writes what flips more than `most` axes at once by controlled X that flip one each. A matrix is
/// left as it is.
Items narrowed(const Items& items, int most);

/// What plan_stages plans for.
struct StagePlan {
    int axes = 0;              ///< of the state
    int inside = 0;            ///< axes of a piece
    std::uint64_t always = 0;  ///< axes that must be in every stage
    ChangeCost cost;           ///< of a change; by default that of a walk over the whole state
    bool any_first = false;    ///< any axes may be inside at first, at no cost
};

/// Chooses axes for one stage after another so that all changes together cost little, see
/// search_stages. Like the planner of passes, one level up.
///
/// Args:
///     items: flip at most inside - |always| axes each, so that every one fits.
///     now: axes that are inside at the start; when they are no possible set, any may be first.
std::vector<Stage> plan_stages(const Items& items, const StagePlan& plan, std::uint64_t now);

/// Items as they act on one piece, in terms of its places.
///
/// Args:
///     chosen: flip no axis outside.
///     place: by axis of the state, the place in the piece; -1 for axes outside.
///     outside: values of the axes outside, each at its own bit.
///     scalar: is multiplied by factors that are the same for the whole piece.
Items localise(const Items& items, std::span<const std::uint32_t> chosen,
               std::span<const int> place, std::uint64_t outside, Complex& scalar);

/// Some of the items, in order.
Items subset(const Items& items, std::span<const std::uint32_t> chosen);

/// The conditions on one piece. Returns: false when it meets none of them.
bool localise(std::span<const Condition> conditions, std::span<const int> place,
              std::uint64_t outside, std::vector<Condition>& inside);

}  // namespace carillon::engine::passes
