// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// Links of a forest that joins each of `terminals` to one of the nodes in `held`, as (node nearer
/// a held one, next node), each after the one that leads to it: steiner_tree() with all held nodes
/// taken for one. With one held node it is that tree.
///
/// Args:
///     held: at least one node; terminals among them are joined already.
/// Throws: InputError when a terminal is connected with no held node.
std::vector<std::pair<QpuId, QpuId>> steiner_forest(const Topology& topology,
                                                    std::span<const QpuId> held,
                                                    std::span<const QpuId> terminals);

/// tree_cost(steiner_forest(...)) for many sets, with a cache.
class JoinCost {
  public:
    explicit JoinCost(SteinerCost& steiner) : steiner_(&steiner) {}

    /// Args:
    ///     held: distinct nodes in any order, at least one.
    ///     nodes: distinct nodes in any order, all of `held` among them.
    std::uint32_t operator()(std::span<const std::uint32_t> held,
                             std::span<const std::uint32_t> nodes);

  private:
    std::uint32_t from_table(std::uint32_t held, std::uint32_t nodes);
    std::uint32_t from_tree(std::span<const std::uint32_t> held,
                            std::span<const std::uint32_t> nodes);
    std::uint32_t estimate(std::span<const std::uint32_t> held,
                           std::span<const std::uint32_t> nodes) const;

    SteinerCost* steiner_;
    std::unordered_map<std::uint64_t, std::uint32_t> small_;  ///< by masks of held and nodes
    std::unordered_map<std::string, std::uint32_t> large_;    ///< by both lists
};

}  // namespace carillon
