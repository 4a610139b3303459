// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/schedule/list_schedule.h"

namespace carillon {

/// Moves what turns a Bell pair into a copy (the gate at the near end, its measurement, the message
/// and the correction at the far end) as late as what follows it allows, so that copies are not
/// held before their first gate; pairs follow (make_pairs_just_in_time). Nothing else moves, so the
/// makespan stays. Where a pair would then wait longer than its memories keep it, nothing moves at
/// all.
///
/// Args:
///     placed: a forward schedule; its spans are changed.
void open_copies_late(const ListScheduler& scheduler, PlacedSteps& placed);

}  // namespace carillon
