// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/interactions.h"

/// The cheapest static placement by trying all homes and all sites, priced by placement_cost():
/// openly slow, for a few qubits and gates.
namespace carillon::brute_force {

inline std::int64_t best_static(const Interactions& interactions, const Network& network) {
    const std::vector<std::uint32_t> capacity = node_capacities(network);
    std::vector<QpuId> hosts;
    for (std::uint32_t v = 0; v < capacity.size(); ++v) {
        if (capacity[v] > 0) hosts.push_back(QpuId{v});
    }
    const std::size_t qubits = interactions.of_qubit.size(), gates = interactions.gates.size();
    Placement p;
    p.home.resize(qubits);
    p.site.resize(interactions.num_operations);
    std::int64_t best = INT64_MAX;
    std::vector<std::size_t> choice(qubits + gates);
    for (;;) {
        std::vector<std::uint32_t> used(capacity.size());
        bool fits = true;
        for (std::size_t q = 0; q < qubits; ++q) {
            p.home[q] = hosts[choice[q]];
            fits = fits && ++used[p.home[q].value] <= capacity[p.home[q].value];
        }
        if (fits) {
            for (std::size_t g = 0; g < gates; ++g) {
                p.site[interactions.gates[g].operation] = hosts[choice[qubits + g]];
            }
            best = std::min(
                best, static_cast<std::int64_t>(placement_cost(interactions, network, p).pairs));
        }
        std::size_t digit = fits ? choice.size() : qubits;  // sites matter only when homes fit
        if (!fits) std::fill(choice.begin() + static_cast<std::ptrdiff_t>(qubits), choice.end(), 0);
        for (;;) {
            if (digit == 0) return best;
            if (++choice[--digit] < hosts.size()) break;
            choice[digit] = 0;
        }
    }
}

}  // namespace carillon::brute_force
