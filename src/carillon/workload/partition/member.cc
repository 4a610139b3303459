// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/member.h"

#include <numeric>

#include "carillon/workload/partition/homes.h"
#include "carillon/workload/partition/multilevel.h"

namespace carillon {
namespace {

using Homes = std::vector<std::uint32_t>;

Homes contiguous_homes(Workspace& work) {
    const PartitionProblem& p = work.problem;
    std::vector<std::uint32_t> qubits(p.graph.num_qubits);
    std::iota(qubits.begin(), qubits.end(), 0);
    return fill_in_order(qubits, p.walk, p.capacity);
}

Homes ordered_homes(Workspace& work) {
    const PartitionProblem& p = work.problem;
    return fill_in_order(interaction_order(p.qubits), p.walk, p.capacity);
}

template <Halving halving>
Homes halved_homes(Workspace& work) {
    const PartitionProblem& p = work.problem;
    return multilevel_homes(p.qubits, work.topology, p.capacity, halving, work.random);
}

}  // namespace

const std::vector<Member>& all_members() {
    static const std::vector<Member> members = [] {
        std::vector<Member> list = {{"contiguous", contiguous_homes},
                                    {"order", ordered_homes},
                                    {"multilevel", halved_homes<Halving::kByWalk>},
                                    {"multilevel", halved_homes<Halving::kByEnds>},
                                    {"spectral", spectral_homes},
                                    {"tabu", tabu_homes}};
        if (have_metis()) list.push_back({"metis", metis_homes});
        if (have_scotch()) list.push_back({"scotch", scotch_homes});
        return list;
    }();
    return members;
}

std::vector<Member> members_named(std::string_view name) {
    std::vector<Member> found;
    for (const Member& member : all_members()) {
        if (member.name == name) found.push_back(member);
    }
    return found;
}

std::vector<AbsentMember> absent_members() {
    std::vector<AbsentMember> absent;
    if (!have_metis()) absent.push_back({"metis", "libmetis-dev"});
    if (!have_scotch()) absent.push_back({"scotch", "libscotch-dev"});
    return absent;
}

std::string fault_of(const PartitionProblem& problem, const Homes& homes) {
    if (homes.size() != problem.graph.num_qubits) {
        return "gave homes for " + std::to_string(homes.size()) + " qubits, the program has " +
               std::to_string(problem.graph.num_qubits);
    }
    std::vector<std::uint32_t> used(problem.capacity.size());
    for (std::uint32_t home : homes) {
        if (home >= used.size()) {
            return "named node " + std::to_string(home) + " in a network of " +
                   std::to_string(used.size());
        }
        ++used[home];
    }
    for (std::size_t v = 0; v < used.size(); ++v) {
        if (used[v] <= problem.capacity[v]) continue;
        return "put " + std::to_string(used[v]) + " qubits on node " + std::to_string(v) +
               ", which has room for " + std::to_string(problem.capacity[v]);
    }
    return {};
}

}  // namespace carillon
