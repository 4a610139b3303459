// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <set>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::host {
namespace {

const std::vector<WorkPolicy> kAll{WorkPolicy::kStatic, WorkPolicy::kDynamic, WorkPolicy::kGuided,
                                   WorkPolicy::kAdaptive};

/// A run on paper: workers on clocks of their own share units whose cost is given.
struct PaperRun {
    std::vector<UnitRange> chunks;
    std::vector<int> chunk_worker;
    std::vector<double> busy;  ///< by worker
    double makespan = 0;
    std::vector<std::uint64_t> units;  ///< by worker

    /// Args:
    ///     cost: seconds of unit u on worker w at time t.
    PaperRun(const ChunkPlan& plan, int workers,
             const std::function<double(std::uint64_t u, int w, double t)>& cost)
        : busy(static_cast<std::size_t>(workers)), units(busy.size()) {
        std::vector<std::int64_t> own(busy.size());
        std::vector<double> speed(busy.size());
        std::set<int> at_work;
        for (int w = 0; w < workers; ++w) at_work.insert(w);
        std::int64_t shared = 0;
        while (!at_work.empty()) {
            const int w = *std::min_element(at_work.begin(), at_work.end(), [&](int a, int b) {
                return busy[std::size_t(a)] < busy[std::size_t(b)];
            });
            const auto k = static_cast<std::size_t>(w);
            std::int64_t& counter = plan.shared_counter() ? shared : own[k];
            const double all = std::accumulate(speed.begin(), speed.end(), 0.0);
            const std::int64_t amount =
                plan.ask({speed[k], all, static_cast<std::uint64_t>(counter)});
            const auto range = plan.range(w, counter, amount);
            counter += amount;
            if (!range) {
                at_work.erase(w);
                continue;
            }
            double seconds = 0;
            for (std::uint64_t u = range->begin; u < range->end; ++u)
                seconds += cost(u, w, busy[k]);
            busy[k] += seconds;
            units[k] += range->size();
            const double measured = static_cast<double>(range->size()) / seconds;
            speed[k] = speed[k] > 0 ? 0.5 * (speed[k] + measured) : measured;
            chunks.push_back(*range);
            chunk_worker.push_back(w);
        }
        makespan = *std::max_element(busy.begin(), busy.end());
    }
};

TEST(WorkPolicy, every_policy_hands_out_every_unit_once) {
    Random random(1);
    for (const WorkPolicy policy : kAll)
        for (const std::uint64_t count : {0U, 1U, 2U, 7U, 100U, 4097U})
            for (const int workers : {1, 2, 3, 10})
                for (const std::uint64_t chunk : {0U, 1U, 5U}) {
                    const ChunkPlan plan(policy, count, workers, chunk);
                    PaperRun run(plan, workers,
                                 [&](auto, int, double) { return 0.1 + random.uniform(); });
                    std::ranges::sort(run.chunks, {}, &UnitRange::begin);
                    std::uint64_t next = 0;
                    for (const UnitRange& range : run.chunks) {
                        ASSERT_EQ(range.begin, next);
                        ASSERT_GT(range.end, range.begin);
                        next = range.end;
                    }
                    EXPECT_EQ(next, count);
                }
}

TEST(WorkPolicy, dynamic_ends_sooner_than_static_where_work_is_uneven) {
    // The last quarter costs ten times as much: a worker's static share of it is 10/13 of all.
    const auto cost = [](std::uint64_t u, int, double) { return u >= 750 ? 10.0 : 1.0; };
    const double ideal = (750 + 2500) / 4.0;
    const auto makespan = [&](WorkPolicy policy) {
        return PaperRun(ChunkPlan(policy, 1000, 4), 4, cost).makespan;
    };
    EXPECT_DOUBLE_EQ(makespan(WorkPolicy::kStatic), 2500);
    // At most a chunk of the dear units (7 of them) later than the others.
    EXPECT_LE(makespan(WorkPolicy::kDynamic), ideal + 70);
    EXPECT_LE(makespan(WorkPolicy::kGuided), 1.35 * ideal);
    EXPECT_LE(makespan(WorkPolicy::kAdaptive), 1.35 * ideal);
}

TEST(WorkPolicy, dynamic_gives_a_slow_worker_less) {
    const auto cost = [](std::uint64_t, int w, double) { return w == 0 ? 4.0 : 1.0; };
    const PaperRun run(ChunkPlan(WorkPolicy::kDynamic, 1300, 4), 4, cost);
    EXPECT_NEAR(static_cast<double>(run.units[0]), 100, 10);  // speeds 1/4 + 3 * 1
    EXPECT_DOUBLE_EQ(PaperRun(ChunkPlan(WorkPolicy::kStatic, 1300, 4), 4, cost).makespan, 1300);
}

TEST(WorkPolicy, adaptive_chunks_follow_the_measured_speed) {
    const auto cost = [](std::uint64_t, int w, double) { return w == 0 ? 8.0 : 1.0; };
    const PaperRun run(ChunkPlan(WorkPolicy::kAdaptive, 100000, 2), 2, cost);
    // With speeds known a chunk is half the rest times own / all: 1/18 and 8/18 of the rest.
    std::uint64_t largest[2] = {};
    for (std::size_t k = 0; k < run.chunks.size(); ++k)
        largest[run.chunk_worker[k]] = std::max(largest[run.chunk_worker[k]], run.chunks[k].size());
    EXPECT_GT(largest[1], 5 * largest[0]);
    EXPECT_LE(run.makespan, 1.01 * 800000.0 / 9);
    const PaperRun dynamic(ChunkPlan(WorkPolicy::kDynamic, 100000, 2, 1), 2, cost);
    EXPECT_LT(run.chunks.size(), dynamic.chunks.size() / 100);  // far fewer chunks for it
}

TEST(WorkPolicy, adaptive_measures_again_when_a_worker_slows_down) {
    const auto cost = [](std::uint64_t, int w, double t) {
        return w == 0 && t > 5000 ? 20.0 : 1.0;  // worker 0 is slowed down in the run
    };
    const PaperRun run(ChunkPlan(WorkPolicy::kAdaptive, 60000, 2), 2, cost);
    std::vector<std::uint64_t> late;  // sizes of worker 0's chunks, in order
    for (std::size_t k = 0; k < run.chunks.size(); ++k)
        if (run.chunk_worker[k] == 0) late.push_back(run.chunks[k].size());
    ASSERT_GE(late.size(), 3);
    EXPECT_LT(run.units[0], run.units[1]);
    EXPECT_LT(run.makespan, PaperRun(ChunkPlan(WorkPolicy::kStatic, 60000, 2), 2, cost).makespan);
}

TEST(WorkPolicy, guided_chunks_never_grow) {
    const ChunkPlan plan(WorkPolicy::kGuided, 10000, 4, 3);
    std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    std::int64_t k = 0;
    for (; const auto range = plan.range(0, k, 1); ++k) {
        EXPECT_LE(range->size(), last);
        if (range->end != 10000) {
            EXPECT_GE(range->size(), 3);
        }
        last = range->size();
    }
    EXPECT_EQ(plan.range(0, 0, 1), (UnitRange{0, 1250}));  // 1/8 of all
    EXPECT_LT(k, 100);
}

TEST(WorkPolicy, names_go_both_ways_and_a_wrong_one_is_an_input_error) {
    for (const WorkPolicy policy : kAll)
        EXPECT_EQ(work_policy_from_name(work_policy_name(policy)), policy);
    try {
        work_policy_from_name("dinamic");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "unknown policy \"dinamic\"; did you mean \"dynamic\"?");
    }
}

}  // namespace
}  // namespace carillon::host
