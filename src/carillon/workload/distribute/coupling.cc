// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/coupling.h"

#include <algorithm>

#include "carillon/base/error.h"

namespace carillon {

CouplingMap::CouplingMap(const Node& node)
    : complete_(node.coupling.empty()),
      size_(node.data_qubits + node.comm_qubits),
      neighbours_(size_) {
    if (complete_) return;
    for (const auto& [a, b] : node.coupling) {
        if (a >= size_ || b >= size_)
            throw InputError("node " + node.name + ": coupling [" + std::to_string(a) + ", " +
                             std::to_string(b) + "] names a qubit it does not have; it has " +
                             std::to_string(size_));
        neighbours_[a].push_back(b);
        neighbours_[b].push_back(a);
    }
    for (auto& list : neighbours_) {
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    const auto far = static_cast<std::uint32_t>(size_);
    distance_.assign(size_ * size_, far);
    std::vector<LocalQubit> queue;
    for (LocalQubit from = 0; from < size_; ++from) {
        std::uint32_t* row = &distance_[from * size_];
        row[from] = 0;
        queue.assign(1, from);
        for (std::size_t head = 0; head < queue.size(); ++head)
            for (const LocalQubit next : neighbours_[queue[head]])
                if (row[next] == far) row[next] = row[queue[head]] + 1, queue.push_back(next);
        if (queue.size() < size_)
            throw InputError("node " + node.name + ": its coupling map does not connect all " +
                             std::to_string(size_) +
                             " qubits (data qubits first, then communication qubits)");
    }
}

std::vector<LocalQubit> CouplingMap::path(LocalQubit a, LocalQubit b) const {
    std::vector<LocalQubit> path = {a};
    while (path.back() != b) {
        if (complete_) {
            path.push_back(b);
            continue;
        }
        for (const LocalQubit next : neighbours_[path.back()])
            if (distance(next, b) < distance(path.back(), b)) {
                path.push_back(next);
                break;
            }
    }
    return path;
}

}  // namespace carillon
