// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/comm_pools.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace carillon {

namespace {

/// Qubits that keep their stays: by QPU and local qubit.
std::vector<std::vector<bool>> find_fixed(const DistributedProgram& program,
                                          const DependencyGraph& graph) {
    std::vector<std::vector<bool>> fixed;
    for (const QpuProgram& qpu : program.qpus) fixed.emplace_back(qpu.num_qubits(), false);
    for (const auto* layout : {&program.initial_layout, &program.final_layout})
        for (const Location& at : *layout)
            if (at.qpu.valid()) fixed[static_cast<std::size_t>(at.qpu)].at(at.qubit) = true;
    std::map<std::pair<std::uint32_t, LocalQubit>, bool> ends_blank;  // its last stay
    for (const Stay& s : graph.stays) ends_blank[{s.qpu.value, s.qubit}] = s.ends_blank;
    for (const auto& [where, blank] : ends_blank)
        if (!blank) fixed[where.first][where.second] = true;
    return fixed;
}

/// The neighbours of every qubit on the coupling map.
std::vector<std::set<LocalQubit>> neighbours(const Node& node, std::uint32_t qubits) {
    std::vector<std::set<LocalQubit>> list(qubits);
    for (const auto& [a, b] : node.coupling) {
        if (a >= qubits || b >= qubits) continue;
        list[a].insert(b);
        list[b].insert(a);
    }
    return list;
}

/// Whether exchanging the two changes nothing on the coupling map.
bool alike(const std::vector<std::set<LocalQubit>>& near, LocalQubit a, LocalQubit b) {
    std::set<LocalQubit> of_a = near[a], of_b = near[b];
    of_a.erase(b);
    of_b.erase(a);
    return of_a == of_b;
}

}  // namespace

CommPools find_comm_pools(const DistributedProgram& program, const Network& network,
                          const DependencyGraph& graph) {
    CommPools result;
    const auto fixed = find_fixed(program, graph);
    std::vector<std::vector<std::uint32_t>> pool_of;  // by QPU and local qubit
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        const QpuProgram& qpu = program.qpus[q];
        const Node& node = network.nodes[q];
        const auto near = neighbours(node, qpu.num_qubits());
        const std::size_t first_pool = result.pools.size();
        auto& pools = pool_of.emplace_back(qpu.num_qubits());
        for (LocalQubit c = qpu.data_qubits; c < qpu.num_qubits(); ++c) {
            auto pool = result.pools.begin() + static_cast<std::ptrdiff_t>(first_pool);
            while (pool != result.pools.end() &&
                   (fixed[q][c] || fixed[q][pool->qubits[0]] ||
                    (!node.coupling.empty() && !alike(near, c, pool->qubits[0]))))
                ++pool;
            pools[c] = static_cast<std::uint32_t>(pool - result.pools.begin());
            if (pool == result.pools.end())
                result.pools.push_back({QpuId{q}, {c}, fixed[q][c]});
            else
                pool->qubits.push_back(c);
        }
    }
    for (const Stay& s : graph.stays)
        result.of_stay.push_back(pool_of[static_cast<std::size_t>(s.qpu)][s.qubit]);
    return result;
}

}  // namespace carillon
