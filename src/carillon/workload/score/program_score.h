// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Model `time`: what a program takes, in ns.
struct TimeScore {
    double mean_times_ns = 0;   ///< makespan if every pair took its link's mean time
    double lower_bound_ns = 0;  ///< no schedule is shorter, at mean times
    double expected_ns = 0;     ///< mean makespan over `samples` draws of every pair's attempts
    double error_ns = 0;        ///< standard error of that mean
    double slowest_ns = 0;      ///< longest of the draws
    std::uint32_t samples = 0;
    std::uint32_t rounds = 0;  ///< longest chain of pairs that wait for each other
};

/// Model `fidelity`: natural logarithm of the expected fidelity, and the parts it is the sum of.
///
///     pairs     ln F of its link for every Bell pair
///     transfers ln (1 - error) of its link for every qubit carried over
///     gates     ln (1 - error) of every gate and reset (wide gates in two-qubit equivalents)
///     readout   ln (1 - error) of every measurement
///     waiting   -t / T2 for every stretch t in which a qubit holds a state and nothing acts on it,
///               in the schedule at mean times (T2 = 2 T1 where only T1 is given)
///
/// Errors are taken as independent, each fatal: an estimate on the low side.
struct FidelityScore {
    double log_fidelity = 0;
    double pairs = 0, transfers = 0, gates = 0, readout = 0, waiting = 0;
    double waiting_ns = 0;  ///< summed over qubits
};

/// What a program costs under the models that need one.
struct ProgramScore {
    // Model `physical`: what the program makes under the limits of its QPUs.
    std::size_t pairs = 0;
    std::size_t transfers = 0;  ///< qubits carried over links
    std::map<std::string, std::size_t> by_purpose;
    std::size_t classical_bits = 0;
    std::size_t local_gates = 0;
    std::size_t local_swaps = 0;    ///< of these, swaps: routing within QPUs is counted apart
    std::uint32_t comm_in_use = 0;  ///< most communication qubits that one QPU touches
    std::size_t longest_service =
        0;  ///< most two-qubit gates that one stored pair half takes part in

    TimeScore time;
    FidelityScore fidelity;
};

struct ScoreOptions {
    std::uint32_t samples = 16;  ///< draws of random entanglement; 0: none
    std::uint64_t seed = 0;
};

/// Scores any distributed program, whoever wrote it.
///
/// Throws: InputError when program and network do not fit.
ProgramScore score_program(const DistributedProgram& program, const Network& network,
                           const ScoreOptions& options = {});

}  // namespace carillon
