// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// The same items without controlled X that are undone later, as Toffolis that compute into an
/// ancilla and back: what is between them and reads the axis gets a copy that reads the conditions
/// instead. So axes that only hold what others tell need not be flipped, nor brought inside.
///
/// With A = X on t where c, and L a product of values of which one is t's:
///
///     A (-1)^L A = (-1)^L (-1)^(L with c for t),  A (flip where L) A = both flips,
///     A e^(i a L) A = e^(i a (L + Lc - 2 L and Lc))
///
/// A chain of k Toffolis and its undoing around a phase becomes k + 1 phases.
Items without_undone_flips(const Items& items);

}  // namespace carillon::engine::passes
