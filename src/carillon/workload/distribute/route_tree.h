// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "carillon/resource/network/network.h"

namespace carillon {

/// The links along which a segment's copies are made, as a forest that hangs from the QPUs that
/// hold the qubit first.
class RouteTree {
  public:
    RouteTree() = default;
    /// The cheapest links that join every one of `terminals` to some node of `held`.
    RouteTree(const Topology& topology, std::span<const QpuId> held,
              std::span<const QpuId> terminals);

    bool empty() const { return parent_.empty(); }
    /// The node that `node` hangs from; none for roots and for nodes outside.
    QpuId parent(QpuId node) const {
        const auto at = parent_.find(node.value);
        return at == parent_.end() ? QpuId{} : at->second;
    }
    /// All nodes of the forest, roots included, in any order.
    std::vector<QpuId> nodes() const;
    /// The forest hangs from `node` where it hung from its root before.
    void reroot(QpuId node);

  private:
    std::unordered_map<std::uint32_t, QpuId> parent_;
};

}  // namespace carillon
