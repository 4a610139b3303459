// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// Items that are done while the same axes are inside a piece of the state (a rank's memory, a part
/// that was read from disk).
struct Stage {
    std::uint64_t axes = 0;            ///< inside, as many as a piece has
    std::vector<std::uint32_t> items;  ///< positions in Items::list, in order
    bool whole = false;  ///< one item that no piece holds; `axes` is what was inside before
};

/// Chooses axes for one stage after another so that there are few stages; among choices that do as
/// much, the one that keeps most axes inside. Like the planner of passes, one level up.
///
/// Args:
///     axes: of the state.
///     inside: axes of a piece.
///     always: axes that must be in every stage.
///     now: axes that are inside at the start, `inside` of them.
std::vector<Stage> plan_stages(const Items& items, int axes, int inside, std::uint64_t always,
                               std::uint64_t now);

/// Items as they act on one piece, in terms of its places.
///
/// Args:
///     place: by axis of the state, the place in the piece; -1 for axes outside.
///     outside: values of the axes outside, each at its own bit.
///     scalar: is multiplied by factors that are the same for the whole piece.
Items localise(const Items& items, std::span<const std::uint32_t> chosen,
               std::span<const int> place, std::uint64_t outside, Complex& scalar);

}  // namespace carillon::engine::passes
