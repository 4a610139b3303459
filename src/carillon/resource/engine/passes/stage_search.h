// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/tile_axes.h"

namespace carillon::engine::passes {

/// What it costs that other axes come inside, in units of moving the whole state once.
struct ChangeCost {
    double each = 1;       ///< of every change
    bool by_axes = false;  ///< and 1 - 2^-w when w axes come in
};

/// Which sets may follow each other.
struct StageLimits {
    std::uint64_t all = 0;     ///< axes of the state
    std::uint64_t always = 0;  ///< in every set
    int inside = 0;            ///< axes of a set
    ChangeCost cost;
    bool any_first = false;          ///< the first set costs nothing, whatever it is
    std::uint64_t effort = 1 << 24;  ///< looks at items that the search may take, about
};

/// Sets of axes that, one after another, have all footprints done; the first is `now` unless any
/// may be (0 then stands for none). Each set is used for all that it can do.
///
/// Among plans of the same cost so far it goes on from those that leave least; from each it tries
/// the exchanges of one axis that do most, of two that begin with those, and so on. A plan that
/// takes what does most next is its first, so it is never worse than that.
///
/// Throws: InternalError when a footprint flips more axes than a set has room for.
std::vector<std::uint64_t> search_stages(std::span<const Footprint> items,
                                         const StageLimits& limits, std::uint64_t now);

/// Cost of such a plan; nothing for the first set.
double cost_of(std::span<const std::uint64_t> sets, const ChangeCost& cost);

}  // namespace carillon::engine::passes
