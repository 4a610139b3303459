// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "carillon/execution/execute/simulate.h"
#include "carillon/execution/execute/tally.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// A program made ready to run its shots, each with random numbers of its own, so that a shot comes
/// out the same whoever runs it and beside whichever others. Shots, trajectories or anything else
/// that is repeated can stand behind it.
class Trials {
  public:
    virtual ~Trials() = default;
    /// False when all shots come from one state, so that only a run of all makes sense.
    virtual bool divisible() const = 0;
    /// Runs part number `part` of `parts`, which together are all shots, each in one part. Which
    /// shots those are is theirs to say; some parts may have none.
    ///
    /// Throws: InputError, ResourceError as simulate() and run_program().
    virtual Tally run(std::uint64_t part, std::uint64_t parts) = 0;
};

/// The shots of a circuit, with the counts of simulate(). Divisible unless they are drawn from one
/// final state.
std::unique_ptr<Trials> circuit_trials(Circuit circuit, const SimulateOptions& options);

/// The shots of a distributed program, likewise with the counts of run_program().
std::unique_ptr<Trials> program_trials(DistributedProgram program, const SimulateOptions& options);

}  // namespace carillon
