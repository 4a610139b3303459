// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/uniform_tree.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "carillon/base/random.h"

namespace carillon::engine {

namespace {

constexpr std::uint64_t kLeafCount = 1024;  ///< numbers of a leaf, about; cheaper than a draw
constexpr int kMostStored = 17;             ///< level: 1 MiB
constexpr std::uint64_t kCoinsByBits = 4096;

/// SplitMix64, inline: a leaf's numbers are most of the work.
std::uint64_t next(std::uint64_t& state) {
    std::uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

double next_uniform(std::uint64_t& state) {
    return static_cast<double>(next(state) >> 11) * 0x1.0p-53;
}

/// The generator of one node, for its numbers or for its halving.
std::uint64_t generator(std::uint64_t seed, int level, std::uint64_t index, bool leaf) {
    const auto words =
        philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                kStreamSampling, static_cast<std::uint32_t>(2 * level + (leaf ? 1 : 0))},
               seed);
    return std::uint64_t{words[0]} << 32 | words[1];
}

/// ln(k!) - (k + 1/2) ln(k + 1) + (k + 1) - ln(2 pi)/2.
double stirling_tail(double k) {
    static constexpr std::array<double, 10> kSmall = {
        0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.0207906721037650,
        0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
        0.00925546218271273, 0.00833056343336287};
    if (k < 10) return kSmall[static_cast<std::size_t>(k)];
    const double r = 1 / (k + 1);
    return (1.0 / 12 - (1.0 / 360 - r * r / 1260) * r * r) * r;
}

std::uint64_t draw_many_heads(std::uint64_t count, std::uint64_t& state) {
    const auto n = static_cast<double>(count);
    const double deviation = std::sqrt(n * 0.25);
    const double b = 1.15 + 2.53 * deviation;
    const double a = -0.0873 + 0.0248 * b + 0.01 * 0.5;
    const double c = n * 0.5 + 0.5;
    const double v_r = 0.92 - 4.2 / b;
    const double alpha = (2.83 + 5.1 / b) * deviation;
    const double m = std::floor((n + 1) * 0.5);
    for (;;) {
        const double u = next_uniform(state) - 0.5;
        double v = next_uniform(state);
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + c);
        if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (k < 0 || k > n) continue;
        v = std::log(v * alpha / (a / (us * us) + b));
        // ln of probability(k) / probability(m); numerators are whole numbers, so log1p is exact.
        const double ratio = (m + 0.5) * std::log1p((2 * m - n) / (n - m + 1)) +
                             (n + 1) * std::log1p((k - m) / (n - k + 1)) +
                             (k + 0.5) * std::log1p((n - 2 * k) / (k + 1)) + stirling_tail(m) +
                             stirling_tail(n - m) - stirling_tail(k) - stirling_tail(n - k);
        if (v <= ratio) return static_cast<std::uint64_t>(k);
    }
}

/// Counts the numbers of a leaf by how many thresholds are not above them.
class GapCounts {
  public:
    /// Args:
    ///     thresholds: rising, in [0, 1], followed by two that are above 1.
    GapCounts(std::span<const double> thresholds, std::uint64_t numbers)
        : thresholds_(thresholds), gaps_(thresholds.size() - 1) {
        const std::size_t inside = thresholds_.size() - 2;
        if (inside > 8 * numbers) return;  // a table would cost more than it saves
        cells_ = std::bit_ceil(2 * inside);
        first_.resize(cells_);
        std::uint32_t k = 0;
        for (std::size_t cell = 0; cell < cells_; ++cell) {
            const double begin = static_cast<double>(cell) / static_cast<double>(cells_);
            while (thresholds_[k] <= begin) ++k;
            first_[cell] = k;
        }
    }
    void add(double number) {
        std::size_t k = 0;
        if (cells_ == 0) {
            k = std::upper_bound(thresholds_.begin(), thresholds_.end() - 2, number) -
                thresholds_.begin();
        } else {
            k = first_[static_cast<std::size_t>(number * static_cast<double>(cells_))];
            k += static_cast<std::size_t>(thresholds_[k] <= number);  // without a branch to guess
            while (thresholds_[k] <= number) ++k;
        }
        ++gaps_[k];
    }
    const std::vector<std::uint32_t>& gaps() const { return gaps_; }

  private:
    std::span<const double> thresholds_;
    std::vector<std::uint32_t> gaps_;
    std::size_t cells_ = 0;
    std::vector<std::uint32_t> first_;  ///< by cell: thresholds up to where it begins
};

}  // namespace

std::uint64_t draw_heads(std::uint64_t count, std::uint64_t& state) {
    if (count > kCoinsByBits) return draw_many_heads(count, state);
    std::uint64_t heads = 0;
    for (; count >= 64; count -= 64) heads += std::popcount(next(state));
    if (count > 0) heads += std::popcount(next(state) >> (64 - count));
    return heads;
}

UniformTree::UniformTree(std::uint64_t seed, std::uint64_t count) : seed_(seed) {
    while (count >> leaf_level_ > kLeafCount) ++leaf_level_;
    stored_level_ = std::min(leaf_level_, kMostStored);
    std::vector<std::uint64_t> counts{count};
    for (int level = 0; level < stored_level_; ++level) {
        std::vector<std::uint64_t> halves(2 * counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            halves[2 * i] = left_half(level, i, counts[i]);
            halves[2 * i + 1] = counts[i] - halves[2 * i];
        }
        counts = std::move(halves);
    }
    before_.push_back(0);
    for (const std::uint64_t c : counts) before_.push_back(before_.back() + c);
}

std::uint64_t UniformTree::left_half(int level, std::uint64_t index, std::uint64_t count) const {
    std::uint64_t state = generator(seed_, level, index, false);
    return draw_heads(count, state);
}

void UniformTree::rank(std::span<const double> thresholds, std::span<std::uint64_t> ranks) const {
    const double nodes = std::ldexp(1.0, stored_level_);
    std::size_t k = 0;
    while (k < thresholds.size()) {
        if (thresholds[k] >= 1) {
            std::fill(ranks.begin() + static_cast<std::ptrdiff_t>(k), ranks.end(), count());
            return;
        }
        const auto index = static_cast<std::uint64_t>(thresholds[k] * nodes);
        const double end = static_cast<double>(index + 1) / nodes;
        std::size_t next_k = k + 1;
        while (next_k < thresholds.size() && thresholds[next_k] < end) ++next_k;
        descend({stored_level_, index, before_[index + 1] - before_[index], before_[index]},
                thresholds.subspan(k, next_k - k), ranks.subspan(k, next_k - k));
        k = next_k;
    }
}

void UniformTree::descend(const Node& node, std::span<const double> thresholds,
                          std::span<std::uint64_t> ranks) const {
    if (thresholds.empty()) return;
    // Thresholds at the node's very beginning need nothing.
    const bool at_begin =
        thresholds.back() <= std::ldexp(static_cast<double>(node.index), -node.level);
    if (node.count == 0 || at_begin) {
        std::ranges::fill(ranks, node.before);
        return;
    }
    if (node.level == leaf_level_) return rank_in_leaf(node, thresholds, ranks);
    const std::uint64_t left = left_half(node.level, node.index, node.count);
    const double middle = std::ldexp(static_cast<double>(2 * node.index + 1), -(node.level + 1));
    const std::size_t split =
        std::lower_bound(thresholds.begin(), thresholds.end(), middle) - thresholds.begin();
    descend({node.level + 1, 2 * node.index, left, node.before}, thresholds.first(split),
            ranks.first(split));
    descend({node.level + 1, 2 * node.index + 1, node.count - left, node.before + left},
            thresholds.subspan(split), ranks.subspan(split));
}

void UniformTree::rank_in_leaf(const Node& leaf, std::span<const double> thresholds,
                               std::span<std::uint64_t> ranks) const {
    constexpr double kBeyond = 2;  // every number is below
    const double scale = std::ldexp(1.0, leaf.level);
    thread_local std::vector<double> local;
    local.clear();
    for (const double t : thresholds) local.push_back(t * scale - static_cast<double>(leaf.index));
    local.insert(local.end(), {kBeyond, kBeyond});
    GapCounts counts(local, leaf.count);
    std::uint64_t state = generator(seed_, leaf.level, leaf.index, true);
    for (std::uint64_t i = 0; i < leaf.count; ++i) counts.add(next_uniform(state));
    std::uint64_t rank = leaf.before;
    for (std::size_t k = 0; k < thresholds.size(); ++k) ranks[k] = rank += counts.gaps()[k];
}

}  // namespace carillon::engine
