// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "carillon/resource/engine/passes/pass.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/thread_team.h"

namespace carillon::engine::passes {

/// Does a pass on the state at `data`, which has geometry.axes axes in the block layout; the last
/// pass also multiplies by `scalar`.
template <class Real>
void run_pass(Real* data, const Geometry& geometry, const Items& items, const Pass& pass,
              Complex scalar, ThreadTeam& team);

}  // namespace carillon::engine::passes
