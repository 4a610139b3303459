// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {

/// Places a program in time and chooses while doing so which communication qubit every half of a
/// pair, copy and carried qubit uses, and in which turn.
///
/// The communication qubits of a QPU are a pool (find_comm_pools()); list schedules take whichever
/// is free, with pairs held back to various shares of the time at which the schedule so far makes
/// them. The shortest is written into the program (rename_comm_qubits()) and scheduled as any other
/// (schedule()), and so again while that helps. Some programs keep the order of
/// their streams (keeps_order()); one of more than 400,000 steps is scheduled as it is.
///
/// Args:
///     program: is changed when that gives a shorter schedule, or one with fewer overdue pairs;
///              never to a longer one.
/// Returns: the timeline of the program as it is afterwards.
/// Throws: InputError as find_dependencies().
Timeline assign_comm_qubits(DistributedProgram& program, const Network& network,
                            const ScheduleOptions& options = {});

}  // namespace carillon
