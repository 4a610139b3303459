// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/workload/partition/problem.h"

namespace carillon {

/// A way to find homes from nothing.
struct Member {
    std::string name;
    std::function<std::vector<std::uint32_t>(Workspace&)> homes;  ///< by qubit
};

/// All members this build has: contiguous, order, multilevel (two), spectral, tabu, metis, scotch.
const std::vector<Member>& all_members();

/// Those of that name; none when there is none.
std::vector<Member> members_named(std::string_view name);

/// Members that exist but are not built in, with the Debian package that adds them.
struct AbsentMember {
    std::string_view name, package;
};
std::vector<AbsentMember> absent_members();

/// What is wrong with homes that a member gave (too many qubits on a node ...); empty: nothing.
std::string fault_of(const PartitionProblem& problem, const std::vector<std::uint32_t>& homes);

// One file each, so that only these see the libraries.
bool have_metis();
bool have_scotch();
/// Homes from METIS: parts as large as the nodes' capacities, least cut, then fitted.
/// Source: Karypis & Kumar, SIAM J. Sci. Comput. 20 (1998) 359.
std::vector<std::uint32_t> metis_homes(Workspace& work);
/// Homes from Scotch: the qubit graph mapped on the network itself (recursive bipartitioning of
/// both), then fitted.
/// Source: Pellegrini & Roman, HPCN'96, LNCS 1067, 493.
std::vector<std::uint32_t> scotch_homes(Workspace& work);

/// Homes by filling the nodes along the network in the order of the second eigenvector of the
/// qubit graph's Laplacian. Source: Fiedler, Czech. Math. J. 23 (1973) 298.
std::vector<std::uint32_t> spectral_homes(Workspace& work);

/// Homes with the least sum of distances between gate partners that tabu search finds: where no
/// copy serves two gates that is the number of pairs. Beyond some hundred qubits, as multilevel.
std::vector<std::uint32_t> tabu_homes(Workspace& work);

}  // namespace carillon
