// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// Where the gates of a placed circuit need holders of their operands, and which copies outlive
/// their segment.
class Uses {
  public:
    static constexpr std::uint32_t kNone = 0xffffffff;

    /// Args:
    ///     folded: gates that need no copies, by gate; empty: none.
    /// Throws: InternalError when a copy is kept through a segment that does not allow it.
    Uses(const Interactions& interactions, const Placement& placement,
         const std::vector<bool>& folded);

    bool any_kept() const { return !placement_.kept.empty(); }
    /// QPUs at which a copy of the segment's qubit lives through it; rising.
    std::span<const KeptCopy> kept(std::uint32_t segment) const {
        const auto& all = placement_.kept;
        if (all.empty()) return {};
        const auto [first, last] =
            std::equal_range(all.begin(), all.end(), KeptCopy{segment, {}},
                             [](const auto& a, const auto& b) { return a.segment < b.segment; });
        return {first, last};
    }
    bool keeps(std::uint32_t segment, QpuId qpu) const {
        return std::ranges::any_of(kept(segment), [&](const KeptCopy& k) { return k.qpu == qpu; });
    }
    /// The next segment of the same qubit in the program's own block, or kNone.
    std::uint32_t after(std::uint32_t segment) const { return next_[segment]; }
    /// The operand of an interaction whose segment keeps copies, or kNone.
    std::uint32_t kept_operand(std::uint32_t gate) const;

    /// Calls visit(qpu) for every QPU where the gate needs a holder of its operand of `segment`.
    template <class Visit>
    void visit_sites(std::uint32_t gate, std::uint32_t segment, Visit&& visit) const {
        const Interaction& interaction = interactions_.gates[gate];
        if (!folded_.empty() && folded_[gate]) return;
        visit(placement_.site[interaction.operation]);
        if (!any_kept()) return;
        const std::uint32_t operand = kept_operand(gate);
        if (operand == kNone || interaction.segments[operand] == segment) return;
        for (const KeptCopy& k : kept(interaction.segments[operand])) visit(k.qpu);
    }

  private:
    const Interactions& interactions_;
    const Placement& placement_;
    const std::vector<bool>& folded_;
    std::vector<std::uint32_t> next_;  ///< by segment
};

}  // namespace carillon
