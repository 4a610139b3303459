// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "carillon/execution/execute/process_report.h"
#include "carillon/execution/execute/simulate.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// What the QPUs did, summed over the runs.
struct ProgramCounters {
    std::uint64_t runs = 0;  ///< shots, or 1 when the shots were sampled
    std::uint64_t pairs = 0;
    std::map<std::uint32_t, std::uint64_t> pairs_by_link;  ///< by index of the network's link
    std::map<std::string, std::uint64_t> pairs_by_purpose;
    std::uint64_t transfers = 0;  ///< qubits carried over links
    std::map<std::uint32_t, std::uint64_t> transfers_by_link;
    std::uint64_t classical_bits = 0;  ///< sent between QPUs
    /// Among them, by indices of the QPUs they left and went to.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> bits_by_qpus;
    std::uint64_t gates = 0;         ///< local gates done, corrections included
    std::uint64_t measurements = 0;  ///< those of protocols included
};

/// Adds what another QPU or another run counted.
void add_counters(const ProgramCounters& from, ProgramCounters& to);

struct ProgramRunResult : SimulateResult {
    ProgramCounters counters;
    std::optional<ProcessReport> processes = {};  ///< when the QPUs were processes
};

/// Executes a distributed program on one whole state: every QPU runs its own instruction stream
/// with its own classical memory, waits for its peers at Bell pairs and messages, and shares with
/// them nothing but the quantum state. Pairs, local gates, measurements, messages, corrections and
/// resets are all carried out.
///
/// Source measurements draw the random numbers that simulate() draws for the same operations;
/// protocol measurements have numbers of their own. A program whose source measurements are all
/// final and in which nothing but corrections is conditional is run once and sampled, as in
/// simulate(); with the same seed it then gives the same counts as simulate() samples.
///
/// Throws:
///     InputError: streams that wait for each other (with what each QPU waits for), a pair on a
///         qubit that is not in |0>, a qubit that arrives on one that is not, an endless loop.
///     ResourceError: a state that does not fit.
ProgramRunResult run_program(const DistributedProgram& program,
                             const SimulateOptions& options = {});

/// Runs the shots [begin, end) of a program one by one, and adds what came to a result.
void run_program_shots(const DistributedProgram& program, const SimulateOptions& options,
                       std::uint64_t begin, std::uint64_t end, ProgramRunResult& result);

/// Runs one shot in double precision and returns the classical memory (each value from the QPU that
/// owns it) and the amplitudes in the order of the source qubits, read through final_layout.
///
/// Throws: InputError as run_program(), and when a qubit outside the final layout is left
/// entangled.
FinalState final_state(const DistributedProgram& program, std::uint64_t seed, std::uint64_t shot,
                       const SimulateOptions& options = {});

/// Whether the shots of run_program() can be sampled from one state.
bool can_sample(const DistributedProgram& program);

struct FidelityResult {
    double fidelity = 0;         ///< <a|rho|a>: a of the source, rho what the program left
    bool outputs_agree = false;  ///< every source bit and variable that the program owns is equal
    double program_probability = 1;  ///< of the outcomes of the source's measurements, as the
                                     ///< program ran them
    double source_probability = 1;   ///< of the same outcomes in the source
};

/// Runs one shot of the program, then the source with the same outcomes at the same measurements,
/// and compares. A program equal to its source has fidelity 1, equal outputs and equal
/// probabilities whatever the shot.
FidelityResult fidelity(const Circuit& circuit, const DistributedProgram& program,
                        std::uint64_t seed, std::uint64_t shot,
                        const SimulateOptions& options = {});

}  // namespace carillon
