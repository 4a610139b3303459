// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/residence.h"

#include <algorithm>

namespace carillon {

Residence::Residence(const Interactions& interactions, const Placement& placement)
    : interactions_(&interactions) {
    for (const QpuId home : placement.home) stays_.push_back({{0, home.value}});
    for (const Move& move : placement.moves) {
        stays_[move.qubit.value].push_back({move.position, move.to.value});
    }
}

std::vector<std::uint32_t> Residence::during(std::uint32_t index) const {
    const Segment& segment = interactions_->segments[index];
    const std::vector<Stay>& stays = stays_[segment.qubit.value];
    if (stays.size() == 1) return {stays[0].node};
    if (segment.block != BlockId{0}) return {at(segment.qubit, owner_position(index))};
    const auto first = std::partition_point(stays.begin() + 1, stays.end(),
                                            [&](const Stay& s) { return s.since < segment.begin; });
    std::vector<std::uint32_t> nodes{(first - 1)->node};
    for (auto stay = first; stay != stays.end() && stay->since <= segment.end; ++stay) {
        nodes.push_back(stay->node);
    }
    return nodes;
}

std::uint32_t Residence::at(QubitId qubit, std::uint32_t position) const {
    const std::vector<Stay>& stays = stays_[qubit.value];
    const auto next = std::partition_point(stays.begin() + 1, stays.end(),
                                           [&](const Stay& s) { return s.since <= position; });
    return (next - 1)->node;
}

/// The qubit's segment after the owner is numbered before the nested one, and starts right behind
/// the owner.
std::uint32_t Residence::owner_position(std::uint32_t nested) const {
    const auto& own = interactions_->of_qubit[interactions_->segments[nested].qubit.value];
    const auto after = std::lower_bound(own.begin(), own.end(), nested) - 1;
    return interactions_->segments[*after].begin - 1;
}

}  // namespace carillon
