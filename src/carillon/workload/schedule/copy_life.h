// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/base/time.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"

namespace carillon {

/// How long a communication qubit held a cat copy.
struct CopyLife {
    QpuId qpu;
    QubitId serves;    ///< the source qubit that was copied
    Time from, until;  ///< from its correction, or its arrival, to the start of what measured it

    Time length() const { return until - from; }
};

/// All copies of a scheduled program, as its streams and its timeline show them: the arriving half
/// of each pair, and each carried qubit, that serves as a copy. A copy that swaps move is followed;
/// one that is swapped into a data qubit has become its qubit's home and is none any more.
std::vector<CopyLife> copy_lives(const DistributedProgram& program, const Timeline& timeline);

}  // namespace carillon
