// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace carillon::engine {

/// Independent random numbers, uniform in [0, 1), that nobody stores: how many are below a number
/// is found by descending a binary tree.
///
/// [0, 1) is halved again and again. How many of a node's numbers lie in its left half is drawn
/// from the binomial distribution, by a generator keyed by seed and node; a leaf's numbers, a
/// thousand or so, are generated one by one when some threshold lies within it. So all that is
/// asked about the numbers depends on seed and count alone, whoever asks and in whatever order,
/// and numbers between which no threshold lies cost nothing.
class UniformTree {
  public:
    UniformTree(std::uint64_t seed, std::uint64_t count);

    std::uint64_t count() const { return before_.back(); }

    /// Finds how many of the numbers are below each threshold. Safe to call from many threads.
    ///
    /// Args:
    ///     thresholds: rising (equal ones allowed), in [0, 1].
    ///     ranks: one for each threshold.
    void rank(std::span<const double> thresholds, std::span<std::uint64_t> ranks) const;

  private:
    struct Node {
        int level;  ///< the node covers [index, index + 1) * 2^-level
        std::uint64_t index;
        std::uint64_t count;   ///< numbers within
        std::uint64_t before;  ///< numbers to its left
    };
    std::uint64_t left_half(int level, std::uint64_t index, std::uint64_t count) const;
    void descend(const Node& node, std::span<const double> thresholds,
                 std::span<std::uint64_t> ranks) const;
    void rank_in_leaf(const Node& leaf, std::span<const double> thresholds,
                      std::span<std::uint64_t> ranks) const;

    std::uint64_t seed_;
    int leaf_level_ = 0;
    int stored_level_ = 0;               ///< nodes of this level are kept
    std::vector<std::uint64_t> before_;  ///< numbers to the left of each, and all
};

/// Draws how many of `count` fair coins show heads.
///
/// Args:
///     state: of a SplitMix64 generator.
/// Source: above a few thousand coins Hormann, "The generation of binomial random variates", J.
/// Stat. Comput. Simul. 46 (1993), algorithm BTRS, with logarithms that stay exact for 10^15.
std::uint64_t draw_heads(std::uint64_t count, std::uint64_t& state);

}  // namespace carillon::engine
