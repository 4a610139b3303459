// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/resource/engine/passes/pass.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/thread_team.h"

namespace carillon::engine::passes {

/// Does a pass on the state at `data`, which has geometry.axes axes in the block layout, and
/// multiplies by `scalar`.
///
/// Args:
///     zero: axes that are 0 in every amplitude that is not; tiles that are 1 there are left alone.
template <class Real>
void run_pass(Real* data, const Geometry& geometry, const Items& items, const Pass& pass,
              Complex scalar, std::uint64_t zero, ThreadTeam& team);

}  // namespace carillon::engine::passes
