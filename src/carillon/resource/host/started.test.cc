// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/started.h"

#include <gtest/gtest.h>

#include <mutex>
#include <new>

#include "carillon/resource/host/group.h"

namespace carillon::host {

namespace {

/// The verdicts by rank of bodies that end as they may.
std::map<int, Verdict> verdicts(const ThreadRanksOptions& options,
                                const std::function<int(Ranks&)>& body) {
    std::mutex mutex;
    std::map<int, Verdict> all;
    run_as_threads(options, [&](Ranks& ranks) {
        const Outcome own = outcome_of([&] { return body(ranks); });
        Verdict verdict = conclude(ranks, own);
        const std::lock_guard lock(mutex);
        all[ranks.rank()] = std::move(verdict);
    });
    return all;
}

std::vector<std::string> told(const std::map<int, Verdict>& verdicts) {
    std::vector<std::string> errors;
    for (const auto& [rank, verdict] : verdicts)
        errors.insert(errors.end(), verdict.errors.begin(), verdict.errors.end());
    return errors;
}

TEST(Started, exceptions_have_the_programs_exit_codes) {
    EXPECT_EQ(outcome_of([]() -> int { throw InputError("x"); }).code, kBadInput);
    EXPECT_EQ(outcome_of([]() -> int { throw ResourceError("x"); }).code, kFailed);
    EXPECT_EQ(outcome_of([]() -> int { throw std::bad_alloc(); }).error, "out of memory");
    EXPECT_TRUE(outcome_of([]() -> int { throw PeerLost(1, "x"); }).by_other);
    EXPECT_EQ(outcome_of([] { return 7; }).code, 7);
}

TEST(Started, an_error_of_all_is_told_once) {
    const auto all = verdicts({4, 2}, [](Ranks&) -> int { throw InputError("wrong file"); });
    EXPECT_EQ(told(all), std::vector<std::string>{"wrong file"});
    for (const auto& [rank, verdict] : all) EXPECT_EQ(verdict.code, kBadInput);
}

TEST(Started, an_error_of_one_ends_the_others_and_names_it) {
    const auto all = verdicts({4, 0}, [](Ranks& ranks) -> int {
        if (ranks.rank() == 2) throw ResourceError("disk full");
        Group::world(ranks).barrier();
        return 0;
    });
    EXPECT_EQ(told(all), std::vector<std::string>{"rank 2: disk full"});
    for (const auto& [rank, verdict] : all) EXPECT_EQ(verdict.code, kFailed);
}

TEST(Started, the_loss_of_a_rank_is_told_once_when_nobody_goes_on) {
    for (const int dying : {0, 2}) {
        const auto all = verdicts({4, 0}, [&](Ranks& ranks) -> int {
            if (ranks.rank() == dying) throw Died{};
            Group::world(ranks).barrier();
            return 0;
        });
        ASSERT_EQ(told(all).size(), 1u);
        EXPECT_EQ(all.size(), 3u);
        for (const auto& [rank, verdict] : all) EXPECT_EQ(verdict.code, kFailed);
    }
}

TEST(Started, a_death_that_the_others_got_over_is_no_failure) {
    const auto all = verdicts({4, 0}, [](Ranks& ranks) -> int {
        if (ranks.rank() == 0) throw Died{};
        return 0;
    });
    EXPECT_TRUE(told(all).empty());
    for (const auto& [rank, verdict] : all) EXPECT_EQ(verdict.code, 0);
}

TEST(Started, different_errors_are_all_told) {
    const auto all = verdicts(
        {3, 0}, [](Ranks& ranks) -> int { throw ResourceError(ranks.rank() == 0 ? "a" : "b"); });
    EXPECT_EQ(told(all), (std::vector<std::string>{"a", "ranks 1, 2: b"}));
}

TEST(Started, alone_the_body_runs_on_one_rank) {
    int size = 0;
    EXPECT_EQ(run_as_started("test",
                             [&](Ranks& ranks) {
                                 size = ranks.size();
                                 return 5;
                             }),
              5);
    EXPECT_EQ(size, 1);
}

}  // namespace

}  // namespace carillon::host
