// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/resource/engine/passes/planner.h"

namespace carillon::engine::passes {

/// The work of one pass over tiles of `axes`.
///
/// Args:
///     chosen: items of `items.list`, in order, that such a pass can do.
///     all_phases: do every phase; otherwise those that nothing in this pass waits for are left,
///         to be joined with later ones.
///     done: becomes, for each chosen item, whether the pass does it.
Pass fill_pass(const Items& items, std::span<const std::uint32_t> chosen, std::uint64_t axes,
               const Geometry& geometry, bool all_phases, std::vector<bool>& done);

}  // namespace carillon::engine::passes
