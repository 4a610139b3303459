// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "carillon/resource/network/network.h"
#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Whether this build has a solver of integer programs (CBC).
bool have_integer_programs();

struct ExactOptions {
    double seconds = 60;           ///< wall time for the solver
    std::int64_t known_cost = -1;  ///< of some static placement; only cheaper ones are looked for
    std::size_t most_variables = 60'000;
};

/// What the integer program says.
struct ExactResult {
    bool solved = false;                 ///< the optimum is known: `bound.cost`
    LowerBound bound;                    ///< scope kStatic; kStaticUnfolded with gates on three or
                                         ///< more qubits
    std::optional<Placement> placement;  ///< cheaper than the known cost
    std::int64_t cost = -1;              ///< of that placement
    std::size_t variables = 0, rows = 0;
    double seconds = 0;
    std::string note;  ///< why it was not tried or not solved; empty when solved
};

/// The cheapest static placement in the Steiner model, no gate folded, by branch and bound on a 0-1
/// program: a home for each qubit (within capacities), a site for each gate, and for each segment
/// the set of QPUs that it is present on. On complete networks a segment pays for each QPU beyond
/// the first. On others, of at most six hosts, it pays a convex combination of the trees of all
/// sets of hosts. QPUs that may trade places are filled in order of their first qubit.
///
/// A bound from an unfinished search depends on the machine's speed.
///
/// Throws: InternalError when the solver's answer does not cost what it says.
ExactResult solve_static(const Interactions& interactions, const Network& network,
                         const ExactOptions& options = {});

}  // namespace carillon
