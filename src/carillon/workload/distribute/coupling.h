// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Distances between the qubits of one QPU on its coupling map.
class CouplingMap {
  public:
    /// Throws: InputError when the map does not connect all qubits.
    explicit CouplingMap(const Node& node);

    bool complete() const { return complete_; }
    std::uint32_t distance(LocalQubit a, LocalQubit b) const {
        return complete_ ? a != b : distance_[a * size_ + b];
    }
    /// Those coupled to `a`, rising; empty when the map is complete.
    const std::vector<LocalQubit>& neighbours(LocalQubit a) const { return neighbours_[a]; }
    /// A shortest path, both ends included.
    std::vector<LocalQubit> path(LocalQubit a, LocalQubit b) const;

  private:
    bool complete_ = false;
    std::size_t size_ = 0;
    std::vector<std::vector<LocalQubit>> neighbours_;
    std::vector<std::uint32_t> distance_;
};

}  // namespace carillon
