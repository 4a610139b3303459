// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_share.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

#include "carillon/base/random.h"

namespace carillon::host {
namespace {

const std::vector<WorkPolicy> kAll{WorkPolicy::kStatic, WorkPolicy::kDynamic, WorkPolicy::kGuided,
                                   WorkPolicy::kAdaptive};
constexpr double kNever = 1e300;

/// The squares of the units, as the work of the tests.
ChunkResult squares(UnitRange range) {
    ChunkResult result;
    for (std::uint64_t u = range.begin; u < range.end; ++u) {
        const std::uint64_t square = u * u;
        const auto bytes = bytes_of(square);
        result.bytes.insert(result.bytes.end(), bytes.begin(), bytes.end());
    }
    return result;
}

/// Whether the pieces are the squares of [0, count), each once, in order, but for `missing`.
::testing::AssertionResult complete(const WorkResult& result, std::uint64_t count,
                                    const std::set<std::uint64_t>& missing = {}) {
    std::uint64_t next = 0;
    const auto skip = [&] {
        while (missing.contains(next)) ++next;
    };
    for (const WorkPiece& piece : result.pieces) {
        skip();
        if (piece.range.begin != next)
            return ::testing::AssertionFailure()
                   << "unit " << next << " is missing, next is " << piece.range.begin;
        if (piece.bytes != squares(piece.range).bytes)
            return ::testing::AssertionFailure() << "wrong result from unit " << next << " on";
        next = piece.range.end;
    }
    skip();
    if (next != count) return ::testing::AssertionFailure() << "ends at " << next;
    return ::testing::AssertionSuccess();
}

/// Runs `work(rank, range)` over ranks; the result of the last rank that got one.
WorkResult share(int ranks, std::uint64_t count, const WorkOptions& options,
                 const std::function<ChunkResult(int, UnitRange)>& work,
                 const std::function<void(int)>& after = {}) {
    std::mutex mutex;
    WorkResult last;
    run_as_threads({.ranks = ranks}, [&](Ranks& r) {
        WorkShare shared(r, options);
        WorkResult result =
            shared.run(count, [&, rank = r.rank()](UnitRange u) { return work(rank, u); });
        if (after) after(r.rank());
        if (!result.here) return;
        const std::lock_guard lock(mutex);
        last = std::move(result);
    });
    return last;
}

void wait_for(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
}

TEST(WorkShare, every_unit_is_done_and_counted_once) {
    for (const WorkPolicy policy : kAll)
        for (const int ranks : {1, 2, 3, 8})
            for (const std::uint64_t count : {0U, 1U, 5U, 1000U}) {
                const WorkResult result = share(ranks, count, {.policy = policy},
                                                [](int, UnitRange u) { return squares(u); });
                ASSERT_TRUE(result.here);
                EXPECT_TRUE(complete(result, count)) << work_policy_name(policy) << ' ' << ranks;
                std::uint64_t units = 0;
                for (const WorkerTally& w : result.report.workers) units += w.units;
                EXPECT_EQ(units, count);
                EXPECT_TRUE(result.report.deaths.empty());
                EXPECT_EQ(result.report.collector, 0);
            }
}

TEST(WorkShare, ranks_that_die_at_random_moments_lose_nothing) {
    constexpr int kRanks = 5;
    constexpr std::uint64_t kCount = 300;
    for (const WorkPolicy policy : kAll)
        for (std::uint64_t seed = 0; seed < 25; ++seed) {
            std::atomic<int> dying{0};
            const WorkOptions options{.policy = policy, .chunk = 1 + seed % 4};
            const WorkResult result = share(kRanks, kCount, options, [&](int rank, UnitRange u) {
                // Any rank but one may die, the collector too, before any chunk.
                if (keyed_uniform(seed, static_cast<std::uint32_t>(rank), u.begin, 0) < 0.03 &&
                    dying.fetch_add(1) < kRanks - 1)
                    throw Died{};
                return squares(u);
            });
            ASSERT_TRUE(result.here);
            EXPECT_TRUE(complete(result, kCount)) << work_policy_name(policy) << " seed " << seed;
            EXPECT_LE(result.report.deaths.size(), std::min(dying.load(), kRanks - 1));
        }
}

TEST(WorkShare, results_outlive_the_collector_that_had_them_all) {
    for (const WorkPolicy policy : kAll)
        for (int turn = 0; turn < 10; ++turn) {
            const WorkResult result = share(
                4, 100, {.policy = policy}, [](int, UnitRange u) { return squares(u); },
                [](int rank) {
                    if (rank == 0) throw Died{};
                });
            ASSERT_TRUE(result.here);
            EXPECT_EQ(result.report.collector, 1);
            EXPECT_TRUE(complete(result, 100));
        }
}

TEST(WorkShare, a_worker_that_is_held_up_gets_one_chunk_of_a_dynamic_share) {
    for (const int slow : {0, 2}) {
        std::atomic<std::uint64_t> done_by_others{0};
        const WorkOptions options{
            .policy = WorkPolicy::kDynamic, .chunk = 2, .recovery = {.straggler_factor = kNever}};
        std::atomic<bool> began{false};
        const WorkResult result = share(4, 200, options, [&](int rank, UnitRange u) {
            if (rank == slow) {
                began = true;
                wait_for([&] { return done_by_others == 198; });
            } else {
                wait_for([&] { return began.load(); });
                done_by_others += u.size();
            }
            return squares(u);
        });
        EXPECT_TRUE(complete(result, 200));
        EXPECT_EQ(result.report.workers[static_cast<std::size_t>(slow)].units, 2);
        EXPECT_EQ(result.report.duplicates, 0);
    }
}

TEST(WorkShare, a_straggler_s_chunk_is_done_by_an_idle_worker) {
    for (const WorkPolicy policy : {WorkPolicy::kDynamic, WorkPolicy::kGuided})
        for (const int slow : {0, 1}) {
            const WorkOptions options{.policy = policy,
                                      .chunk = 5,
                                      .recovery = {.straggler_s = 0, .straggler_factor = 0}};
            std::mutex mutex;
            std::set<std::uint64_t> done_by_others;
            std::atomic<bool> began{false};
            // The slow rank ends its chunk only when another rank has done it.
            const WorkResult result = share(3, 100, options, [&](int rank, UnitRange u) {
                if (rank == slow) {
                    began = true;
                    wait_for([&] {
                        const std::lock_guard lock(mutex);
                        return done_by_others.contains(u.begin);
                    });
                } else {
                    wait_for([&] { return began.load(); });
                    const std::lock_guard lock(mutex);
                    done_by_others.insert(u.begin);
                }
                return squares(u);
            });
            EXPECT_TRUE(complete(result, 100));
            EXPECT_GE(result.report.redone, 1);
        }
}

TEST(WorkShare, a_failing_unit_is_retried_and_then_reported) {
    const WorkOptions options{
        .chunk = 8, .recovery = {.retries = 1, .backoff_s = 1e-4, .straggler_factor = kNever}};
    for (const int ranks : {1, 3}) {
        std::atomic<int> once{0}, tries{0};
        const WorkResult result = share(ranks, 64, options, [&](int, UnitRange u) {
            if (u.begin <= 20 && 20 < u.end && once++ == 0) throw ResourceError("just once");
            if (u.begin <= 50 && 50 < u.end) {
                tries += u.size() == 1 ? 1 : 0;
                throw ResourceError("always");
            }
            return squares(u);
        });
        EXPECT_TRUE(complete(result, 64, {50}));
        ASSERT_EQ(result.report.failed.size(), 1);
        EXPECT_EQ(result.report.failed[0].range, (UnitRange{50, 51}));
        EXPECT_EQ(result.report.failed[0].message, "always");
        EXPECT_EQ(tries, 2);
        EXPECT_GE(result.report.retries, 2);
    }
}

TEST(WorkShare, a_sick_worker_gets_no_more_work) {
    std::atomic<int> failures{0}, delivered{0};
    const WorkOptions options{.chunk = 1, .recovery = {.backoff_s = 1e-4, .sick_after = 3}};
    const WorkResult result = share(3, 120, options, [&](int rank, UnitRange u) {
        if (rank == 1) {
            wait_for([&] { return delivered > 10; });
            ++failures;
            throw ResourceError("this machine is broken");
        }
        if (delivered > 30) wait_for([&] { return failures >= 3; });
        ++delivered;
        return squares(u);
    });
    EXPECT_TRUE(complete(result, 120));
    EXPECT_TRUE(result.report.workers[1].sick);
    EXPECT_EQ(result.report.workers[1].failures, 3);
    EXPECT_TRUE(result.report.failed.empty());
}

TEST(WorkShare, wrong_input_ends_the_work_on_all_ranks) {
    for (const int ranks : {1, 4})
        for (const WorkPolicy policy : kAll) {
            std::atomic<int> caught{0};
            run_as_threads({.ranks = ranks}, [&](Ranks& r) {
                WorkShare shared(r, {.policy = policy});
                try {
                    shared.run(100, [&](UnitRange u) -> ChunkResult {
                        if (u.end > 60) throw InputError("line 3: division by zero");
                        return squares(u);
                    });
                } catch (const InputError& error) {
                    caught += std::string(error.what()) == "line 3: division by zero" ? 1 : 0;
                }
            });
            EXPECT_EQ(caught, ranks);
        }
}

TEST(WorkShare, failures_told_by_the_work_stop_it_when_they_are_too_many) {
    WorkOptions options{.chunk = 1, .recovery = {.max_failures = 3}};
    const WorkResult result = share(2, 10000, options, [&](int, UnitRange u) {
        ChunkResult r = squares(u);
        r.failures = 1;
        return r;
    });
    EXPECT_TRUE(result.report.stopped);
    EXPECT_EQ(result.pieces.size(), 4);
}

TEST(WorkShare, runs_follow_each_other_also_after_a_death) {
    std::atomic<int> whole{0};
    run_as_threads({.ranks = 4}, [&](Ranks& r) {
        WorkShare shared(r, {.chunk = 3});
        for (int turn = 0; turn < 5; ++turn) {
            const WorkResult result = shared.run(50, [&, turn](UnitRange u) {
                if (turn == 2 && r.rank() == 0) throw Died{};
                return squares(u);
            });
            if (result.here) whole += complete(result, 50) ? 1 : 0;
        }
    });
    EXPECT_GE(whole, 5);
}

TEST(WorkShare, results_are_counted_as_traffic_of_work) {
    std::atomic<std::uint64_t> bytes{0};
    run_as_threads({.ranks = 2}, [&](Ranks& r) {
        WorkShare shared(r, {.policy = WorkPolicy::kStatic});
        shared.run(1000, squares);
        shared.close();
        if (r.rank() == 1) bytes = r.traffic()[static_cast<std::size_t>(Traffic::kWork)].bytes;
    });
    EXPECT_GE(bytes, 500 * sizeof(std::uint64_t));
}

}  // namespace
}  // namespace carillon::host
