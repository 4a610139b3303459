// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "carillon/resource/network/network.h"

namespace carillon {

/// Price of a cheapest Steiner forest, which joins every receiver to some root: what a group of
/// gates costs when its qubit has lived on all roots while receivers need a copy. In steps
/// (LinkPrices): links, where all have one price.
///
/// Exact on complete networks and for up to kExactReceivers receivers (dynamic programming over
/// subsets of receivers, Dreyfus & Wagner, Networks 1 (1971) 195, with the roots merged into one
/// node); with more, receivers are joined nearest first, which is never more than twice as much.
class ForestCost {
  public:
    static constexpr std::size_t kExactReceivers = 8;
    static constexpr std::uint32_t kDisconnected = LinkPrices::kMostSteps + 1;

    /// The topology must outlive it.
    explicit ForestCost(const Topology& topology) : topology_(&topology) {}

    /// Args:
    ///     roots: at least one node; repetition is allowed in both.
    /// Returns: kDisconnected or more when some receiver cannot be joined.
    std::uint32_t operator()(std::span<const std::uint32_t> roots,
                             std::span<const std::uint32_t> receivers);

  private:
    std::uint32_t exact(const std::vector<std::uint32_t>& roots,
                        const std::vector<std::uint32_t>& receivers) const;
    std::uint32_t nearest_first(std::vector<std::uint32_t> joined,
                                std::vector<std::uint32_t> receivers) const;

    const Topology* topology_;
    std::map<std::vector<std::uint32_t>, std::uint32_t> known_;  ///< by roots, a mark, receivers
};

}  // namespace carillon
