// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/stages.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/resource/engine/passes/tile_axes.h"

namespace carillon::engine::passes {

namespace {

constexpr std::size_t kMostSearched = 1 << 12;  ///< items ahead that the search for axes looks at
/// The search costs less than the passes it saves when its effort grows with the state.
constexpr std::uint64_t kLooksByAmplitude = 16;
constexpr std::uint64_t kMostLooks = std::uint64_t{1} << 27;

/// The places of a mask's axes; bits of axes outside are left out.
std::uint64_t to_places(std::uint64_t mask, std::span<const int> place) {
    std::uint64_t result = 0;
    for (; mask != 0; mask &= mask - 1)
        if (const int at = place[static_cast<std::size_t>(std::countr_zero(mask))]; at >= 0)
            result |= std::uint64_t{1} << at;
    return result;
}

/// C = product of X on `others` where `axis` is 1 takes parity(mask . i) to that of this mask.
std::uint64_t behind_fan_out(std::uint64_t mask, std::uint64_t axis, std::uint64_t others) {
    return odd_parity(mask & others) ? mask ^ axis : mask;
}

void add_conditional(Items& to, Item item, std::span<const Condition> conditions) {
    item.first = static_cast<std::uint32_t>(to.conditions.size());
    item.count = static_cast<std::uint32_t>(conditions.size());
    to.conditions.insert(to.conditions.end(), conditions.begin(), conditions.end());
    to.list.push_back(item);
}

void add_fan_out(Items& to, std::uint64_t axis, std::uint64_t others) {
    const Condition on{axis, true};
    for (; others != 0; others &= others - 1)
        add_conditional(to, {.kind = ItemKind::kShift, .flips = others & -others, .reads = axis},
                        {&on, 1});
}

/// An item that flips many axes: between two fan-outs from one of them it flips that one.
void add_narrow(Items& to, const Items& from, const Item& wide) {
    const std::uint64_t axis = wide.flips & -wide.flips, others = wide.flips ^ axis;
    std::vector<Condition> conditions;
    for (Condition c : from.conditions_of(wide)) {
        c.mask = behind_fan_out(c.mask, axis, others);
        conditions.push_back(c);
    }
    Item item = wide;
    item.flips = axis;
    item.parity = behind_fan_out(wide.parity, axis, others);
    item.reads = (axes_of(conditions) | item.parity) & ~axis;
    add_fan_out(to, axis, others);
    add_conditional(to, item, conditions);
    add_fan_out(to, axis, others);
}

/// What is left to do, in order.
class Rest {
  public:
    explicit Rest(const Items& items) : at_(items.list.size()) {
        std::iota(at_.begin(), at_.end(), 0U);
        for (const Item& item : items.list)
            footprints_.push_back({item.flips, item.reads, item.kind == ItemKind::kPhase ? 0 : 2});
    }
    bool empty() const { return at_.empty(); }
    std::span<const Footprint> footprints() const { return footprints_; }
    std::span<const Footprint> first(std::size_t most) const {
        return footprints().first(std::min(most, footprints_.size()));
    }
    /// Takes out the items at these positions, and returns their numbers.
    std::vector<std::uint32_t> take(std::span<const std::uint32_t> positions) {
        std::vector<std::uint32_t> taken;
        std::size_t to = 0;
        for (std::size_t p = 0; p < at_.size(); ++p) {
            if (taken.size() < positions.size() && positions[taken.size()] == p) {
                taken.push_back(at_[p]);
                continue;
            }
            at_[to] = at_[p];
            footprints_[to++] = footprints_[p];
        }
        at_.resize(to);
        footprints_.resize(to);
        return taken;
    }

  private:
    std::vector<std::uint32_t> at_;
    std::vector<Footprint> footprints_;
};

}  // namespace

Items narrowed(const Items& items, int most) {
    const auto wide = [&](const Item& i) {
        return std::popcount(i.flips) > most &&
               (i.kind == ItemKind::kShift || i.kind == ItemKind::kPair);
    };
    if (std::ranges::none_of(items.list, wide)) return items;
    Items result;
    result.matrices = items.matrices;
    result.targets = items.targets;
    for (const Item& item : items.list) {
        if (wide(item))
            add_narrow(result, items, item);
        else
            add_conditional(result, item, items.conditions_of(item));
    }
    return result;
}

std::vector<Stage> plan_stages(const Items& items, const StagePlan& plan, std::uint64_t now) {
    StageLimits limits{
        .all = (std::uint64_t{1} << plan.axes) - 1,
        .always = plan.always,
        .inside = plan.inside,
        .cost = plan.cost,
        .any_first = plan.any_first,
        .effort = std::min(kLooksByAmplitude << std::min(plan.inside, 32), kMostLooks)};
    if (std::popcount(now) != plan.inside || (plan.always & ~now) != 0) {
        now = 0;
        limits.any_first = true;
    }
    std::vector<Stage> stages;
    for (Rest rest(items); !rest.empty(); limits.any_first = false)
        for (const std::uint64_t set : search_stages(rest.first(kMostSearched), limits, now)) {
            now = set;
            if (auto done = rest.take(fitting(rest.footprints(), set, limits.all)); !done.empty())
                stages.push_back({set, std::move(done)});
        }
    return stages;
}

Items subset(const Items& items, std::span<const std::uint32_t> chosen) {
    Items result;
    result.matrices = items.matrices;
    result.targets = items.targets;
    for (const std::uint32_t at : chosen)
        add_conditional(result, items.list[at], items.conditions_of(items.list[at]));
    return result;
}

bool localise(std::span<const Condition> conditions, std::span<const int> place,
              std::uint64_t outside, std::vector<Condition>& inside) {
    for (const Condition& c : conditions) {
        const bool odd = c.odd != odd_parity(c.mask & outside);
        const std::uint64_t mask = to_places(c.mask, place);
        if (mask != 0)
            inside.push_back({mask, odd});
        else if (odd)
            return false;
    }
    return true;
}

Items localise(const Items& items, std::span<const std::uint32_t> chosen,
               std::span<const int> place, std::uint64_t outside, Complex& scalar) {
    std::uint64_t beyond = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis)
        if (place[axis] < 0) beyond |= std::uint64_t{1} << axis;
    Items result;
    result.matrices = items.matrices;
    std::vector<Condition> conditions;
    for (const std::uint32_t at : chosen) {
        Item item = items.list[at];
        if (item.kind == ItemKind::kPhase) {
            const std::uint64_t fixed = item.reads & beyond;
            if ((fixed & outside) != fixed) continue;
            item.reads = to_places(item.reads, place);
            if (item.reads == 0)
                scalar *= item.factor;
            else
                result.list.push_back(item);
            continue;
        }
        conditions.clear();
        if (!localise(items.conditions_of(item), place, outside, conditions)) continue;
        if (item.kind == ItemKind::kScale && conditions.empty()) {
            scalar *= item.factor;
            continue;
        }
        item.inverted = item.inverted != odd_parity(item.parity & beyond & outside);
        item.parity = to_places(item.parity, place);
        item.flips = to_places(item.flips, place);
        item.reads = to_places(item.reads, place);
        if (item.kind == ItemKind::kMatrix) {
            item.first_target = static_cast<std::uint32_t>(result.targets.size());
            for (const int target : items.targets_of(items.list[at]))
                result.targets.push_back(place[static_cast<std::size_t>(target)]);
        }
        add_conditional(result, item, conditions);
    }
    return result;
}

}  // namespace carillon::engine::passes
