// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/workload/partition/assignment.h"

namespace carillon {

/// Chooses the sites of all two-operand gates between qubits that stay at home, among the two
/// homes, so that the copies made are fewest; other gates stay where they are. Exact for complete
/// networks: between two QPUs the copies form a smallest vertex cover of the graph whose vertices
/// are (segment, other QPU) and whose edges are the gates.
void cover_sites(Assignment& assignment);

/// Moves single gates to wherever they cost least (third QPUs included) until a sweep gains
/// nothing, at most `sweeps` times. Never makes the cost worse.
void descend_sites(Assignment& assignment, Random& random, int sweeps);

/// Gathers the net's gates on one more QPU, one that `gate` (a gate of the net) needs already, or
/// scatters those that are where `gate` is: a random change, which may cost.
void regroup_sites(Assignment& assignment, std::uint32_t net, std::uint32_t gate, Random& random);

/// Best of descent from the present sites and descent from a cover, with kept copies legal.
void optimise_sites(Assignment& assignment, Random& random, int sweeps);

}  // namespace carillon
