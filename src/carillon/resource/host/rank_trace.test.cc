// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/rank_trace.h"

#include <gtest/gtest.h>

namespace carillon::host {
namespace {

using enum Activity;

std::uint64_t hand_s = 0;  ///< the tests' clock, in seconds
std::uint64_t hand_ns() {
    return hand_s * 1000000000;
}

struct Diary : testing::Test {
    Diary() { hand_s = 100; }
    void pass(std::uint64_t seconds) { hand_s += seconds; }
};

TEST_F(Diary, adds_up_what_a_rank_does_one_thing_after_the_other) {
    RankTrace trace(false, &hand_ns);
    for (int round = 0; round < 3; ++round) {
        auto work = trace.open(kCompute, "work");
        pass(2);
        work.close();
        const auto wait = trace.open(kWait, "wait");
        pass(1);
    }
    pass(4);
    const RankTimes times = trace.times();
    EXPECT_DOUBLE_EQ(times.of(kCompute), 6);
    EXPECT_DOUBLE_EQ(times.of(kWait), 3);
    EXPECT_DOUBLE_EQ(times.of(kExchange), 0);
    EXPECT_DOUBLE_EQ(times.total_s, 13);
    EXPECT_TRUE(trace.spans().empty());
}

TEST_F(Diary, counts_messages_under_way_together_once_and_tells_what_computing_hides) {
    RankTrace trace(false, &hand_ns);
    auto first = trace.open(kExchange, "first");  // seconds 0 to 5
    pass(1);
    auto second = trace.open(kExchange, "second");  // 1 to 7
    pass(1);
    {
        const auto work = trace.open(kCompute, "work");  // 2 to 4
        pass(2);
    }
    pass(1);
    first.close();
    pass(2);
    second.close();
    pass(1);
    const RankTimes times = trace.times();
    EXPECT_DOUBLE_EQ(times.of(kExchange), 7);
    EXPECT_DOUBLE_EQ(times.hidden_s, 2);
    EXPECT_DOUBLE_EQ(times.of(kCompute), 2);
    EXPECT_DOUBLE_EQ(times.total_s, 8);
}

TEST_F(Diary, does_not_call_it_waiting_when_work_is_done_meanwhile) {
    RankTrace trace(false, &hand_ns);
    const auto wait = trace.open(kWait, "wait");
    pass(3);
    {
        const auto work = trace.open(kCompute, "work");
        pass(2);
    }
    EXPECT_DOUBLE_EQ(trace.times().of(kWait), 3);
    EXPECT_DOUBLE_EQ(trace.times().of(kCompute), 2);
}

TEST_F(Diary, keeps_spans_on_request_with_their_bytes) {
    RankTrace trace(true, &hand_ns);
    auto message = trace.open(kExchange, "swap", 4096);
    pass(1);
    auto moved = std::move(message);
    message.close();  // nothing is left in it
    pass(1);
    moved.close();
    moved.close();
    ASSERT_EQ(trace.spans().size(), 1u);
    const RankTrace::Span& span = trace.spans()[0];
    EXPECT_STREQ(span.name, "swap");
    EXPECT_EQ(span.bytes, 4096u);
    EXPECT_EQ(span.kind, kExchange);
    EXPECT_EQ(span.end_ns - span.begin_ns, 2000000000u);
}

TEST_F(Diary, is_not_needed) {
    auto nothing = open_span(nullptr, kCompute, "work");
    nothing.close();
    RankTrace trace(false, &hand_ns);
    {
        const auto something = open_span(&trace, kCompute, "work");
        pass(1);
    }
    EXPECT_DOUBLE_EQ(trace.times().of(kCompute), 1);
}

}  // namespace
}  // namespace carillon::host
