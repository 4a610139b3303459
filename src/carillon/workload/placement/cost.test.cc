// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/cost.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

Placement placed(const Interactions& interactions, std::vector<std::size_t> homes,
                 std::vector<std::size_t> sites) {
    Placement p;
    for (std::size_t h : homes) p.home.push_back(QpuId{h});
    p.site.resize(interactions.num_operations);
    for (std::size_t g = 0; g < sites.size(); ++g) {
        p.site[interactions.gates[g].operation] = QpuId{sites[g]};
    }
    return p;
}

TEST(PlacementCost, one_copy_serves_all_gates_of_a_segment_on_a_qpu) {
    Circuit c = empty(4);
    for (std::size_t q = 1; q < 4; ++q) cp(c, 0, q);
    const Interactions i = find_interactions(c);
    const Network net = full({1, 3});
    EXPECT_EQ(placement_cost(i, net, placed(i, {0, 1, 1, 1}, {1, 1, 1})).pairs, 1u);
    EXPECT_EQ(placement_cost(i, net, placed(i, {0, 1, 1, 1}, {0, 0, 0})).pairs, 3u);
    EXPECT_EQ(placement_cost(i, net, placed(i, {0, 1, 1, 1}, {0, 0, 1})).pairs, 3u);
}

TEST(PlacementCost, models_differ_where_the_way_is_long) {
    Circuit c = empty(2);
    cp(c, 0, 1);
    const Interactions i = find_interactions(c);
    const Network net = line({1, 1, 1, 1});
    const Placement ends = placed(i, {0, 3}, {3});
    EXPECT_EQ(placement_cost(i, net, ends, CostModel::kSteiner).pairs, 3u);
    EXPECT_EQ(placement_cost(i, net, ends, CostModel::kCat).pairs, 1u);
    const Placement middle = placed(i, {0, 3}, {1});
    EXPECT_EQ(placement_cost(i, net, middle).pairs, 3u);
    EXPECT_EQ(placement_cost(i, net, middle).detached_gates, 1u);
}

TEST(PlacementCost, a_move_is_free_where_a_copy_is_needed_anyway) {
    Circuit c = empty(2);
    cp(c, 0, 1);  // position 0
    h(c, 0);      // 1
    cp(c, 0, 1);  // 2
    const Interactions i = find_interactions(c);
    const Network net = full({2, 2});
    Placement p = placed(i, {0, 1}, {1, 1});
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u);
    p.moves.push_back({1, QubitId{0}, QpuId{1}});  // just before the h: still in the first segment
    EXPECT_EQ(placement_cost(i, net, p).pairs, 1u);
    p.moves[0].position = 2;  // after the h: in the second segment
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u);
    p.moves[0].position = 0;
    p.home[0] = QpuId{0};
    EXPECT_EQ(placement_cost(i, net, p).pairs, 1u);
}

TEST(PlacementCost, blocks_see_the_home_of_their_time) {
    Circuit c = empty(2);
    const BitId bit = c.add_bits("c", 1);
    const BlockId then = c.add_block();
    cz(c, 0, 1, then);
    h(c, 0);                               // position 0
    c.if_else(c.bits_expr(bit, 1), then);  // position 1
    h(c, 0);                               // position 2
    const Interactions i = find_interactions(c);
    const Network net = full({2, 2});
    Placement p = placed(i, {0, 1}, {1});
    EXPECT_EQ(placement_cost(i, net, p).pairs, 1u);  // a copy inside the block
    p.moves = {{1, QubitId{0}, QpuId{1}}};           // before the block: the move alone
    EXPECT_EQ(placement_cost(i, net, p).pairs, 1u);
    EXPECT_EQ(placement_cost(i, net, p).remote_gates, 0u);
    p.moves = {{2, QubitId{0}, QpuId{1}}};  // after it: both
    EXPECT_EQ(placement_cost(i, net, p).pairs, 2u);
}

TEST(CheckPlacement, swaps_at_one_position_are_legal_and_overfull_qpus_are_not) {
    const Interactions i = find_interactions(ghz_chain(2));
    const Network net = full({1, 1});
    Placement p = placed(i, {0, 1}, {0});
    p.moves = {{1, QubitId{0}, QpuId{1}}, {1, QubitId{1}, QpuId{0}}};
    EXPECT_NO_THROW(check_placement(i, net, p));
    p.moves.pop_back();
    EXPECT_THROW(check_placement(i, net, p), InputError);
    p.moves = {{1, QubitId{0}, QpuId{1}}, {0, QubitId{1}, QpuId{0}}};
    EXPECT_THROW(check_placement(i, net, p), InputError);
}

TEST(CheckPlacement, homes_and_sites_must_be_there_and_be_qpus) {
    const Interactions i = find_interactions(ghz_chain(2));
    const Network net = line({2, 0, 2});
    EXPECT_NO_THROW(check_placement(i, net, placed(i, {0, 2}, {2})));
    EXPECT_THROW(check_placement(i, net, placed(i, {0, 2}, {1})), InputError);
    EXPECT_THROW(check_placement(i, net, placed(i, {0, 1}, {0})), InputError);
    EXPECT_THROW(check_placement(i, net, placed(i, {0, 9}, {0})), InputError);
    EXPECT_THROW(check_placement(i, net, placed(i, {0}, {0})), InputError);
    EXPECT_THROW(check_placement(i, net, placed(i, {0, 2}, {})), InputError);
}

}  // namespace
}  // namespace carillon
