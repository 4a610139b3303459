// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/execution/execute/place.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Name and wall time of one phase of a job.
struct Phase {
    std::string name;
    double seconds = 0;
};

/// Called when a phase starts, with its name, and perhaps while it goes on, with "name: what".
using Progress = std::function<void(const std::string& phase)>;

/// Runs `work` as a phase: reports it, times it, appends it to `phases`.
template <class Work>
auto timed(std::vector<Phase>& phases, const Progress& progress, const std::string& name,
           Work&& work);

/// Whether stretches of cx and phases are written as phases (LowerOptions::parity_phases).
enum class Rewriting : std::uint8_t {
    kNever,
    kAlways,
    kBest,  ///< small programs are placed both ways at normal effort, and once more with their
            ///< three-qubit gates split if they have any; the cheapest is taken
};

/// "never", "always" or "best". Throws: InputError for anything else.
Rewriting rewriting_from_name(std::string_view name);

struct CompileOptions {
    PartitionOptions partition;
    DistributeLimits limits;
    std::optional<Placement> placement;       ///< when given: it is not searched, and speaks of the
    ProgramForm placement_form;               ///< program in this form
    Objective objective = Objective::kPairs;  ///< what the placement is chosen by
    bool compare = false;  ///< look at several placements and predict what each would give
    bool native = true;    ///< write gates with the native gates and coupling maps of the QPUs
    Rewriting rewriting = Rewriting::kBest;
};

/// A compiled job.
struct Compilation {
    DistributedProgram program;
    Placement placement;
    PlacementCost cost;  ///< Bell pairs that the placement needs with enough communication qubits
    std::string partitioner;    ///< which one found the placement
    PartitionResult search;     ///< members, bounds and gap of that search (its placement is above)
    std::size_t reopened = 0;   ///< pairs spent again for want of communication qubits
    std::size_t swaps = 0;      ///< inserted for coupling maps
    std::size_t rewritten = 0;  ///< gates written with native gates
    ProgramForm placement_form;   ///< of the program that the placement speaks of
    std::string reason;           ///< why this placement
    std::vector<Choice> choices;  ///< placements considered
    std::vector<Phase> phases;
};

/// The lowered program, in some form, that placements speak of: what compile() partitions.
LoweredCircuit lower_for(const Circuit& circuit, const Network& network, bool native,
                         ProgramForm form);

/// Lowers, partitions, distributes and compiles locally.
///
/// Throws: InputError when the program does not fit the network.
Compilation compile(const Circuit& circuit, const Network& network,
                    const CompileOptions& options = {}, const Progress& progress = {});

// ---------------------------------------------------------------------------------------------------------------------

/// Seconds since an arbitrary start, never going back.
double steady_seconds();

template <class Work>
auto timed(std::vector<Phase>& phases, const Progress& progress, const std::string& name,
           Work&& work) {
    if (progress) progress(name);
    const double start = steady_seconds();
    struct Record {
        std::vector<Phase>& phases;
        const std::string& name;
        double start;
        ~Record() { phases.push_back({name, steady_seconds() - start}); }
    } record{phases, name, start};
    return work();
}

}  // namespace carillon
