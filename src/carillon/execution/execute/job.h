// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "carillon/execution/execute/compile.h"
#include "carillon/execution/execute/report.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/verify.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon::host {
class Ranks;
}

namespace carillon {

struct JobOptions {
    CompileOptions compile;
    VerifyLevel verify = VerifyLevel::kAuto;
    ScheduleOptions schedule;
    double target_fidelity = 0;  ///< when positive: plan purification and a code that meet it
    bool execute = true;         ///< run the distributed program, not only compile and price it
    std::uint64_t shots = 1024;
    std::uint64_t seed = 0;
    bool single_precision = false;
    bool physical = false;  ///< every communication qubit has its own place in the state
    int threads = 0;        ///< 0 = all
    std::uint64_t max_memory_bytes = 0;  ///< 0 = what the machine has
    /// What executes the program; empty: run_program().
    std::function<ProgramRunResult(const DistributedProgram&, const SimulateOptions&)> executor =
        {};
    host::Ranks* ranks = nullptr;  ///< processes that share the work; nullptr: one alone
};

/// A job from circuit to report, with what pictures need.
struct Job {
    Network network;
    Compilation compilation;
    Timeline timeline;
    Report report;
};

/// Compiles, schedules, verifies, executes and reports.
///
/// Throws: InputError (program or network), ResourceError (memory), InternalError when the
/// validator rejects what the compiler made.
Job run_job(const Circuit& circuit, Network network, const JobOptions& options,
            const Progress& progress = {});

}  // namespace carillon
