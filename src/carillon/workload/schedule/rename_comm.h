// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/program/program.h"
#include "carillon/workload/schedule/dependencies.h"
#include "carillon/workload/schedule/pool_schedule.h"

namespace carillon {

/// Whether a stream has an `if` or `while`: what runs inside is then done at one place of it.
bool has_blocks(const DistributedProgram& program);

/// The program with every use of a communication qubit on the qubit that the plan gives it.
///
/// Streams without blocks follow the plan's sequence, gates of a LocalWindow one after another;
/// with blocks they stay in order. Certificates are renamed and moved along.
///
/// Args:
///     graph: of `program`.
DistributedProgram rename_comm_qubits(const DistributedProgram& program,
                                      const DependencyGraph& graph, const PoolPlan& plan);

}  // namespace carillon
