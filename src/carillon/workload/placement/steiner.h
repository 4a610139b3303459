// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carillon/resource/network/network.h"

namespace carillon {

/// Links of a tree that joins `terminals`, as (node nearer the first terminal, next node), each
/// after the one that leads to it. It is the cheapest that joins them (the one with the fewest
/// links, where all links have one price) where that is cheap to know (always on 12 nodes or fewer,
/// up to 9 terminals on 30 nodes, up to 5 on a thousand), and is a locally improved shortest-path
/// tree beyond. Its price depends on the set of terminals only, not on their order; on a complete
/// network it is the star around the first.
///
/// Throws: InputError when two terminals are not connected.
std::vector<std::pair<QpuId, QpuId>> steiner_tree(const Topology& topology,
                                                  std::span<const QpuId> terminals);

/// Price in steps of such a tree.
std::uint32_t tree_cost(const Topology& topology, std::span<const std::pair<QpuId, QpuId>> links);

/// tree_cost(steiner_tree(...)) for many sets: a table for networks of at most 12 nodes, a cache
/// otherwise. Sets that are not connected cost kDisconnected or more. Costs are in steps
/// (LinkPrices): numbers of links, where all links have one price.
class SteinerCost {
  public:
    static constexpr std::uint32_t kDisconnected = LinkPrices::kMostSteps + 1;

    enum class Precision : std::uint8_t {
        kExact,     ///< what steiner_tree() gives
        kEstimate,  ///< on networks above 64 nodes: a spanning tree of the distances, within twice
    };

    explicit SteinerCost(const Topology& topology, Precision precision = Precision::kExact);
    /// What `other` knows, asking another copy of its topology from now on (for another thread).
    SteinerCost(const SteinerCost& other, const Topology& topology) : SteinerCost(other) {
        topology_ = &topology;
    }
    SteinerCost(const SteinerCost&) = default;

    /// Args:
    ///     nodes: distinct nodes in any order.
    std::uint32_t operator()(std::span<const std::uint32_t> nodes);
    bool complete() const { return complete_; }
    bool estimates() const { return estimate_; }
    /// Cost of the cheapest path between two nodes.
    std::uint32_t distance(std::uint32_t a, std::uint32_t b) const {
        if (distances_.empty()) return far_distance(a, b);
        const std::uint16_t d = distances_[a * topology_->size() + b];
        return d == 0xffff ? kDisconnected : d;
    }
    const Topology& topology() const { return *topology_; }
    /// Steps spent on trees that were in no table, a measure of work.
    std::uint64_t steps() const { return steps_; }

  private:
    struct SetHash {
        using is_transparent = void;
        std::size_t operator()(std::span<const std::uint32_t> s) const;
        std::size_t operator()(const std::vector<std::uint32_t>& s) const {
            return (*this)(std::span<const std::uint32_t>(s));
        }
    };
    struct SetEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return std::equal(a.begin(), a.end(), b.begin(), b.end());
        }
    };

    std::uint32_t far_distance(std::uint32_t a, std::uint32_t b) const;
    void fill_table();
    std::uint32_t estimate(std::span<const std::uint32_t> nodes);

    const Topology* topology_;
    bool complete_, estimate_;
    std::vector<std::uint16_t> distances_;  ///< by pair of nodes, where that is not too much
    std::vector<std::uint32_t> prices_;     ///< the same where links differ in price
    std::vector<std::uint32_t> table_;      ///< by bit mask of nodes
    std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, SetHash, SetEqual> cache_;
    std::vector<std::uint32_t> sorted_;   ///< scratch
    std::vector<std::uint32_t> nearest_;  ///< scratch
    std::uint64_t steps_ = 0;
};

}  // namespace carillon
