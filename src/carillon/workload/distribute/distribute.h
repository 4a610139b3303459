// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

struct DistributeResult {
    DistributedProgram program;
    std::size_t reopened_copies =
        0;  ///< pairs spent again because a QPU ran out of communication qubits
};

/// Writes the distributed program of a lowered circuit under a placement.
///
/// Multi-qubit phase gates run at their site, where cat copies of the operands are opened, shared
/// by all gates of a segment, and closed after the last one; moves are teledata; every QPU gets its
/// part of if and while blocks and the classical values it reads.
///
/// Throws: InputError when a QPU has too few communication qubits for some operation.
DistributeResult distribute(const LoweredCircuit& lowered, const Placement& placement,
                            const Network& network);

}  // namespace carillon
