// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carillon/execution/execute/inspect.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/disk_options.h"
#include "carillon/resource/engine/locality.h"
#include "carillon/resource/engine/passes/explain.h"
#include "carillon/resource/engine/safety.h"
#include "carillon/resource/host/binding.h"
#include "carillon/resource/host/metrics.h"

namespace carillon {

namespace host {
class Ranks;
}

struct SimulateOptions {
    std::uint64_t shots = 1024;
    std::uint64_t seed = 0;
    bool single_precision = false;
    int threads = 0;                     ///< 0: one per core
    std::uint64_t max_memory_bytes = 0;  ///< 0: what the machine has available
    bool physical = false;  ///< no shortcuts: every qubit that left |0> is an axis of the state
    /// Large states are spread over these: every rank runs the same program with the same options.
    host::Ranks* ranks = nullptr;
    int spread_axes = 0;                ///< qubits beyond which a state is spread; 0: when it pays
    engine::SafetyOptions safety = {};  ///< of states that are spread
    /// Where a state goes that does not fit in memory, see engine::StateOptions.
    std::shared_ptr<const engine::DiskOptions> spill = {};
    bool explain = false;   ///< keeps what every pass over the state did and took
    bool per_shot = false;  ///< runs every shot from the start, even where sampling would do
    std::uint64_t max_loop_iterations = 1000000;  ///< of one `while` each time it is reached
    std::string initial_state = {};   ///< .npy file of the state to start from; empty: all qubits 0
    StateQuestions questions = {};    ///< of programs that can be sampled
    std::uint64_t most_outcomes = 0;  ///< kept in `counts`, the most frequent ones; 0: all
    engine::Locality locality = {};
};

/// Counts by outcome (see outcome_key) and what the run took.
struct SimulateResult {
    std::map<std::string, std::uint64_t> counts = {};  ///< empty when the program has no output
    std::uint64_t distinct = 0;  ///< outcomes that came, those left out of `counts` included
    StateAnswers answers = {};
    std::uint64_t shots = 0;
    bool sampled = false;  ///< all shots were drawn from one final state
    int peak_axes = 0;     ///< the largest state had 2^peak_axes amplitudes
    std::uint64_t peak_bytes = 0;
    std::optional<host::PageReport> pages = {};    ///< of the largest state, when asked for
    std::optional<host::BindReport> binding = {};  ///< for who bound the threads to tell
    std::optional<host::RunMetrics> metrics = {};  ///< for who kept a diary to tell
    std::uint64_t passes = 0;  ///< passes over the state; of the last shot when not sampled
    std::optional<engine::DiskCounts> disk;             ///< when states were on disk
    std::vector<engine::passes::PassRecord> explained;  ///< of the last state, when asked for
    double wall_s = 0;
};

/// Programs of at most this many qubits run on one thread each, several at a time; larger ones one
/// at a time on all threads.
constexpr std::uint32_t kSmallState = 12;

/// Runs a circuit on the state-vector engine.
///
/// A program in which nothing is conditional and every measurement is the last operation of its
/// qubit is run once and its outcomes are sampled. In any other the shots run together until their
/// measurements differ.
///
/// Throws:
///     InputError: a loop that runs too often, a division by zero; with the line in the source. An
///         initial state that does not fit. Questions about the state of a program without one.
///     ResourceError: a state that does not fit.
SimulateResult simulate(const Circuit& circuit, const SimulateOptions& options = {});

/// What one shot leaves behind.
struct FinalState {
    ClassicalState classical;
    std::vector<Complex> amplitudes;  ///< of all source qubits, qubit 0 least significant
};

/// Runs one shot in double precision and returns its state; for up to about 26 qubits.
FinalState final_state(const Circuit& circuit, std::uint64_t seed, std::uint64_t shot,
                       const SimulateOptions& options = {});

/// True when the outcomes of all shots can be sampled from one final state.
bool can_sample(const Circuit& circuit);

}  // namespace carillon
