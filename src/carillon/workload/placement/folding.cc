// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/folding.h"

#include <algorithm>
#include <map>
#include <utility>

#include "carillon/workload/placement/steiner_forest.h"

namespace carillon {
namespace {

constexpr int kMostSweeps = 8;

class Folder {
  public:
    Folder(const Interactions& interactions, const Placement& placement, const SegmentNeeds& needs,
           SteinerCost& steiner)
        : interactions_(interactions),
          placement_(placement),
          needs_(needs),
          steiner_(steiner),
          join_(steiner),
          is_wide_(interactions.gates.size()) {
        for (std::uint32_t g = 0; g < interactions.gates.size(); ++g)
            if (interactions.gates[g].segments.size() > 2 && may_fold(g)) {
                wide_.push_back(g);
                is_wide_[g] = true;
                prices_.push_back(price(g));
                for (const std::uint32_t s : interactions.gates[g].segments) uses_[s];
            }
        for (auto& [segment, nodes] : uses_) count_uses(segment, nodes);
    }

    Folding run() {
        if (wide_.empty()) return {};
        Folding none = improved(false), all = improved(true);
        return none.saved >= all.saved ? std::move(none) : std::move(all);
    }

  private:
    using Uses = std::map<std::uint32_t, std::uint32_t>;  ///< by node: gates that need a copy there

    QpuId site(std::uint32_t gate) const {
        return placement_.site[interactions_.gates[gate].operation];
    }

    bool may_fold(std::uint32_t gate) const {
        return std::ranges::all_of(interactions_.gates[gate].segments, [&](std::uint32_t s) {
            if (needs_.homes()[s].size() != 1) return false;
            if (placement_.kept.empty()) return true;
            const auto next = needs_.neighbour(s, 1);
            return !next ||
                   std::ranges::none_of(needs_.kept_through(*next),
                                        [&](const KeptCopy& k) { return k.qpu == site(gate); });
        });
    }

    std::int64_t price(std::uint32_t gate) {
        std::vector<std::uint32_t> homes;
        for (const std::uint32_t s : interactions_.gates[gate].segments)
            homes.push_back(needs_.homes()[s][0].value);
        std::ranges::sort(homes);
        homes.erase(std::unique(homes.begin(), homes.end()), homes.end());
        return steiner_(homes);
    }

    /// Once for each gate that may be folded, and once for all else that the segment needs.
    void count_uses(std::uint32_t segment, Uses& nodes) const {
        for (const std::uint32_t v : needs_.needed(segment, is_wide_)) nodes[v] = 1;
        for (const std::uint32_t g : interactions_.segments[segment].gates)
            if (is_wide_[g]) ++nodes[site(g).value];
    }

    std::int64_t cost(std::uint32_t segment) {
        std::vector<std::uint32_t> held = needs_.held_before(segment), all = held;
        for (const auto& [node, count] : uses_[segment])
            if (count > 0) all.push_back(node);
        std::ranges::sort(all);
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return join_(held, all);
    }

    std::int64_t cost_of_operands(std::uint32_t gate) {
        std::int64_t sum = 0;
        for (const std::uint32_t s : interactions_.gates[gate].segments) sum += cost(s);
        return sum;
    }

    void set(std::uint32_t gate, bool fold) {
        for (const std::uint32_t s : interactions_.gates[gate].segments) {
            std::uint32_t& count = uses_[s][site(gate).value];
            count = fold ? count - 1 : count + 1;
        }
    }

    /// Pairs saved when the gate is folded, the others being as they are; leaves it as it was.
    std::int64_t saving(std::size_t k, bool is_folded) {
        const std::uint32_t gate = wide_[k];
        const std::int64_t now = cost_of_operands(gate);
        set(gate, !is_folded);
        const std::int64_t then = cost_of_operands(gate);
        set(gate, is_folded);
        return (is_folded ? then - now : now - then) - prices_[k];
    }

    Folding improved(bool all) {
        std::vector<bool> folded(wide_.size(), all);
        std::int64_t saved = 0;
        const auto flip = [&](std::size_t k) {
            const std::int64_t gain = saving(k, folded[k]);
            saved += folded[k] ? -gain : gain;
            set(wide_[k], !folded[k]);
            folded[k] = !folded[k];
        };
        if (all) {
            folded.assign(wide_.size(), false);
            for (std::size_t k = 0; k < wide_.size(); ++k) flip(k);
        }
        bool changed = true;
        for (int sweep = 0; changed && sweep < kMostSweeps; ++sweep) {
            changed = false;
            for (std::size_t k = 0; k < wide_.size(); ++k) {
                const std::int64_t gain = saving(k, folded[k]);
                if (folded[k] ? gain >= 0 : gain <= 0) continue;
                flip(k);
                changed = true;
            }
        }
        return result(folded, saved);
    }

    /// Puts all gates back.
    Folding result(const std::vector<bool>& folded, std::int64_t saved) {
        Folding result;
        result.folded.resize(interactions_.gates.size());
        result.saved = static_cast<std::uint64_t>(std::max<std::int64_t>(saved, 0));
        for (std::size_t k = 0; k < wide_.size(); ++k) {
            if (!folded[k]) continue;
            set(wide_[k], false);
            if (saved < 0) continue;
            result.folded[wide_[k]] = true;
            ++result.gates;
        }
        return result;
    }

    const Interactions& interactions_;
    const Placement& placement_;
    const SegmentNeeds& needs_;
    SteinerCost& steiner_;
    JoinCost join_;
    std::vector<bool> is_wide_;           ///< by gate: may be folded
    std::vector<std::uint32_t> wide_;     ///< these
    std::vector<std::int64_t> prices_;    ///< of folding each of them
    std::map<std::uint32_t, Uses> uses_;  ///< by segment of their operands
};

}  // namespace

Folding choose_folding(const Interactions& interactions, const Placement& placement,
                       const SegmentNeeds& needs, SteinerCost& steiner) {
    return Folder(interactions, placement, needs, steiner).run();
}

}  // namespace carillon
