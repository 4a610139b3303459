// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace carillon::engine {
namespace {

TEST(ThreadTeam, covers_every_index_once_in_chunks_that_start_at_the_grain) {
    for (const int threads : {1, 2, 4}) {
        ThreadTeam team(threads);
        for (const std::size_t count : {0, 1, 7, 64, 1000}) {
            std::vector<std::atomic<int>> seen(count);
            team.parallel_for(count, 7, [&](std::size_t begin, std::size_t end) {
                EXPECT_EQ(begin % 7, 0);
                for (std::size_t i = begin; i < end; ++i) ++seen[i];
            });
            for (const auto& times : seen) EXPECT_EQ(times, 1);
        }
    }
}

TEST(ThreadTeam, every_thread_starts_once_with_its_number_before_its_first_chunk) {
    std::mutex mutex;
    std::map<std::thread::id, int> number;
    std::set<int> numbers;
    ThreadTeam team(3, [&](int thread) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(numbers.insert(thread).second);
        number[std::this_thread::get_id()] = thread;
    });
    EXPECT_TRUE(numbers.empty());  // threads are made when they are needed
    for (int loop = 0; loop < 20; ++loop)
        team.parallel_for(100, 1, [&](std::size_t, std::size_t) {
            const std::lock_guard lock(mutex);
            EXPECT_TRUE(number.contains(std::this_thread::get_id()));
        });
    EXPECT_EQ(numbers, (std::set<int>{0, 1, 2}));
    EXPECT_EQ(number.at(std::this_thread::get_id()), 0);
}

TEST(ThreadTeam, zero_means_one_thread_per_core) {
    EXPECT_GE(ThreadTeam(0).threads(), 1);
}

}  // namespace
}  // namespace carillon::engine
