// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/group.h"

#include <gtest/gtest.h>

#include <atomic>

namespace carillon::host {

namespace {

TEST(Group, trees_count_one_message_a_member_and_direction) {
    // Six ranks on three nodes: five messages up and five down, whatever the layout.
    run_as_threads({6, 2}, [](Ranks& ranks) {
        Group world = Group::world(ranks);
        world.barrier();
        std::uint64_t messages = ranks.traffic()[0].messages;
        world.sum(std::span<std::uint64_t>(&messages, 1));
        EXPECT_EQ(messages, 10u);
    });
}

TEST(Group, only_first_ranks_of_nodes_send_to_other_nodes) {
    run_as_threads({6, 3}, [](Ranks& ranks) {
        EXPECT_EQ(Group::writers(ranks).members(), (std::vector<int>{0, 3}));
        EXPECT_EQ(Group::node(ranks).size(), 3);
        Group::world(ranks).barrier();
        // Ranks 1, 2, 4 and 5 hand up once; 0 and 3 also speak to each other.
        const std::uint64_t sent = ranks.traffic()[0].messages;
        EXPECT_EQ(sent, ranks.rank() == 0 ? 3u : ranks.rank() == 3 ? 3u : 1u);
    });
}

TEST(Group, a_rank_that_is_no_member_has_no_index) {
    run_as_threads({3, 0}, [](Ranks& ranks) {
        EXPECT_EQ(Group(ranks, {2, 0}, 1).index(), ranks.rank() == 2   ? 0
                                                   : ranks.rank() == 0 ? 1
                                                                       : -1);
    });
}

TEST(Group, a_death_ends_a_collective_on_every_member) {
    for (const int dying : {0, 1, 3}) {
        std::atomic<int> lost = 0;
        run_as_threads({4, 2}, [&](Ranks& ranks) {
            if (ranks.rank() == dying) throw Died{};
            try {
                Group::world(ranks).barrier();
            } catch (const PeerLost& error) {
                EXPECT_EQ(error.rank(), dying);
                ++lost;
            }
        });
        EXPECT_EQ(lost, 3);
    }
}

}  // namespace

}  // namespace carillon::host
