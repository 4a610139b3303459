// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carillon/execution/execute/run_program.h"
#include "carillon/resource/engine/register.h"
#include "carillon/resource/host/ranks.h"

namespace carillon {

/// What a program sends and makes in each run, when that does not depend on outcomes.
struct PredictedTraffic {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> bits_by_qpus;
    std::map<std::uint32_t, std::uint64_t> pairs_by_link;
};
std::optional<PredictedTraffic> predict_traffic(const DistributedProgram& program);

/// For those who look on, on rank 0.
struct ProcessHooks {
    /// When all is over, for each shot: its source bits and variables.
    std::function<void(std::uint64_t shot, const ClassicalState& memory)> shot_over;
    /// After each round (a shot, or all of them when they are sampled), in double precision; qubits
    /// have the handles that they have in ProgramRunner.
    std::function<void(std::uint64_t round, engine::Register<double>& qubits)> round_over;
};

/// Executes a distributed program by many processes: every QPU is controlled by a rank of its own,
/// which has only the QPU's instruction stream and classical memory, sends real bits to the others
/// and asks the ranks that hold the qubits for what needs qubits. The first ranks hold the qubits,
/// rank 0 among them.
///
/// Rank 0 calls it, while all other ranks are in join_processes(). Results are those of
/// run_program() outcome for outcome.
///
/// Returns: with the report of the processes.
/// Throws: as run_program(); InputError when the number of ranks does not fit, PeerLost when one
///     died.
ProgramRunResult run_processes(host::Ranks& ranks, const DistributedProgram& program,
                               const SimulateOptions& options = {}, const ProcessHooks& hooks = {});

/// What the other ranks do: their part in the runs of rank 0, until it lets them go.
void join_processes(host::Ranks& ranks);

/// Lets the other ranks go when rank 0 leaves a scope.
class ProcessCrew {
  public:
    explicit ProcessCrew(host::Ranks& ranks) : ranks_(&ranks) {}
    ~ProcessCrew();
    ProcessCrew(const ProcessCrew&) = delete;
    ProcessCrew& operator=(const ProcessCrew&) = delete;

  private:
    host::Ranks* ranks_;
};

/// Throws: InputError that says how many ranks are needed, when `ranks` do not fit.
void check_ranks(int ranks, std::size_t qpus, const std::string& what);

}  // namespace carillon
