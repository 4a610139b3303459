// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/fill.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "carillon/resource/engine/passes/sweep_of.h"

namespace carillon::engine::passes {

namespace {

constexpr int kSearchAxes = 20;           ///< states from which a search for groups pays
constexpr double kMostPhaseCost = 30;     ///< cycles that phases within a group may cost
constexpr double kPhaseWeight = 0.1;      ///< of a gate, when groups are compared
constexpr double kLeastFactor = 0x1p-50;  ///< owed before it is paid, so that nothing overflows

/// Which items of a pass wait for which.
class Order {
  public:
    struct Node {
        std::uint64_t flips = 0, reads = 0;  ///< in axes of the tile
        std::uint64_t outside = 0;           ///< reads in axes of the state
        std::vector<std::uint32_t> before, after;
        std::uint32_t waits_for = 0;
        bool done = false;
    };

    void add(std::uint64_t flips, std::uint64_t reads, std::uint64_t outside) {
        const auto k = static_cast<std::uint32_t>(nodes_.size());
        Node node;
        node.flips = flips;
        node.reads = reads;
        node.outside = outside;
        nodes_.push_back(std::move(node));
        for (std::uint64_t rest = flips; rest != 0; rest &= rest - 1) {
            Line& line = lines_[std::countr_zero(rest)];
            for (const std::uint32_t r : line.reads) link(r, k);
            if (line.reads.empty() && !line.flips.empty()) link(line.flips.back(), k);
            line.reads.clear();
            line.flips.push_back(k);
        }
        for (std::uint64_t rest = reads; rest != 0; rest &= rest - 1) {
            Line& line = lines_[std::countr_zero(rest)];
            if (!line.flips.empty()) link(line.flips.back(), k);
            line.reads.push_back(k);
        }
    }
    std::size_t size() const { return nodes_.size(); }
    const Node& operator[](std::uint32_t k) const { return nodes_[k]; }
    bool ready(std::uint32_t k) const { return !nodes_[k].done && nodes_[k].waits_for == 0; }
    /// The first undone item that is not diagonal on `axis`, or -1.
    std::int64_t next_flip(int axis) const {
        const Line& line = lines_[axis];
        return line.next < line.flips.size() ? std::int64_t{line.flips[line.next]} : -1;
    }
    void set_done(std::uint32_t k, bool done) {
        nodes_[k].done = done;
        for (const std::uint32_t after : nodes_[k].after)
            nodes_[after].waits_for += done ? -1U : 1U;
        for (std::uint64_t rest = nodes_[k].flips; rest != 0; rest &= rest - 1)
            lines_[std::countr_zero(rest)].next += done ? std::size_t{1} : ~std::size_t{0};
    }

  private:
    struct Line {
        std::vector<std::uint32_t> flips, reads;
        std::size_t next = 0;
    };
    void link(std::uint32_t before, std::uint32_t after) {
        nodes_[before].after.push_back(after);
        nodes_[after].before.push_back(before);
        ++nodes_[after].waits_for;
    }

    std::vector<Node> nodes_;
    std::array<Line, 64> lines_;
};

class Filler {
  public:
    Filler(const Items& items, std::span<const std::uint32_t> chosen, std::uint64_t axes,
           const Geometry& geometry)
        : items_(items),
          chosen_(chosen),
          axes_(axes),
          geometry_(geometry),
          lanes_((std::uint64_t{1} << geometry.lane_bits) - 1) {
        pass_.run_axes = geometry.run_axes;
        for (std::uint64_t rest = axes; rest != 0; rest &= rest - 1) {
            tile_axis_[std::countr_zero(rest)] = static_cast<int>(pass_.axes.size());
            pass_.axes.push_back(std::countr_zero(rest));
        }
        for (const std::uint32_t at : chosen) {
            const Item& item = items.list[at];
            order_.add(to_tile(item.flips), to_tile(item.reads), item.reads & ~axes);
        }
    }

    Pass run(bool all_phases, std::vector<bool>& done) {
        while (step()) {
        }
        if (all_phases) sweep();
        done.resize(order_.size());
        for (std::uint32_t k = 0; k < order_.size(); ++k) {
            done[k] = order_[k].done;
            if (done[k]) pass_.flips |= item(k).flips;
        }
        return std::move(pass_);
    }

  private:
    struct Trial {
        std::vector<std::uint32_t> done;
        std::size_t flips = 0;
        double score = 0;
    };

    const Item& item(std::uint32_t k) const { return items_.list[chosen_[k]]; }
    std::uint64_t to_tile(std::uint64_t mask) const {
        std::uint64_t result = 0;
        for (std::uint64_t rest = mask & axes_; rest != 0; rest &= rest - 1)
            result |= std::uint64_t{1} << tile_axis_[std::countr_zero(rest)];
        return result;
    }

    bool step() {
        const std::uint64_t axes = best_group();
        Trial trial = try_group(axes);
        if (trial.flips != 0) return group(axes, trial);
        return general() || (sweep_helps() && sweep());
    }

    // Groups.

    bool groupable(std::uint32_t k) const {
        const Item& i = item(k);
        if (i.kind == ItemKind::kRotation || i.kind == ItemKind::kInteraction) return true;
        if (i.kind != ItemKind::kShift || !std::has_single_bit(i.flips)) return false;
        if (((order_[k].flips | order_[k].reads) & lanes_) != 0) return false;
        const auto conditions = items_.conditions_of(i);
        return std::all_of(conditions.begin(), conditions.end(),
                           [](const Condition& c) { return c.odd && std::has_single_bit(c.mask); });
    }
    /// Cycles for eight vectors.
    double phase_cost(std::uint32_t k, std::uint64_t group) const {
        const std::uint64_t vectors = order_[k].reads & ~lanes_;
        const int in = std::popcount(vectors & group), out = std::popcount(vectors & ~group);
        return 3 + 16.0 / (1 << in) / (1 << std::min(out, 10));
    }
    /// True when all that `k` waits for are phases that may be done within the group.
    bool phases_free(std::uint32_t k, std::uint64_t group) const {
        double cost = 0;
        for (const std::uint32_t before : order_[k].before) {
            if (order_[before].done) continue;
            if (item(before).kind != ItemKind::kPhase || order_[before].waits_for != 0)
                return false;
            cost += phase_cost(before, group);
            if (cost > kMostPhaseCost) return false;
        }
        return true;
    }
    void take(std::uint32_t k, Trial& trial) {
        order_.set_done(k, true);
        trial.done.push_back(k);
    }
    /// What a group on these axes, and the lanes, could do now; nothing is changed.
    Trial try_group(std::uint64_t group) {
        Trial trial;
        const std::uint64_t axes = group | lanes_;
        for (bool progress = true; progress;) {
            progress = false;
            for (std::uint64_t rest = axes; rest != 0; rest &= rest - 1) {
                const std::int64_t next = order_.next_flip(std::countr_zero(rest));
                if (next < 0) continue;
                const auto k = static_cast<std::uint32_t>(next);
                if ((order_[k].flips & ~axes) != 0 || !groupable(k) || !phases_free(k, group))
                    continue;
                for (const std::uint32_t before : order_[k].before)
                    if (!order_[before].done) {
                        take(before, trial);
                        trial.score -= kPhaseWeight;
                    }
                take(k, trial);
                ++trial.flips;
                ++trial.score;
                progress = true;
            }
        }
        for (std::size_t k = trial.done.size(); k-- > 0;) order_.set_done(trial.done[k], false);
        return trial;
    }
    /// Axes above the lanes that the next gates ask for, each set of them at most once.
    std::vector<std::uint64_t> wanted() const {
        std::vector<std::uint64_t> sets;
        for (int axis = 0; axis < geometry_.tile_axes; ++axis) {
            const std::int64_t next = order_.next_flip(axis);
            if (next < 0) continue;
            const auto k = static_cast<std::uint32_t>(next);
            const std::uint64_t set = order_[k].flips & ~lanes_;
            if (set != 0 && axis == std::countr_zero(set) && groupable(k) && phases_free(k, 0))
                sets.push_back(set);
        }
        return sets;
    }
    std::uint64_t best_group() {
        std::vector<std::uint64_t> sets = wanted();
        std::uint64_t group = 0;
        const auto too_wide = [&](std::uint64_t set) { return std::popcount(group | set) > 3; };
        while (std::erase_if(sets, too_wide), !sets.empty()) {
            const bool search = geometry_.axes >= kSearchAxes && sets.size() > 1;
            std::size_t best = 0;
            double most = -1;
            for (std::size_t c = 0; search && c < sets.size(); ++c) {
                const double added = std::popcount(group | sets[c]) - std::popcount(group);
                const double score = try_group(group | sets[c]).score / (1 + 0.1 * added);
                if (score > most) most = score, best = c;
            }
            group |= sets[best];
            sets.erase(sets.begin() + static_cast<std::ptrdiff_t>(best));
        }
        for (int axis = geometry_.lane_bits; std::popcount(group) < 3; ++axis)
            group |= std::uint64_t{1} << axis;
        return group;
    }

    std::uint64_t vector_bits(std::uint64_t axes) const { return axes >> geometry_.lane_bits; }
    TileStep step_for(std::uint32_t k, const std::array<int, 3>& bits, std::uint64_t group) const {
        using Kind = kernels::GroupStep::Kind;
        const Item& i = item(k);
        const Order::Node& node = order_[k];
        TileStep result;
        kernels::GroupStep& s = result.step;
        result.outside = node.outside;
        s.ones = vector_bits(node.reads & ~lanes_ & ~group);
        s.tangent = i.tangent;
        s.exchanged = i.exchanged;
        std::vector<int> flipped;  // lanes first, then group bits
        for (std::uint64_t rest = node.flips & lanes_; rest != 0; rest &= rest - 1)
            flipped.push_back(std::countr_zero(rest));
        for (int b = 0; b < 3; ++b) {
            const std::uint64_t axis = std::uint64_t{1} << (bits[b] + geometry_.lane_bits);
            if ((node.reads & axis) != 0) s.controls |= 1U << b;
            if ((node.flips & axis) != 0) flipped.push_back(b);
        }
        if (!flipped.empty()) s.bit = flipped.front(), s.second = flipped.back();
        const int lanes_flipped = std::popcount(node.flips & lanes_);
        if (i.kind == ItemKind::kRotation) {
            s.kind = lanes_flipped != 0 ? (i.exchanged[0] ? Kind::kLaneExchange : Kind::kLaneRotate)
                                        : (i.exchanged[0] ? Kind::kExchange : Kind::kRotate);
        } else if (i.kind == ItemKind::kInteraction) {
            constexpr std::array kinds{Kind::kInteract, Kind::kLaneInteract, Kind::kLanesInteract};
            s.kind = kinds[lanes_flipped];
        } else if (i.kind == ItemKind::kShift) {
            s.kind = Kind::kFlip;
        } else {
            const std::uint64_t lanes = node.reads & lanes_;
            s.kind = lanes == 0 && i.factor == Complex{-1} ? Kind::kSign : Kind::kPhase;
            for (std::uint64_t lane = 0; lane < s.lanes.lanes.size(); ++lane)
                s.lanes.lanes[lane] = (lane & lanes) == lanes ? i.factor : Complex{1};
        }
        return result;
    }
    bool group(std::uint64_t axes, const Trial& trial) {
        TileGroup made;
        std::size_t b = 0;
        for (std::uint64_t rest = axes; rest != 0; rest &= rest - 1)
            made.bits[b++] = std::countr_zero(rest) - geometry_.lane_bits;
        for (const std::uint32_t k : trial.done) {
            made.steps.push_back(step_for(k, made.bits, axes));
            order_.set_done(k, true);
            const ItemKind kind = item(k).kind;
            if (kind == ItemKind::kRotation || kind == ItemKind::kInteraction)
                pass_.factor *= item(k).factor.real();
        }
        pass_.work.emplace_back(std::move(made));
        if (pass_.factor < kLeastFactor) sweep();
        return true;
    }

    // Everything else.

    TileItem in_tile(const Item& i) const {
        TileItem result;
        result.item = i;
        result.item.flips = to_tile(i.flips);
        result.item.parity = to_tile(i.parity);
        result.outside_parity = i.parity & ~axes_;
        for (const Condition& c : items_.conditions_of(i))
            result.conditions.push_back({{to_tile(c.mask), c.odd}, c.mask & ~axes_});
        if (i.kind == ItemKind::kMatrix)
            for (const int target : items_.targets_of(i))
                result.targets.push_back(tile_axis_[target]);
        return result;
    }
    bool general() {
        bool any = false;
        for (std::uint32_t k = 0; k < order_.size(); ++k) {
            if (!order_.ready(k) || item(k).kind == ItemKind::kPhase || groupable(k)) continue;
            pass_.work.emplace_back(in_tile(item(k)));
            order_.set_done(k, true);
            any = true;
        }
        return any;
    }
    /// True when a gate waits only for phases that can be done now.
    bool sweep_helps() const {
        for (int axis = 0; axis < geometry_.tile_axes; ++axis) {
            const std::int64_t next = order_.next_flip(axis);
            if (next < 0 || order_.ready(static_cast<std::uint32_t>(next))) continue;
            const auto& before = order_[static_cast<std::uint32_t>(next)].before;
            if (std::all_of(before.begin(), before.end(), [&](std::uint32_t k) {
                    return order_[k].done ||
                           (item(k).kind == ItemKind::kPhase && order_[k].waits_for == 0);
                }))
                return true;
        }
        return false;
    }
    bool sweep() {
        std::vector<TilePhase> phases, others;
        for (std::uint32_t k = 0; k < order_.size(); ++k) {
            if (!order_.ready(k) || item(k).kind != ItemKind::kPhase) continue;
            phases.push_back({order_[k].reads, order_[k].outside, item(k).factor});
            order_.set_done(k, true);
        }
        if (pass_.factor < kLeastFactor) phases.push_back({0, 0, std::exchange(pass_.factor, 1.0)});
        if (phases.empty()) return false;
        TileSweep made = sweep_of(phases, geometry_, others);
        if (others.size() < phases.size()) pass_.work.emplace_back(std::move(made));
        for (const TilePhase& phase : others) {
            TileItem scale;
            scale.item.kind = ItemKind::kScale;
            scale.item.factor = phase.factor;
            for (std::uint64_t rest = phase.inside; rest != 0; rest &= rest - 1)
                scale.conditions.push_back({{rest & -rest, true}, 0});
            for (std::uint64_t rest = phase.outside; rest != 0; rest &= rest - 1)
                scale.conditions.push_back({{0, true}, rest & -rest});
            pass_.work.emplace_back(std::move(scale));
        }
        return true;
    }

    const Items& items_;
    std::span<const std::uint32_t> chosen_;
    std::uint64_t axes_;
    Geometry geometry_;
    std::uint64_t lanes_;
    std::array<int, 64> tile_axis_{};
    Order order_;
    Pass pass_;
};

}  // namespace

Pass fill_pass(const Items& items, std::span<const std::uint32_t> chosen, std::uint64_t axes,
               const Geometry& geometry, bool all_phases, std::vector<bool>& done) {
    return Filler(items, chosen, axes, geometry).run(all_phases, done);
}

}  // namespace carillon::engine::passes
