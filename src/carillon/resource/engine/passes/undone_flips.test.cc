// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/undone_flips.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "carillon/base/random.h"
#include "carillon/resource/engine/passes/naive_items.test.h"

namespace carillon::engine::passes {
namespace {

constexpr int kAxes = 7;

void add(Items& items, Item item, std::vector<Condition> conditions) {
    item.first = static_cast<std::uint32_t>(items.conditions.size());
    item.count = static_cast<std::uint32_t>(conditions.size());
    for (const Condition& c : conditions) {
        item.reads |= c.mask;
        items.conditions.push_back(c);
    }
    items.list.push_back(item);
}

void add_flip(Items& items, int axis, std::vector<Condition> conditions) {
    add(items, {.kind = ItemKind::kShift, .flips = std::uint64_t{1} << axis},
        std::move(conditions));
}

void add_phase(Items& items, std::uint64_t reads, Complex factor) {
    items.list.push_back({.kind = ItemKind::kPhase, .factor = factor, .reads = reads});
}

std::uint64_t flipped(const Items& items) {
    std::uint64_t axes = 0;
    for (const Item& item : items.list) axes |= item.flips;
    return axes;
}

TEST(UndoneFlips, chain_of_toffolis_around_a_sign_becomes_signs) {
    Items items;
    const auto chain = [&](int k) { add_flip(items, 4 + k, {{1U << k, true}, {8U << k, true}}); };
    for (int k = 0; k < 3; ++k) chain(k);
    add_phase(items, 1U << 6, -1);
    for (int k = 3; k-- > 0;) chain(k);
    const Items found = without_undone_flips(items);
    EXPECT_EQ(flipped(found), 0U);
    EXPECT_EQ(found.list.size(), 4U);
    EXPECT_LT(naive_distance(items, found, kAxes), 1e-14);
}

TEST(UndoneFlips, flip_whose_condition_changes_before_it_is_undone_stays) {
    Items items;
    add_flip(items, 3, {{1, true}});
    add_phase(items, 8, -1);
    items.list.push_back({.kind = ItemKind::kRotation, .tangent = {0.5, 0}, .flips = 1});
    add_flip(items, 3, {{1, true}});
    EXPECT_EQ(without_undone_flips(items).list.size(), items.list.size());
}

TEST(UndoneFlips, random_items_between_do_the_same) {
    int fewer = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Random random(seed);
        const Items items = random_items(random, kAxes, 24);
        const Items found = without_undone_flips(items);
        ASSERT_LT(naive_distance(items, found, kAxes), 1e-12) << "seed " << seed;
        const auto flips = [](const Items& of) {
            return std::ranges::count_if(of.list, [](const Item& i) { return i.flips != 0; });
        };
        fewer += flips(found) < flips(items) ? 1 : 0;
    }
    EXPECT_GT(fewer, 30);
}

}  // namespace
}  // namespace carillon::engine::passes
