// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/diversity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace carillon {
namespace {

using Node = std::uint32_t;

/// Qubits by (home in a, home in b).
std::map<std::pair<Node, Node>, std::uint32_t> overlaps(std::span<const Node> a,
                                                        std::span<const Node> b) {
    std::map<std::pair<Node, Node>, std::uint32_t> count;
    for (std::size_t q = 0; q < a.size(); ++q) ++count[{a[q], b[q]}];
    return count;
}

}  // namespace

double disagreement(std::span<const Node> a, std::span<const Node> b) {
    const auto joint = overlaps(a, b);
    std::map<Node, std::uint32_t> in_a, in_b;
    for (const auto& [homes, count] : joint) {
        in_a[homes.first] += count;
        in_b[homes.second] += count;
    }
    const auto total = static_cast<double>(a.size());
    double entropy = 0, shared = 0;
    for (const auto& [homes, count] : joint) {
        const double p = count / total;
        entropy -= p * std::log(p);
        shared += p * std::log(p * total * total /
                               (static_cast<double>(in_a[homes.first]) * in_b[homes.second]));
    }
    return entropy > 0 ? std::clamp(1 - shared / entropy, 0.0, 1.0) : 0;
}

double mean_disagreement(const std::vector<std::vector<Node>>& homes) {
    double sum = 0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < homes.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j, ++pairs) sum += disagreement(homes[i], homes[j]);
    }
    return pairs > 0 ? sum / static_cast<double>(pairs) : 0;
}

std::vector<Node> renamed_like(std::span<const Node> a, std::span<const Node> b,
                               std::span<const std::uint32_t> capacity) {
    constexpr Node kNone = 0xffffffff;
    std::vector<std::pair<std::uint32_t, std::pair<Node, Node>>> by_count;
    for (const auto& [homes, count] : overlaps(a, b)) by_count.push_back({count, homes});
    std::stable_sort(by_count.begin(), by_count.end(),
                     [](const auto& x, const auto& y) { return x.first > y.first; });
    std::vector<Node> name(capacity.size(), kNone);
    std::vector<bool> taken(capacity.size());
    for (const auto& [count, homes] : by_count) {
        const auto& [like, node] = homes;
        if (name[node] != kNone || taken[like] || capacity[node] != capacity[like]) continue;
        name[node] = like;
        taken[like] = true;
    }
    for (Node v = 0; v < capacity.size(); ++v) {  // what is left keeps to its own capacity
        if (name[v] != kNone) continue;
        Node free = 0;
        while (taken[free] || capacity[free] != capacity[v]) ++free;
        name[v] = free;
        taken[free] = true;
    }
    std::vector<Node> renamed;
    for (Node home : b) renamed.push_back(name[home]);
    return renamed;
}

}  // namespace carillon
