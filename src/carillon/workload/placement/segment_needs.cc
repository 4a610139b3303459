// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/segment_needs.h"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

/// Homes of one qubit over time: (position, node), the first at the start of time.
using Life = std::vector<std::pair<std::uint32_t, QpuId>>;

std::vector<Life> lives(const Placement& placement) {
    std::vector<Life> result;
    for (QpuId home : placement.home) result.push_back({{0, home}});
    for (const Move& move : placement.moves) {
        result[move.qubit.value].emplace_back(move.position, move.to);
    }
    return result;
}

/// Nodes the qubit lives on during a segment: the first before any move at `begin`, then the target
/// of every move up to `end`.
std::vector<QpuId> homes_during(const Life& life, const Segment& segment) {
    const auto from = std::partition_point(life.begin() + 1, life.end(),
                                           [&](const auto& m) { return m.first < segment.begin; });
    std::vector<QpuId> nodes{(from - 1)->second};
    for (auto move = from; move != life.end() && move->first <= segment.end; ++move) {
        nodes.push_back(move->second);
    }
    return nodes;
}

/// The home at the owner's position, for a segment of a nested block.
std::vector<QpuId> home_at(const Life& life, std::uint32_t position) {
    const auto next = std::partition_point(life.begin() + 1, life.end(),
                                           [&](const auto& m) { return m.first <= position; });
    return {(next - 1)->second};
}

/// The position of a nested segment's owner in the program's own block. The qubit's segment after
/// the owner is numbered before the nested one, and starts right behind the owner.
std::uint32_t owner_position(const Interactions& interactions, const Segment& nested,
                             std::uint32_t index) {
    const auto& own = interactions.of_qubit[nested.qubit.value];
    const auto after = std::lower_bound(own.begin(), own.end(), index) - 1;
    return interactions.segments[*after].begin - 1;
}

SegmentNeeds::Homes homes_by_segment(const Interactions& interactions, const Placement& placement) {
    const std::vector<Life> life = lives(placement);
    SegmentNeeds::Homes homes;
    homes.reserve(interactions.segments.size());
    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        const Segment& segment = interactions.segments[s];
        const Life& qubit_life = life[segment.qubit.value];
        homes.push_back(segment.block == BlockId{0}
                            ? homes_during(qubit_life, segment)
                            : home_at(qubit_life, qubit_life.size() == 1
                                                      ? 0
                                                      : owner_position(interactions, segment, s)));
    }
    return homes;
}

}  // namespace

SegmentNeeds::SegmentNeeds(const Interactions& interactions, const Placement& placement)
    : interactions_(interactions),
      placement_(placement),
      homes_(homes_by_segment(interactions, placement)) {}

std::span<const KeptCopy> SegmentNeeds::kept_through(std::uint32_t segment) const {
    const auto [first, last] = std::equal_range(
        placement_.kept.begin(), placement_.kept.end(), KeptCopy{segment, {}},
        [](const KeptCopy& a, const KeptCopy& b) { return a.segment < b.segment; });
    return {first, last};
}

std::optional<std::uint32_t> SegmentNeeds::neighbour(std::uint32_t segment, int steps) const {
    if (interactions_.segments[segment].block != BlockId{0}) return std::nullopt;
    const auto& own = interactions_.of_qubit[interactions_.segments[segment].qubit.value];
    const auto at = std::lower_bound(own.begin(), own.end(), segment) - own.begin() + steps;
    if (at < 0 || at >= static_cast<std::ptrdiff_t>(own.size())) return std::nullopt;
    return own[static_cast<std::size_t>(at)];
}

std::vector<std::uint32_t> SegmentNeeds::needed(std::uint32_t s,
                                                const std::vector<bool>& without) const {
    std::vector<std::uint32_t> nodes;
    for (QpuId home : homes_[s]) nodes.push_back(home.value);
    for (std::uint32_t g : interactions_.segments[s].gates) {
        if (!without.empty() && without[g]) continue;
        nodes.push_back(placement_.site[interactions_.gates[g].operation].value);
        if (placement_.kept.empty()) continue;
        for (std::uint32_t other : interactions_.gates[g].segments) {
            if (other == s) continue;
            const auto kept = kept_through(other);
            if (!kept.empty()) nodes.push_back(homes_[other][0].value);
            for (const KeptCopy& copy : kept) nodes.push_back(copy.qpu.value);
        }
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
}

std::vector<std::uint32_t> SegmentNeeds::held_before(std::uint32_t s) const {
    std::vector<std::uint32_t> nodes{homes_[s][0].value};
    if (placement_.kept.empty()) return nodes;
    const auto before = neighbour(s, -1);
    if (!before) return nodes;
    for (const KeptCopy& copy : kept_through(*before)) nodes.push_back(copy.qpu.value);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

}  // namespace carillon
