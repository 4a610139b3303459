// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/bounded.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/residence.h"

namespace carillon {
namespace {

constexpr double kHotShare = 0.004;  ///< first temperature per pair of the start's price ...
constexpr double kLeastHot = 0.4;    ///< ... at least
constexpr double kCold = 0.08;       ///< last temperature, in pairs

class BoundedSearch {
  public:
    BoundedSearch(const Circuit& lowered, const Network& network, const Placement& start,
                  const PlacementPrice& price, const BoundedOptions& options)
        : interactions_(find_interactions(lowered)),
          capacity_(node_capacities(network)),
          price_(price),
          options_(options),
          random_(options.seed),
          now_(start) {
        for (std::uint32_t s = 0; s < interactions_.segments.size(); ++s) {
            if (!interactions_.segments[s].gates.empty()) busy_.push_back(s);
        }
        find_positions(lowered);
    }

    BoundedResult run() {
        const std::optional<std::uint64_t> first = price_(now_);
        if (!first) throw InternalError("bounded search: its start cannot be done");
        std::uint64_t cost = *first, trials = 1;
        BoundedResult best{now_, cost, trials};
        if (busy_.empty()) return best;
        const double hot = std::max(kLeastHot, kHotShare * static_cast<double>(cost));
        for (; trials < options_.trials && best.price > options_.enough; ++trials) {
            if (options_.deadline.over()) break;
            const double done = static_cast<double>(trials) / static_cast<double>(options_.trials);
            const double temperature = hot * std::pow(kCold / hot, done);
            Placement next = now_;
            if (!step(next)) continue;
            const std::optional<std::uint64_t> price = price_(next);
            if (!price) continue;
            const double worse = static_cast<double>(*price) - static_cast<double>(cost);
            if (worse > 0 && random_.uniform() >= std::exp(-worse / temperature)) continue;
            now_ = std::move(next);
            cost = *price;
            if (cost < best.price) best = {now_, cost, 0};
        }
        best.trials = trials;
        return best;
    }

  private:
    /// Changes the placement in some way; false when the drawn change changes nothing or does not
    /// fit.
    bool step(Placement& p) {
        const double kind = random_.uniform();
        if (options_.keep_homes || kind < 0.6) return send_group(p);
        if (kind < 0.75) return send_gate(p);
        if (kind < 0.95 || p.moves.empty()) return trade_homes(p);
        return give_up_move(p);
    }

    std::uint32_t draw(const std::vector<std::uint32_t>& from) {
        return from[random_.below(from.size())];
    }

    /// Home of a segment's qubit when one of the segment's gates runs.
    std::uint32_t home_at_gate(const Residence& residence, std::uint32_t segment,
                               std::uint32_t gate) const {
        return residence.at(interactions_.segments[segment].qubit, position_[gate]);
    }

    /// All gates of one segment between the same two homes go to one of the two.
    bool send_group(Placement& p) {
        const Residence residence(interactions_, p);
        const std::uint32_t s = draw(busy_);
        const auto& gates = interactions_.segments[s].gates;
        const std::uint32_t leader = draw(gates);
        const std::uint32_t own = home_at_gate(residence, s, leader);
        const std::uint32_t far = other_home(residence, s, leader, own);
        if (far == own) return false;
        const QpuId to{p.site[interactions_.gates[leader].operation].value == own ? far : own};
        bool changed = false;
        for (const std::uint32_t g : gates) {
            if (home_at_gate(residence, s, g) != own) continue;
            if (other_home(residence, s, g, own) != far) continue;
            changed = send(p, g, to) || changed;
        }
        return changed;
    }

    /// One gate goes to a home of one of its operands, seldom anywhere.
    bool send_gate(Placement& p) {
        const Residence residence(interactions_, p);
        const std::uint32_t s = draw(busy_);
        const std::uint32_t g = draw(interactions_.segments[s].gates);
        if (random_.uniform() < 0.1) {
            const QpuId any{random_.below(capacity_.size())};
            return capacity_[any.value] > 0 && send(p, g, any);
        }
        return send(p, g, QpuId{home_at_gate(residence, s, g)});
    }

    /// Two qubits trade places, or one goes where there is room, at the start and until their
    /// first moves; gates that were done there for their sake follow.
    bool trade_homes(Placement& p) {
        const auto a = static_cast<std::uint32_t>(random_.below(p.home.size()));
        const auto b = static_cast<std::uint32_t>(random_.below(p.home.size()));
        const QpuId from = p.home[a];
        QpuId to = p.home[b];
        bool alone = false;
        if (random_.uniform() < 0.2) {
            to = QpuId{random_.below(capacity_.size())};
            alone = true;
        }
        if (to == from || capacity_[to.value] == 0) return false;
        if (!alone && (moves(p, a) || moves(p, b))) return false;
        if (alone && moves(p, a)) return false;
        p.home[a] = to;
        if (!alone) p.home[b] = from;
        if (alone && !fits(p)) return false;
        follow(p, a, from, to);
        if (!alone) follow(p, b, to, from);
        drop_kept(p, a);
        if (!alone) drop_kept(p, b);
        return true;
    }

    /// A qubit stays where it is instead of moving.
    bool give_up_move(Placement& p) {
        const std::size_t m = random_.below(p.moves.size());
        const Move gone = p.moves[m];
        const Residence residence(interactions_, p);
        const QpuId before{gone.position == 0 ? p.home[gone.qubit.value].value
                                              : residence.at(gone.qubit, gone.position - 1)};
        p.moves.erase(p.moves.begin() + static_cast<std::ptrdiff_t>(m));
        if (!fits(p)) return false;
        follow(p, gone.qubit.value, gone.to, before);
        drop_kept(p, gone.qubit.value);
        return true;
    }

    bool send(Placement& p, std::uint32_t gate, QpuId to) {
        QpuId& site = p.site[interactions_.gates[gate].operation];
        if (site == to) return false;
        site = to;
        for (const std::uint32_t s : interactions_.gates[gate].segments) drop_kept_near(p, s);
        return true;
    }

    /// Gates of a qubit done at `from` where now none of their operands lives go to `to`.
    void follow(Placement& p, std::uint32_t qubit, QpuId from, QpuId to) {
        const Residence residence(interactions_, p);
        for (const std::uint32_t s : segments_of(qubit)) {
            for (const std::uint32_t g : interactions_.segments[s].gates) {
                QpuId& site = p.site[interactions_.gates[g].operation];
                if (site != from) continue;
                const auto& operands = interactions_.gates[g].segments;
                const bool wanted = std::any_of(
                    operands.begin(), operands.end(),
                    [&](std::uint32_t o) { return home_at_gate(residence, o, g) == from.value; });
                if (!wanted) site = to;
            }
        }
    }

    /// Copies kept through segments whose surroundings changed are given up: those of the segment
    /// and of its qubit's next.
    void drop_kept_near(Placement& p, std::uint32_t segment) const {
        if (p.kept.empty()) return;
        drop_kept(p, interactions_.segments[segment].qubit.value);
    }
    void drop_kept(Placement& p, std::uint32_t qubit) const {
        std::erase_if(p.kept, [&](const KeptCopy& k) {
            return interactions_.segments[k.segment].qubit.value == qubit;
        });
    }

    std::uint32_t other_home(const Residence& residence, std::uint32_t segment, std::uint32_t gate,
                             std::uint32_t own) const {
        for (const std::uint32_t o : interactions_.gates[gate].segments) {
            if (o == segment) continue;
            const std::uint32_t home = home_at_gate(residence, o, gate);
            if (home != own) return home;
        }
        return own;
    }

    static bool moves(const Placement& p, std::uint32_t qubit) {
        return std::any_of(p.moves.begin(), p.moves.end(),
                           [qubit](const Move& m) { return m.qubit.value == qubit; });
    }

    bool fits(const Placement& p) const {
        std::vector<std::uint32_t> used(capacity_.size());
        std::vector<QpuId> home = p.home;
        for (const QpuId h : home) ++used[h.value];
        const auto full = [&] {
            for (std::size_t v = 0; v < used.size(); ++v) {
                if (used[v] > capacity_[v]) return true;
            }
            return false;
        };
        if (full()) return false;
        for (std::size_t i = 0; i < p.moves.size();) {
            const std::uint32_t position = p.moves[i].position;
            for (; i < p.moves.size() && p.moves[i].position == position; ++i) {
                QpuId& h = home[p.moves[i].qubit.value];
                --used[h.value];
                h = p.moves[i].to;
                ++used[h.value];
            }
            if (full()) return false;
        }
        return true;
    }

    const std::vector<std::uint32_t>& segments_of(std::uint32_t qubit) const {
        return segments_of_[qubit];
    }

    /// Positions of gates in the program's own block (of the owner, for nested ones), and segments
    /// with gates by qubit.
    void find_positions(const Circuit& lowered) {
        std::vector<std::uint32_t> position_of(interactions_.num_operations);
        std::uint32_t number = 0, outer = 0;
        visit_operations(lowered, [&](const Operation&, BlockId block, std::size_t index) {
            if (block == BlockId{0}) outer = static_cast<std::uint32_t>(index);
            position_of[number++] = outer;
        });
        for (const Interaction& gate : interactions_.gates) {
            position_.push_back(position_of[gate.operation]);
        }
        segments_of_.resize(interactions_.of_qubit.size());
        for (const std::uint32_t s : busy_) {
            segments_of_[interactions_.segments[s].qubit.value].push_back(s);
        }
    }

    Interactions interactions_;
    std::vector<std::uint32_t> capacity_;
    const PlacementPrice& price_;
    const BoundedOptions& options_;
    Random random_;
    Placement now_;
    std::vector<std::uint32_t> busy_;      ///< segments with gates
    std::vector<std::uint32_t> position_;  ///< by gate
    std::vector<std::vector<std::uint32_t>> segments_of_;
};

}  // namespace

BoundedResult search_bounded(const Circuit& lowered, const Network& network, const Placement& start,
                             const PlacementPrice& price, const BoundedOptions& options) {
    return BoundedSearch(lowered, network, start, price, options).run();
}

}  // namespace carillon
