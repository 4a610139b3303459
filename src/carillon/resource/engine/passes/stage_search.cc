// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/stage_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include "carillon/base/error.h"

namespace carillon::engine::passes {

namespace {

using Sets = std::vector<std::uint64_t>;
using Footprints = std::vector<Footprint>;

constexpr double kTiny = 1e-9;

double change_cost(std::uint64_t from, std::uint64_t to, const ChangeCost& cost) {
    const int coming = std::popcount(to & ~from);
    if (coming == 0) return 0;
    return cost.each + (cost.by_axes ? 1 - std::ldexp(1.0, -coming) : 0);
}

std::int64_t weight_of(std::span<const Footprint> items) {
    std::int64_t sum = 0;
    for (const Footprint& item : items) sum += item.weight;
    return sum;
}

/// The items that a stage with these axes leaves.
Footprints without_fitting(std::span<const Footprint> items, std::uint64_t axes,
                           std::uint64_t all) {
    const auto taken = fitting(items, axes, all);
    Footprints left;
    left.reserve(items.size() - taken.size());
    std::size_t next = 0;
    for (std::uint32_t k = 0; k < items.size(); ++k) {
        if (next < taken.size() && taken[next] == k)
            ++next;
        else
            left.push_back(items[k]);
    }
    return left;
}

/// For every axis the first of the footprints that flips it.
std::vector<std::size_t> next_uses(std::span<const Footprint> items) {
    std::vector<std::size_t> uses(64, std::numeric_limits<std::size_t>::max());
    for (std::size_t k = items.size(); k-- > 0;)
        for (std::uint64_t rest = items[k].flips; rest != 0; rest &= rest - 1)
            uses[static_cast<std::size_t>(std::countr_zero(rest))] = k;
    return uses;
}

/// `needed`, and of the others those that are inside now before those that are not, the sooner
/// needed the better.
std::uint64_t filled_up(std::uint64_t needed, std::uint64_t now, const StageLimits& limits,
                        std::span<const std::size_t> uses) {
    std::vector<int> others;
    for (std::uint64_t rest = limits.all & ~needed; rest != 0; rest &= rest - 1)
        others.push_back(std::countr_zero(rest));
    std::ranges::stable_sort(others, [&](int a, int b) {
        const bool a_now = (now >> a & 1) != 0, b_now = (now >> b & 1) != 0;
        if (a_now != b_now) return a_now;
        return uses[static_cast<std::size_t>(a)] < uses[static_cast<std::size_t>(b)];
    });
    for (std::size_t k = 0; std::popcount(needed) < limits.inside; ++k)
        needed |= std::uint64_t{1} << others[k];
    return needed;
}

/// The set that does most of what is left.
std::uint64_t greedy_set(std::span<const Footprint> items, const StageLimits& limits,
                         std::uint64_t now) {
    const std::uint64_t chosen =
        choose_axes(items, {.all = limits.all, .always = limits.always, .count = limits.inside});
    if (chosen == 0) throw InternalError("search_stages: an item fits into no set");
    std::uint64_t needed = limits.always;
    for (const std::uint32_t p : fitting(items, chosen, limits.all)) needed |= items[p].flips;
    return filled_up(needed, now, limits, next_uses(items));
}

Sets greedy_plan(Footprints items, const StageLimits& limits, std::uint64_t now) {
    Sets sets;
    if (!limits.any_first) {
        sets.push_back(now);
        items = without_fitting(items, now, limits.all);
    }
    while (!items.empty()) {
        now = greedy_set(items, limits, now);
        sets.push_back(now);
        items = without_fitting(items, now, limits.all);
    }
    return sets;
}

/// A plan that has begun.
struct Node {
    std::shared_ptr<const Node> parent;
    std::uint64_t axes = 0;
    std::int64_t left = 0;     ///< weight of what is not done
    mutable Footprints items;  ///< what is not done; made when the node is looked at
};
using NodePointer = std::shared_ptr<const Node>;

/// How many plans are followed.
struct Width {
    std::size_t nodes = 1;    ///< of one cost
    std::size_t changes = 2;  ///< of each number of axes, from one node
};

class Search {
  public:
    Search(const StageLimits& limits, Width width, double bound)
        : limits_(limits), width_(width), bound_(bound) {}

    /// A plan cheaper than the bound, or none.
    Sets run(std::span<const Footprint> items, std::uint64_t now) {
        open(items, now);
        while (!levels_.empty()) {
            const double cost = levels_.begin()->first;
            std::vector<NodePointer> nodes = std::move(levels_.begin()->second);
            levels_.erase(levels_.begin());
            for (const NodePointer& node : best(std::move(nodes))) {
                if (node->left == 0) return sets_of(*node);
                expand(node, cost);
            }
        }
        return {};
    }
    std::uint64_t looks() const { return looks_; }

  private:
    void open(std::span<const Footprint> items, std::uint64_t now) {
        auto root = std::make_shared<Node>();
        root->items.assign(items.begin(), items.end());
        root->left = weight_of(items);
        if (!limits_.any_first) return add(root, now, 0);
        for (const std::uint64_t first : {now, greedy_set(items, limits_, now)}) {
            if (first == 0) continue;
            root->axes = first;
            add(root, first, 0);
            for (const std::uint64_t axes : changes(*root)) add(root, axes, 0);
        }
    }
    /// The node that follows `parent` with these axes.
    void add(const NodePointer& parent, std::uint64_t axes, double cost) {
        if (cost >= bound_ - kTiny) return;
        auto node = std::make_shared<Node>();
        node->axes = axes;
        node->left = parent->left - worth(parent->items, axes);
        node->parent = parent;
        levels_[std::round(cost / kTiny) * kTiny].push_back(std::move(node));
    }
    /// Those that leave least; of equals with the same axes one.
    std::vector<NodePointer> best(std::vector<NodePointer> nodes) const {
        std::ranges::sort(nodes, [](const NodePointer& a, const NodePointer& b) {
            return std::pair(a->left, a->axes) < std::pair(b->left, b->axes);
        });
        const auto same = std::ranges::unique(nodes, [](const auto& a, const auto& b) {
            return a->left == b->left && a->axes == b->axes;
        });
        nodes.erase(same.begin(), same.end());
        if (nodes.size() > width_.nodes) nodes.resize(width_.nodes);
        return nodes;
    }
    void expand(const NodePointer& node, double cost) {
        node->items = without_fitting(node->parent->items, node->axes, limits_.all);
        looks_ += node->parent->items.size();
        for (const std::uint64_t axes : changes(*node))
            add(node, axes, cost + change_cost(node->axes, axes, limits_.cost));
    }
    /// Sets that differ from the node's by one axis, by two, ...
    Sets changes(const Node& node) {
        const std::uint64_t outside = limits_.all & ~node.axes;
        std::uint64_t wanted = 0;
        for (const Footprint& item : node.items) wanted |= item.flips;
        Sets result, from = {node.axes};
        for (int step = std::popcount(outside); step > 0; --step) {
            std::vector<std::pair<std::int64_t, std::uint64_t>> found;
            for (const std::uint64_t axes : from)
                for (std::uint64_t in = outside & wanted & ~axes; in != 0; in &= in - 1)
                    for (std::uint64_t out = axes & node.axes & ~limits_.always; out != 0;
                         out &= out - 1) {
                        const std::uint64_t set = (axes | (in & -in)) & ~(out & -out);
                        found.emplace_back(-worth(node.items, set), set);
                    }
            std::ranges::sort(found);
            const auto same = std::ranges::unique(found);
            found.erase(same.begin(), same.end());
            if (found.size() > width_.changes) found.resize(width_.changes);
            from.clear();
            for (const auto& [value, set] : found) from.push_back(set);
            result.insert(result.end(), from.begin(), from.end());
            if (from.empty()) break;
        }
        return result;
    }
    std::int64_t worth(std::span<const Footprint> items, std::uint64_t axes) {
        return weight_that_fits(items, axes, limits_.all, looks_);
    }
    Sets sets_of(const Node& last) const {
        Sets sets;
        for (const Node* node = &last; node->parent; node = node->parent.get())
            sets.push_back(node->axes);
        std::ranges::reverse(sets);
        return sets;
    }

    const StageLimits& limits_;
    Width width_;
    double bound_;
    std::uint64_t looks_ = 0;
    std::map<double, std::vector<NodePointer>> levels_;  ///< by cost
};

}  // namespace

double cost_of(std::span<const std::uint64_t> sets, const ChangeCost& cost) {
    double sum = 0;
    for (std::size_t k = 1; k < sets.size(); ++k) sum += change_cost(sets[k - 1], sets[k], cost);
    return sum;
}

Sets search_stages(std::span<const Footprint> items, const StageLimits& limits, std::uint64_t now) {
    // Items that flip nothing are done with what they wait for: they are worth a little, so that
    // none is forgotten.
    Footprints weighed(items.begin(), items.end());
    for (Footprint& item : weighed) item.weight = item.flips == 0 ? 1 : 16;
    Sets best = greedy_plan(weighed, limits, now);
    std::uint64_t spent = 0;
    for (Width width{1, 2}; width.nodes <= 64; width.nodes *= 4, width.changes *= 2) {
        const double bound = cost_of(best, limits.cost);
        if (bound == 0) break;
        Search search(limits, width, bound);
        if (Sets found = search.run(weighed, now); !found.empty()) best = std::move(found);
        spent += search.looks();
        if (spent + 8 * search.looks() > limits.effort) break;
    }
    return best;
}

}  // namespace carillon::engine::passes
