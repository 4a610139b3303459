// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/workload/program/program.h"
#include "carillon/workload/schedule/dependencies.h"
#include "carillon/workload/schedule/pool_schedule.h"

namespace carillon {

/// Whether the streams of a program must stay in the order they have.
///
/// An `if` or `while` is done at one place of its stream. And where a cx has a copy of a qubit as
/// its target, the same is done at every other copy, in one order everywhere; until then they
/// differ.
bool keeps_order(const DistributedProgram& program);

/// The program with every use of a communication qubit on the qubit that the plan gives it.
///
/// Streams follow the plan's sequence, gates of a LocalWindow one after another, unless they must
/// keep their order. Certificates are renamed and moved along.
///
/// Args:
///     graph: of `program`.
DistributedProgram rename_comm_qubits(const DistributedProgram& program,
                                      const DependencyGraph& graph, const PoolPlan& plan);

}  // namespace carillon
