// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "carillon/execution/execute/simulate.h"
#include "carillon/execution/execute/tally.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// A program made ready to run any of its shots, each with random numbers of its own, so that a
/// shot comes out the same whoever runs it and beside whichever others. Shots, trajectories or
/// anything else that is repeated can stand behind it.
class Trials {
  public:
    virtual ~Trials() = default;
    /// Whether shots can be run some here, some there, without doing much twice. When not,
    /// run() must be asked for all at once.
    virtual bool divisible() const = 0;
    /// Runs the shots [begin, end).
    ///
    /// Throws: InputError, ResourceError as simulate() and run_program().
    virtual Tally run(std::uint64_t begin, std::uint64_t end) = 0;
};

/// The shots of a circuit; those of [0, n) have the counts of simulate() of n shots. Divisible
/// unless all shots are drawn from one final state.
///
/// Args:
///     options: `shots` does not count; an observable may be asked for.
std::unique_ptr<Trials> circuit_trials(Circuit circuit, const SimulateOptions& options);

/// The shots of a distributed program, likewise with the counts of run_program().
std::unique_ptr<Trials> program_trials(DistributedProgram program, const SimulateOptions& options);

}  // namespace carillon
