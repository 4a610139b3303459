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

/// A rank that took part.
struct ProcessOf {
    std::string name;  ///< of the QPU it controlled; empty: it held qubits
    int rank = 0;
    std::int64_t process_id = 0;
    std::string host;
};

/// What went from one QPU to another.
struct ProcessTraffic {
    std::uint64_t messages = 0;                   ///< between the two processes
    std::uint64_t bits = 0;                       ///< in them
    std::optional<std::uint64_t> predicted_bits;  ///< by the compiler; none when it depends on
                                                  ///< outcomes
};

struct ProcessRunResult : ProgramRunResult {
    std::string ranks;               ///< "8 ranks of ... on 2 nodes"
    std::vector<ProcessOf> holders;  ///< of the qubits
    std::vector<ProcessOf> controllers;
    /// By indices of the QPUs that it left and went to; those with any.
    std::map<std::pair<std::uint32_t, std::uint32_t>, ProcessTraffic> traffic;
    /// Pairs by link that the compiler predicts for these runs; none when outcomes decide.
    std::optional<std::map<std::uint32_t, std::uint64_t>> predicted_pairs_by_link;
};

/// What a program sends and makes in each run, when that does not depend on outcomes.
struct PredictedTraffic {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> bits_by_qpus;
    std::map<std::uint32_t, std::uint64_t> pairs_by_link;
};
std::optional<PredictedTraffic> predict_traffic(const DistributedProgram& program);

/// For those who look on, on rank 0.
struct ProcessHooks {
    /// After each shot, with its classical memory as classical_of() its QPUs.
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
/// Throws: as run_program(); InputError when the number of ranks does not fit, PeerLost when one
///     died.
ProcessRunResult run_processes(host::Ranks& ranks, const DistributedProgram& program,
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

/// Processes, and what went between them, as text for people, at most 100 columns.
std::string processes_text(const ProcessRunResult& result, const DistributedProgram& program);

}  // namespace carillon
