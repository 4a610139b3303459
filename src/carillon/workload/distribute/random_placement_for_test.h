// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"

namespace carillon::test_placements {

/// Legal placements with every choice drawn at random.
class RandomPlacement {
  public:
    RandomPlacement(const Circuit& lowered, const Interactions& interactions,
                    const Network& network, std::uint64_t seed)
        : lowered_(lowered), interactions_(interactions), network_(network), random_(seed) {
        std::vector<QpuId> slots;
        for (std::uint32_t v = 0; v < network.nodes.size(); ++v)
            slots.insert(slots.end(), network.nodes[v].data_qubits, QpuId{v});
        for (std::size_t i = slots.size(); i > 1; --i)
            std::swap(slots[i - 1], slots[random_.below(i)]);
        placement_.home.assign(slots.begin(), slots.begin() + lowered.num_qubits);
    }

    /// `count` moves, each a trade of homes of two qubits.
    RandomPlacement& with_moves(int count) {
        std::vector<std::uint32_t> at;
        for (int i = 0; i < count; ++i)
            at.push_back(static_cast<std::uint32_t>(random_.below(lowered_.body().size())));
        std::ranges::sort(at);
        at.erase(std::unique(at.begin(), at.end()), at.end());
        std::vector<QpuId> home = placement_.home;
        for (const std::uint32_t position : at) {
            const std::size_t a = random_.below(home.size()), b = random_.below(home.size());
            if (home[a] == home[b]) continue;
            placement_.moves.push_back({position, QubitId{a}, home[b]});
            placement_.moves.push_back({position, QubitId{b}, home[a]});
            std::swap(home[a], home[b]);
        }
        return *this;
    }

    /// Gates at the home of an operand, some of them anywhere.
    RandomPlacement& with_sites(double detached) {
        placement_.site.resize(interactions_.num_operations);
        homes_ = placement_.home;
        next_move_ = 0;
        number_ = 0;
        walk(BlockId{0}, detached);
        return *this;
    }

    /// Copies kept where the rules allow it. Call last.
    RandomPlacement& with_kept(double share) {
        std::set<std::uint32_t> keeping;
        for (const auto& own : interactions_.of_qubit) {
            std::set<QpuId> standing;
            for (std::size_t i = 0; i + 2 < own.size(); ++i) {
                const std::uint32_t before = own[i], middle = own[i + 1];
                const bool held_over = i > 0 && keeping.contains(own[i - 1]);
                if (!held_over) standing.clear();
                for (const std::uint32_t g : interactions_.segments[before].gates)
                    standing.insert(site(g));
                const QpuId home = placement_.home[interactions_.segments[middle].qubit.value];
                if (keeping.contains(before) || !may_keep(own, i, keeping)) continue;
                std::vector<QpuId> kept;
                for (const QpuId qpu : standing)
                    if (qpu != home && random_.uniform() < share) kept.push_back(qpu);
                if (kept.empty()) continue;
                keeping.insert(middle);
                standing = {kept.begin(), kept.end()};
                for (const QpuId qpu : kept) placement_.kept.push_back({middle, qpu});
                for (const std::uint32_t g : interactions_.segments[middle].gates)
                    placement_.site[interactions_.gates[g].operation] = home;
            }
        }
        std::ranges::sort(placement_.kept, [](const KeptCopy& a, const KeptCopy& b) {
            return std::pair(a.segment, a.qpu) < std::pair(b.segment, b.qpu);
        });
        drop_unfounded();
        return *this;
    }

    Placement placement() const { return placement_; }

  private:
    QpuId site(std::uint32_t gate) const {
        return placement_.site[interactions_.gates[gate].operation];
    }

    bool may_keep(const std::vector<std::uint32_t>& own, std::size_t i,
                  const std::set<std::uint32_t>& keeping) const {
        const Segment& middle = interactions_.segments[own[i + 1]];
        if (!middle.embeddable) return false;
        for (const Move& m : placement_.moves)
            if (m.qubit == middle.qubit) return false;
        for (const std::uint32_t g : middle.gates)
            for (const std::uint32_t s : interactions_.gates[g].segments)
                if (s != own[i + 1] && keeping.contains(s)) return false;
        return true;
    }

    /// Setting sites for one qubit can take away what another one's copies stood on.
    void drop_unfounded() {
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t k = 0; k < placement_.kept.size(); ++k) {
                if (founded(placement_.kept[k])) continue;
                placement_.kept.erase(placement_.kept.begin() + static_cast<std::ptrdiff_t>(k));
                changed = true;
                break;
            }
        }
    }
    bool founded(const KeptCopy& k) const {
        const auto& own = interactions_.of_qubit[interactions_.segments[k.segment].qubit.value];
        const auto at = std::ranges::find(own, k.segment) - own.begin();
        for (const std::uint32_t g :
             interactions_.segments[own[static_cast<std::size_t>(at) - 1]].gates)
            if (site(g) == k.qpu) return true;
        return at >= 2 &&
               std::ranges::find(placement_.kept, KeptCopy{own[static_cast<std::size_t>(at) - 2],
                                                           k.qpu}) != placement_.kept.end();
    }

    void walk(BlockId block, double detached) {
        for (std::uint32_t i = 0; i < lowered_.block(block).size(); ++i) {
            const Operation& op = lowered_.block(block)[i];
            while (block == BlockId{0} && next_move_ < placement_.moves.size() &&
                   placement_.moves[next_move_].position <= i) {
                const Move& m = placement_.moves[next_move_++];
                homes_[m.qubit.value] = m.to;
            }
            const std::uint32_t number = number_++;
            const auto qubits = lowered_.qubits(op);
            if (op.kind == OpKind::kGate && qubits.size() > 1) {
                QpuId at = homes_[qubits[random_.below(qubits.size())].value];
                if (random_.uniform() < detached) at = random_qpu();
                placement_.site[number] = at;
            }
            if (op.body.valid()) walk(op.body, detached);
            if (op.otherwise.valid()) walk(op.otherwise, detached);
        }
    }
    QpuId random_qpu() {
        for (;;) {
            const QpuId v{random_.below(network_.nodes.size())};
            if (network_.node(v).data_qubits > 0) return v;
        }
    }

    const Circuit& lowered_;
    const Interactions& interactions_;
    const Network& network_;
    Random random_;
    Placement placement_;
    std::vector<QpuId> homes_;
    std::size_t next_move_ = 0;
    std::uint32_t number_ = 0;
};

}  // namespace carillon::test_placements
