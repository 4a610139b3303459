// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_ledger.h"

#include <gtest/gtest.h>

namespace carillon::host {
namespace {

WorkLedger ledger(std::uint64_t count, int workers, RecoveryOptions recovery = {},
                  WorkPolicy policy = WorkPolicy::kDynamic) {
    return {ChunkPlan(policy, count, workers, 10), workers, recovery};
}

TEST(WorkLedger, a_second_result_of_the_same_units_is_dropped) {
    WorkLedger book = ledger(30, 2);
    EXPECT_TRUE(book.delivered(0, {{0, 10}, {}}, 1, 0));
    EXPECT_FALSE(book.delivered(1, {{0, 10}, {}}, 1, 0));
    EXPECT_FALSE(book.delivered(1, {{5, 15}, {}}, 1, 0));  // half of it is new
    EXPECT_TRUE(book.delivered(1, {{20, 30}, {}}, 1, 0));
    EXPECT_FALSE(book.finished());
    EXPECT_TRUE(book.delivered(1, {{10, 20}, {}}, 1, 0));
    EXPECT_TRUE(book.finished());
    EXPECT_EQ(book.report().duplicates, 2);
    EXPECT_EQ(book.take_pieces().size(), 3);
}

TEST(WorkLedger, what_a_dead_worker_held_goes_to_an_idle_one) {
    WorkLedger book = ledger(20, 2);
    book.took(0, {0, 10}, 0);
    book.took(1, {10, 20}, 0);
    book.delivered(0, {{0, 10}, {}}, 1, 0);
    book.idle(0, 1);
    EXPECT_EQ(book.next_for(0, 1), std::nullopt);  // worker 1 is at it
    book.died(1);
    EXPECT_EQ(book.next_for(0, 1), (UnitRange{10, 20}));
    EXPECT_EQ(book.next_for(0, 1), std::nullopt);
    EXPECT_TRUE(book.delivered(0, {{10, 20}, {}}, 1, 0));
    EXPECT_TRUE(book.finished());
    EXPECT_EQ(book.report().redone, 1);
    EXPECT_EQ(book.report().deaths, std::vector<int>{1});
}

TEST(WorkLedger, a_chunk_that_a_worker_told_of_before_its_death_was_known_is_done_again) {
    WorkLedger book = ledger(10, 2);
    book.died(1);
    book.took(1, {0, 10}, 0);
    book.idle(0, 1);
    EXPECT_EQ(book.next_for(0, 1), (UnitRange{0, 10}));
}

TEST(WorkLedger, units_that_a_worker_took_from_the_counter_unseen_are_done_again_when_it_dies) {
    WorkLedger book = ledger(30, 2);
    book.delivered(0, {{0, 10}, {}}, 1, 0);
    book.delivered(0, {{20, 30}, {}}, 1, 0);
    EXPECT_EQ(book.next_for(0, 5), std::nullopt);  // the counter has more, as far as one knows
    book.died(1);
    EXPECT_EQ(book.next_for(0, 5), std::nullopt);
    book.idle(0, 5);
    EXPECT_EQ(book.next_for(0, 5), (UnitRange{10, 20}));
}

TEST(WorkLedger, the_share_of_a_dead_worker_goes_to_others_and_that_of_a_living_one_does_not) {
    WorkLedger book = ledger(40, 2, {}, WorkPolicy::kStatic);
    book.delivered(0, {{0, 10}, {}}, 1, 0);
    book.delivered(0, {{10, 20}, {}}, 1, 0);
    book.idle(0, 2);
    EXPECT_EQ(book.next_for(0, 100), std::nullopt);
    book.died(1);
    EXPECT_EQ(book.next_for(0, 100), (UnitRange{20, 30}));
}

TEST(WorkLedger, a_straggler_is_helped_once) {
    WorkLedger book = ledger(40, 3, {.straggler_factor = 3});
    for (const std::uint64_t begin : {0U, 10U, 20U})
        book.delivered(0, {{begin, begin + 10}, {}}, 2, 0);
    book.took(1, {30, 40}, 10);
    book.idle(0, 11);
    book.idle(2, 11);
    EXPECT_EQ(book.next_for(0, 15.9), std::nullopt);  // 3 times 2 s are not over
    EXPECT_EQ(book.next_for(0, 16.1), (UnitRange{30, 40}));
    EXPECT_EQ(book.next_for(2, 100), std::nullopt);
    EXPECT_TRUE(book.delivered(0, {{30, 40}, {}}, 2, 0));
    EXPECT_TRUE(book.finished());
    EXPECT_FALSE(book.delivered(1, {{30, 40}, {}}, 90, 0));
    EXPECT_EQ(book.report().duplicates, 1);
}

TEST(WorkLedger, a_failed_chunk_is_tried_elsewhere_after_a_while) {
    WorkLedger book = ledger(10, 2, {.retries = 2, .backoff_s = 1});
    book.took(0, {0, 10}, 0);
    book.failed(0, {0, 10}, "no memory", 1, 5);
    EXPECT_EQ(book.next_for(1, 5.5), std::nullopt);  // backoff
    EXPECT_EQ(book.next_for(0, 6.5), std::nullopt);  // it failed there
    EXPECT_EQ(book.next_for(1, 6.5), (UnitRange{0, 10}));
    EXPECT_TRUE(book.delivered(1, {{0, 10}, {}}, 1, 0));
    EXPECT_TRUE(book.finished());
    EXPECT_EQ(book.report().retries, 1);
    EXPECT_TRUE(book.report().failed.empty());
}

TEST(WorkLedger, a_unit_that_always_fails_is_singled_out) {
    for (const std::uint64_t poison : {0U, 5U, 9U})
        for (const int retries : {0, 1, 4}) {
            WorkLedger book = ledger(10, 2, {.retries = retries, .backoff_s = 0, .sick_after = 9});
            UnitRange range{0, 10};
            int tries_alone = 0;
            for (int turn = 0; !book.finished(); ++turn) {
                ASSERT_LT(turn, 100);
                const int worker = turn % 2;
                if (turn > 0) {
                    const auto next = book.next_for(worker, turn);
                    if (!next) continue;
                    range = *next;
                }
                if (poison >= range.begin && poison < range.end) {
                    tries_alone += range.size() == 1 ? 1 : 0;
                    book.failed(worker, range, "poison", 1, turn);
                } else {
                    book.delivered(worker, {range, {}}, 1, 0);
                }
            }
            EXPECT_EQ(tries_alone, 1 + retries);
            ASSERT_EQ(book.report().failed.size(), 1);
            EXPECT_EQ(book.report().failed[0].range, (UnitRange{poison, poison + 1}));
            EXPECT_EQ(book.report().failed[0].message, "poison");
            std::uint64_t done = 0;
            for (const WorkPiece& piece : book.take_pieces()) done += piece.range.size();
            EXPECT_EQ(done, 9);
        }
}

TEST(WorkLedger, a_worker_that_fails_in_a_row_while_others_work_is_sick) {
    WorkLedger book = ledger(100, 2, {.sick_after = 3});
    book.delivered(0, {{0, 10}, {}}, 1, 0);
    for (const std::uint64_t begin : {10U, 20U}) book.failed(1, {begin, begin + 10}, "bad", 1, 0);
    EXPECT_FALSE(book.sick(1));
    book.failed(1, {30, 40}, "bad", 1, 0);
    EXPECT_TRUE(book.sick(1));
    EXPECT_EQ(book.next_for(1, 1e9), std::nullopt);
    EXPECT_EQ(book.next_for(0, 1e9), (UnitRange{10, 20}));
}

TEST(WorkLedger, the_last_worker_is_never_sick) {
    WorkLedger book = ledger(100, 2, {.sick_after = 1});
    book.delivered(0, {{0, 10}, {}}, 1, 0);
    book.failed(1, {10, 20}, "bad", 1, 0);
    EXPECT_TRUE(book.sick(1));
    book.died(0);
    EXPECT_FALSE(book.sick(1));
    EXPECT_TRUE(book.next_for(1, 1e9).has_value());
}

TEST(WorkLedger, more_failures_than_allowed_stop_the_work) {
    WorkLedger book = ledger(100, 1, {.max_failures = 2});
    book.delivered(0, {{0, 10}, {}}, 1, 2);
    EXPECT_FALSE(book.finished());
    book.delivered(0, {{10, 20}, {}}, 1, 1);
    EXPECT_TRUE(book.finished());
    EXPECT_TRUE(book.report().stopped);
}

TEST(WorkLedger, a_new_collector_waits_for_what_the_workers_have) {
    WorkLedger book(ChunkPlan(WorkPolicy::kDynamic, 30, 3, 10), 3, {}, false);
    book.died(0);
    book.idle(1, 0);
    EXPECT_EQ(book.next_for(1, 0.1), std::nullopt);  // worker 2 has not spoken
    book.delivered(2, {{0, 10}, {}}, 1, 0);
    EXPECT_EQ(book.next_for(1, 0.1), (UnitRange{10, 20}));
    EXPECT_EQ(book.next_for(2, 0.1), (UnitRange{20, 30}));
}

TEST(WorkLedger, speeds_are_measured_and_imbalance_told) {
    WorkLedger book = ledger(100, 2);
    EXPECT_EQ(book.total_speed(), 0);
    book.delivered(0, {{0, 10}, {}}, 1, 0);   // 10 units a second
    book.delivered(1, {{10, 20}, {}}, 5, 0);  // 2
    EXPECT_DOUBLE_EQ(book.total_speed(), 12);
    book.delivered(1, {{20, 30}, {}}, 1, 0);  // 10 now: the mean of both
    EXPECT_DOUBLE_EQ(book.speed(1), 6);
    EXPECT_DOUBLE_EQ(book.report().imbalance(), 6 / 3.5);
}

}  // namespace
}  // namespace carillon::host
