// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/undone_flips.h"

#include <algorithm>
#include <bit>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace carillon::engine::passes {

namespace {

using Conditions = std::vector<Condition>;

constexpr int kMostAhead = 1 << 11;  ///< items between a flip and its undoing
constexpr std::size_t kMostAdded = 4;

struct Entry {
    Item item;
    Conditions conditions;
};
using Entries = std::list<Entry>;

bool less(const Condition& a, const Condition& b) {
    return std::pair(a.mask, a.odd) < std::pair(b.mask, b.odd);
}

Entries entries_of(const Items& items) {
    Entries entries;
    for (const Item& item : items.list) {
        const auto conditions = items.conditions_of(item);
        entries.push_back({item, {conditions.begin(), conditions.end()}});
        std::ranges::sort(entries.back().conditions, less);
    }
    return entries;
}

std::uint64_t axes_read(const Conditions& conditions) {
    std::uint64_t axes = 0;
    for (const Condition& c : conditions) axes |= c.mask;
    return axes;
}

/// Controlled X on one axis.
bool is_flip(const Entry& e) {
    return e.item.kind == ItemKind::kShift && std::popcount(e.item.flips) == 1 &&
           !e.conditions.empty();
}

bool same_flip(const Entry& a, const Entry& b) {
    return is_flip(b) && a.item.flips == b.item.flips &&
           std::ranges::equal(a.conditions, b.conditions, [](const auto& x, const auto& y) {
               return x.mask == y.mask && x.odd == y.odd;
           });
}

bool is_diagonal(const Entry& e) {
    return e.item.kind == ItemKind::kPhase || e.item.kind == ItemKind::kScale;
}

/// What must hold for a diagonal item or a shift to act.
Conditions where(const Entry& e) {
    if (e.item.kind != ItemKind::kPhase) return e.conditions;
    Conditions result;
    for (std::uint64_t rest = e.item.reads; rest != 0; rest &= rest - 1)
        result.push_back({rest & -rest, true});
    return result;
}

/// Both, each condition once. Returns: nothing when they contradict each other.
std::optional<Conditions> joined(Conditions a, const Conditions& b) {
    a.insert(a.end(), b.begin(), b.end());
    std::ranges::sort(a, less);
    const auto same = std::ranges::unique(
        a, [](const auto& x, const auto& y) { return x.mask == y.mask && x.odd == y.odd; });
    a.erase(same.begin(), same.end());
    for (std::size_t k = 1; k < a.size(); ++k)
        if (a[k].mask == a[k - 1].mask) return std::nullopt;
    return a;
}

/// The same thing done where other conditions hold.
Entry with_conditions(const Entry& like, Conditions conditions, Complex factor) {
    Entry e{like.item, std::move(conditions)};
    e.item.factor = factor;
    e.item.reads = axes_read(e.conditions);
    if (!is_diagonal(like)) return e;
    const bool plain = std::ranges::all_of(
        e.conditions, [](const Condition& c) { return c.odd && std::popcount(c.mask) == 1; });
    e.item.kind = plain ? ItemKind::kPhase : ItemKind::kScale;
    if (plain) e.conditions.clear();
    return e;
}

/// What an item becomes between a flip and its undoing, beside itself. Returns: nothing when it
/// cannot be said so.
std::optional<std::vector<Entry>> copies(const Entry& flip, const Entry& e) {
    const std::uint64_t axis = flip.item.flips;
    const bool reads = ((e.item.reads | e.item.parity) & axis) != 0;
    if ((e.item.flips & axes_read(flip.conditions)) != 0) return std::nullopt;
    if ((e.item.flips & axis) != 0 && (e.item.kind != ItemKind::kShift || reads))
        return std::nullopt;
    if (!reads) return std::vector<Entry>{};
    if (!is_diagonal(e) && e.item.kind != ItemKind::kShift) return std::nullopt;
    const Conditions all = where(e);
    Conditions others;
    for (const Condition& c : all)
        if ((c.mask & axis) == 0) others.push_back(c);
    if (others.size() + 1 != all.size()) return std::nullopt;
    std::vector<Entry> result;
    const auto add = [&](const Conditions& conditions, Complex factor) {
        if (auto both = joined(conditions, flip.conditions))
            result.push_back(with_conditions(e, *std::move(both), factor));
    };
    add(others, is_diagonal(e) ? e.item.factor : Complex{1});
    const bool twice = is_diagonal(e) && std::abs(e.item.factor + 1.0) > 1e-15;
    if (twice) add(all, 1.0 / (e.item.factor * e.item.factor));
    return result;
}

/// Takes the flip and its undoing out, if there is one in reach. Returns: what comes after what
/// stood before the flip.
Entries::iterator try_to_take_out(Entries& entries, Entries::iterator flip) {
    std::vector<std::pair<Entries::iterator, std::vector<Entry>>> added;
    std::size_t count = 0;
    auto at = std::next(flip);
    for (int ahead = 0; at != entries.end() && ahead < kMostAhead; ++at, ++ahead) {
        if (same_flip(*flip, *at)) break;
        auto more = copies(*flip, *at);
        if (!more || (count += more->size()) > kMostAdded) return flip;
        if (!more->empty()) added.emplace_back(at, *std::move(more));
    }
    if (at == entries.end() || !same_flip(*flip, *at)) return flip;
    for (auto& [beside, list] : added)
        for (Entry& e : list) entries.insert(beside, std::move(e));
    entries.erase(at);
    return entries.erase(flip);
}

}  // namespace

Items without_undone_flips(const Items& items) {
    Entries entries = entries_of(items);
    // From the end, so that inner pairs are gone before those around them.
    for (auto at = entries.end(); at != entries.begin();) {
        --at;
        if (is_flip(*at)) at = try_to_take_out(entries, at);
    }
    Items result;
    result.matrices = items.matrices;
    result.targets = items.targets;
    for (Entry& e : entries) {
        e.item.first = static_cast<std::uint32_t>(result.conditions.size());
        e.item.count = static_cast<std::uint32_t>(e.conditions.size());
        result.conditions.insert(result.conditions.end(), e.conditions.begin(), e.conditions.end());
        result.list.push_back(e.item);
    }
    return result;
}

}  // namespace carillon::engine::passes
