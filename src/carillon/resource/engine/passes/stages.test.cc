// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <set>

#include "carillon/base/random.h"
#include "carillon/resource/engine/passes/naive_items.test.h"

namespace carillon::engine::passes {
namespace {

constexpr ChangeCost kMoved{.each = 1.0 / 64, .by_axes = true};

/// The cheapest way there is, by trying every set after every other (Dijkstra over what is done and
/// which axes are inside).
double cheapest(const Items& items, const StagePlan& plan, std::uint64_t now) {
    const std::uint64_t all = (std::uint64_t{1} << plan.axes) - 1;
    std::vector<std::uint64_t> sets;
    for (std::uint64_t set = 0; set <= all; ++set)
        if (std::popcount(set) == plan.inside) sets.push_back(set);
    // Items that must come first, from the definition: what is not diagonal on an axis waits for
    // all before it on that axis, and what is diagonal there for what is not.
    const std::size_t n = items.list.size();
    const auto done_with = [&](std::uint64_t done, std::uint64_t set) {
        for (std::size_t k = 0; k < n; ++k) {
            if ((done >> k & 1) != 0 || (items.list[k].flips & ~set) != 0) continue;
            bool waits = false;
            for (std::size_t j = 0; j < k && !waits; ++j) {
                const Item &a = items.list[j], &b = items.list[k];
                waits = (done >> j & 1) == 0 && (((a.flips | a.reads) & b.flips) != 0 ||
                                                 (a.flips & (b.flips | b.reads)) != 0);
            }
            if (!waits) done |= std::uint64_t{1} << k;
        }
        return done;
    };
    const std::uint64_t finished = (std::uint64_t{1} << n) - 1;
    std::set<std::tuple<double, std::uint64_t, std::uint64_t>> open;
    std::map<std::pair<std::uint64_t, std::uint64_t>, double> best;
    const auto reach = [&](double cost, std::uint64_t done, std::uint64_t set) {
        done = done_with(done, set);
        const auto [it, fresh] = best.try_emplace({done, set}, cost);
        if (!fresh && it->second <= cost) return;
        it->second = cost;
        open.insert({cost, done, set});
    };
    if (plan.any_first)
        for (const std::uint64_t set : sets) reach(0, 0, set);
    else
        reach(0, 0, now);
    while (!open.empty()) {
        const auto [cost, done, set] = *open.begin();
        open.erase(open.begin());
        if (done == finished) return cost;
        if (best.at({done, set}) < cost) continue;
        for (const std::uint64_t next : sets)
            if (next != set) {
                const std::uint64_t both[] = {set, next};
                reach(cost + cost_of(both, plan.cost), done, next);
            }
    }
    return std::numeric_limits<double>::infinity();
}

double planned_cost(const std::vector<Stage>& stages, const StagePlan& plan, std::uint64_t now) {
    std::vector<std::uint64_t> sets;
    if (!plan.any_first) sets.push_back(now);
    for (const Stage& stage : stages) sets.push_back(stage.axes);
    return cost_of(sets, plan.cost);
}

TEST(Stages, one_after_another_do_what_the_items_do) {
    constexpr int kAxes = 8;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Random random(seed);
        const Items items = random_items(random, kAxes, 60);
        const int inside = 3 + static_cast<int>(random.below(5));
        const std::uint64_t now = (std::uint64_t{1} << inside) - 1;
        const auto stages = plan_stages(items,
                                        {.axes = kAxes,
                                         .inside = inside,
                                         .cost = random.below(2) == 0 ? kMoved : ChangeCost{},
                                         .any_first = random.below(2) == 0},
                                        now);
        std::vector<std::uint32_t> order;
        for (const Stage& stage : stages) {
            ASSERT_EQ(std::popcount(stage.axes), inside);
            for (const std::uint32_t at : stage.items) {
                ASSERT_EQ(items.list[at].flips & ~stage.axes, 0U);
                order.push_back(at);
            }
        }
        ASSERT_EQ(order.size(), items.list.size());
        EXPECT_LT(distance(naive_result(items, order, kAxes),
                           naive_result(items, in_order(items), kAxes)),
                  1e-12)
            << "seed " << seed;
    }
}

/// Rotations on all axes and signs on neighbours, layer after layer, or gates on random axes.
Items layers(Random& random, int axes, int count, bool neighbours) {
    Items items;
    for (int k = 0; k < count; ++k) {
        const int a = neighbours ? k % axes : static_cast<int>(random.below(axes));
        const int b = (a + 1 + (neighbours ? 0 : static_cast<int>(random.below(axes - 1)))) % axes;
        items.list.push_back(
            {.kind = ItemKind::kRotation, .tangent = {0.5, 0}, .flips = std::uint64_t{1} << a});
        items.list.push_back({.kind = ItemKind::kPhase,
                              .factor = -1,
                              .reads = std::uint64_t{1} << a | std::uint64_t{1} << b});
    }
    return items;
}

TEST(Stages, cost_is_near_that_of_the_best_plan_there_is) {
    double planned = 0, least = 0;
    int optimal = 0, cases = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const StagePlan plan{.axes = 7,
                             .inside = 4 + static_cast<int>(seed % 2),
                             .cost = kMoved,
                             .any_first = seed % 3 == 0};
        const Items items = layers(random, plan.axes, 16, seed % 4 < 2);
        const std::uint64_t now = (std::uint64_t{1} << plan.inside) - 1;
        const double cost = planned_cost(plan_stages(items, plan, now), plan, now);
        const double best = cheapest(items, plan, now);
        ASSERT_GE(cost, best - 1e-9) << "the search over all plans missed one, seed " << seed;
        optimal += cost < best + 1e-9 ? 1 : 0;
        ++cases;
        planned += cost;
        least += best;
    }
    std::printf("optimal in %d of %d, cost %.3f times the least\n", optimal, cases,
                planned / least);
    EXPECT_LT(planned, 1.1 * least);
}

}  // namespace
}  // namespace carillon::engine::passes
