// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "carillon/resource/host/conformance.h"
#include "carillon/resource/host/group.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {

namespace {

class ThreadRanksOnNodes : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(ThreadRanksOnNodes, conform) {
    const auto [ranks, per_node] = GetParam();
    run_as_threads({ranks, per_node},
                   [](Ranks& all) { check_conformance(all, std::size_t{1} << 18); });
}

INSTANTIATE_TEST_SUITE_P(Layouts, ThreadRanksOnNodes,
                         testing::Values(std::pair{1, 0}, std::pair{2, 0}, std::pair{2, 1},
                                         std::pair{4, 2}, std::pair{5, 2}, std::pair{8, 3}));

TEST(ThreadRanks, a_single_rank_conforms) {
    const auto ranks = single_rank();
    check_conformance(*ranks, std::size_t{1} << 18);
    EXPECT_EQ(ranks->description(), "one process");
}

TEST(ThreadRanks, the_error_of_the_lowest_rank_comes_out) {
    EXPECT_THROW(run_as_threads({3, 0},
                                [](Ranks& ranks) {
                                    if (ranks.rank() > 0) throw InputError("of a rank");
                                    Group::world(ranks).barrier();
                                }),
                 InputError);
}

TEST(ThreadRanks, a_wait_for_a_rank_that_left_ends) {
    run_as_threads({2, 0}, [](Ranks& ranks) {
        int value = 0;
        if (ranks.rank() == 0) return ranks.leave();
        EXPECT_THROW(ranks.receive(bytes_of(value), 0, 1), PeerLost);
        EXPECT_FALSE(ranks.alive(0));
    });
}

TEST(ThreadRanks, what_a_dead_rank_had_sent_arrives) {
    EXPECT_NO_THROW(run_as_threads({2, 0}, [](Ranks& ranks) {
        int value = 17;
        if (ranks.rank() == 0) {
            ranks.send(bytes_of(value), 1, 1, Traffic::kControl);
            throw Died{};
        }
        while (ranks.alive(0)) std::this_thread::yield();
        ranks.acknowledge_lost();
        value = 0;
        ranks.receive(bytes_of(value), 0, 1);
        EXPECT_EQ(value, 17);
        EXPECT_THROW(ranks.receive(bytes_of(value), 0, 1), PeerLost);
    }));
}

}  // namespace

}  // namespace carillon::host
