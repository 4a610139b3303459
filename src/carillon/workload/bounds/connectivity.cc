// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/connectivity.h"

#include <algorithm>
#include <numeric>

namespace carillon {
namespace {

std::uint32_t root(std::vector<std::uint32_t>& parent, std::uint32_t q) {
    while (parent[q] != q) q = parent[q] = parent[parent[q]];
    return q;
}

}  // namespace

LowerBound connectivity_bound(const StaticModel& model) {
    std::vector<std::uint32_t> parent(model.num_qubits), size(model.num_qubits);
    std::iota(parent.begin(), parent.end(), 0);
    for (const StaticModel::Gate& gate : model.gates) {
        for (std::uint32_t s : gate.segments) {
            parent[root(parent, model.qubit_of[s])] =
                root(parent, model.qubit_of[gate.segments[0]]);
        }
    }
    for (std::uint32_t q = 0; q < model.num_qubits; ++q) ++size[root(parent, q)];
    std::vector<std::uint32_t> rooms = model.room;
    std::sort(rooms.rbegin(), rooms.rend());
    LowerBound bound{0, BoundScope::kAny, "connectivity"};
    for (std::uint32_t group : size) {
        std::uint64_t room = 0;
        std::size_t used = 0;
        while (room < group && used < rooms.size()) room += rooms[used++];
        if (used > 1) bound.cost += static_cast<std::int64_t>(used) - 1;
    }
    return bound;
}

}  // namespace carillon
