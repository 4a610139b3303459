// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/regroup.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <numeric>
#include <set>

#include "carillon/resource/host/group.h"
#include "carillon/resource/host/started.h"

namespace carillon::host {

namespace {

/// Does `turns` sums, and goes on with the survivors after each death.
///
/// Returns: every list of survivors this rank got.
std::vector<std::vector<int>> work(Ranks& ranks, int turns) {
    std::vector<std::vector<int>> lists;
    std::vector<int> members(static_cast<std::size_t>(ranks.size()));
    std::iota(members.begin(), members.end(), 0);
    for (std::int64_t turn = 0;;) {
        try {
            Group group(ranks, members, 1);
            for (; turn < turns; ++turn) {
                double sum = static_cast<double>(turn);
                group.sum(std::span<double>(&sum, 1));
                if (sum != static_cast<double>(turn) * static_cast<double>(members.size()))
                    throw InternalError("a sum holds what dead ranks or old sums left");
            }
            turn = kThrough;
            group.barrier();
            break;
        } catch (const PeerLost&) {
            const Survivors left = regroup(ranks, turn);
            members = left.ranks;
            lists.push_back(members);
            turn = left.progress;
            if (turn == kThrough) break;  // all have done their part
        }
    }
    conclude(ranks, {});  // others may still need this rank to agree on a death
    return lists;
}

TEST(Regroup, without_a_death_all_survive) {
    run_as_threads({3, 0}, [](Ranks& ranks) {
        EXPECT_EQ(survivors(ranks), (std::vector<int>{0, 1, 2}));
    });
}

TEST(Regroup, survivors_of_a_death_get_the_same_list_and_work_on) {
    for (const int dying : {0, 1, 3}) {
        std::atomic<int> worked = 0;
        ThreadRanksOptions options{4, 2};
        options.before_send = [&](const Ranks& ranks, std::uint64_t sent) {
            if (ranks.rank() == dying && sent == 5) throw Died{};
        };
        run_as_threads(options, [&](Ranks& ranks) {
            std::vector<int> expected{0, 1, 2, 3};
            expected.erase(expected.begin() + dying);
            const auto lists = work(ranks, 6);
            EXPECT_EQ(lists, std::vector<std::vector<int>>{expected});
            ++worked;
        });
        EXPECT_EQ(worked, 3);
    }
}

/// The n-th list of one rank against those of all.
class Lists {
  public:
    void add(const std::vector<std::vector<int>>& of_rank) {
        const std::lock_guard lock(mutex_);
        for (std::size_t n = 0; n < of_rank.size(); ++n) {
            if (n == lists_.size()) lists_.push_back(of_rank[n]);
            EXPECT_EQ(lists_[n], of_rank[n]) << "list " << n;
        }
    }

  private:
    std::mutex mutex_;
    std::vector<std::vector<int>> lists_;
};

TEST(Regroup, a_second_death_at_any_message_leaves_the_same_lists_on_all) {
    // Rank 3 dies in a sum. Rank 0, which gathers, dies at its n-th message: in the sum, before,
    // while and after it tells the others the list.
    for (std::uint64_t n = 0; n < 16; ++n) {
        Lists lists;
        std::atomic<int> worked = 0;
        ThreadRanksOptions options{5, 2};
        options.before_send = [&](const Ranks& ranks, std::uint64_t sent) {
            if (ranks.rank() == 3 && sent == 2) throw Died{};
            if (ranks.rank() == 0 && sent == n) throw Died{};
        };
        run_as_threads(options, [&](Ranks& ranks) {
            const auto got = work(ranks, 6);
            EXPECT_EQ(got.back(), (std::vector<int>{1, 2, 4}));
            lists.add(got);
            ++worked;
        });
        EXPECT_EQ(worked, 3);
    }
}

TEST(Regroup, deaths_at_random_messages_leave_the_same_lists_on_all) {
    constexpr int kRanks = 6;
    for (std::uint64_t trial = 0; trial < 60; ++trial) {
        std::array<std::uint64_t, kRanks> death{};
        for (std::size_t r = 0; r < kRanks; ++r)  // rank 5 and some others live on
            death[r] = r == 5 ? 1000000 : (trial * 7919 + r * r * 104729 + r * 31) % 60;
        Lists lists;
        ThreadRanksOptions options{kRanks, 2};
        options.before_send = [&](const Ranks& ranks, std::uint64_t sent) {
            if (sent == death[static_cast<std::size_t>(ranks.rank())]) throw Died{};
        };
        run_as_threads(options, [&](Ranks& ranks) { lists.add(work(ranks, 8)); });
    }
}

TEST(Regroup, after_a_death_windows_counters_and_groups_work) {
    ThreadRanksOptions options{5, 2};
    run_as_threads(options, [&](Ranks& ranks) {
        if (ranks.rank() == 2) throw Died{};
        std::vector<int> members;
        try {
            Group::world(ranks).barrier();
        } catch (const PeerLost&) {
            members = survivors(ranks);
        }
        Group group(ranks, members, 1);
        const auto window = ranks.open_window(100);
        const auto counter = ranks.open_counter();
        std::uint64_t sum = static_cast<std::uint64_t>(counter->fetch_add(1));
        group.sum(std::span<std::uint64_t>(&sum, 1));
        EXPECT_EQ(sum, 0u + 1 + 2 + 3);
        EXPECT_EQ(window->own().size(), 100u);
    });
}

TEST(Regroup, a_message_from_before_is_not_taken_for_one_after) {
    run_as_threads({3, 0}, [](Ranks& ranks) {
        constexpr int kTag = 9;
        if (ranks.rank() == 2) throw Died{};
        const int old_value = 1, new_value = 2;
        while (ranks.alive(2)) sched_yield();
        if (ranks.rank() == 0) ranks.start_send(bytes_of(old_value), 1, kTag, Traffic::kState);
        survivors(ranks);
        int value = 0;
        if (ranks.rank() == 0) ranks.send(bytes_of(new_value), 1, kTag, Traffic::kState);
        if (ranks.rank() == 1) ranks.receive(bytes_of(value), 0, kTag);
        EXPECT_EQ(value, ranks.rank() == 1 ? 2 : 0);
    });
}

TEST(Regroup, one_that_the_others_took_for_dead_is_told) {
    run_as_threads({2, 0}, [](Ranks& ranks) {
        if (ranks.rank() == 1) return;
        ranks.leave();
        EXPECT_THROW(survivors(ranks), PeerLost);
    });
}

}  // namespace

}  // namespace carillon::host
