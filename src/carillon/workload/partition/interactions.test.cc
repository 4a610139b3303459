// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/interactions.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/partition/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

TEST(Interactions, hadamard_ends_a_segment_and_x_does_not) {
    Circuit c = empty(2);
    cz(c, 0, 1);                                    // position 0
    c.gate(GateKind::kX, 0, {QubitId{0}});          // 1
    c.gate(GateKind::kRz, 0, {QubitId{1}}, {0.5});  // 2
    cz(c, 0, 1);                                    // 3
    h(c, 0);                                        // 4
    cz(c, 0, 1);                                    // 5
    const Interactions found = find_interactions(c);
    ASSERT_EQ(found.gates.size(), 3u);
    ASSERT_EQ(found.of_qubit[0].size(), 2u);
    EXPECT_EQ(found.of_qubit[1].size(), 1u);
    const Segment& first = found.segments[found.of_qubit[0][0]];
    const Segment& second = found.segments[found.of_qubit[0][1]];
    EXPECT_EQ(first.gates, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(second.gates, (std::vector<std::uint32_t>{2}));
    EXPECT_EQ(first.begin, 0u);
    EXPECT_EQ(first.end, 4u);
    EXPECT_EQ(second.begin, 5u);
    EXPECT_EQ(second.end, 6u);
}

TEST(Interactions, measurement_and_reset_end_segments_and_barriers_do_not) {
    Circuit c = empty(2);
    const BitId bit = c.add_bits("c", 1);
    cz(c, 0, 1);
    c.barrier(std::vector<QubitId>{QubitId{0}, QubitId{1}});
    cz(c, 0, 1);
    c.measure(QubitId{0}, bit);
    c.reset(QubitId{0});
    cz(c, 0, 1);
    const Interactions found = find_interactions(c);
    ASSERT_EQ(found.of_qubit[0].size(), 3u);
    EXPECT_EQ(found.segments[found.of_qubit[0][0]].gates.size(), 2u);
    EXPECT_TRUE(found.segments[found.of_qubit[0][1]].gates.empty());
    EXPECT_EQ(found.of_qubit[1].size(), 1u);
}

TEST(Interactions, nested_blocks_have_segments_of_their_own) {
    Circuit c = empty(3);
    const BitId bit = c.add_bits("c", 1);
    const BlockId then = c.add_block();
    cz(c, 0, 1);                           // operation 0
    cz(c, 0, 1, then);                     // operation 2
    h(c, 0, then);                         // 3
    cz(c, 0, 1, then);                     // 4
    c.if_else(c.bits_expr(bit, 1), then);  // operation 1
    cz(c, 0, 2);                           // operation 5
    const Interactions found = find_interactions(c);
    EXPECT_EQ(found.num_operations, 6u);
    EXPECT_EQ(found.gates[1].operation, 2u);
    EXPECT_EQ(found.gates[3].operation, 5u);
    EXPECT_EQ(found.of_qubit[0].size(), 2u);  // nested segments are not listed
    EXPECT_EQ(found.of_qubit[2].size(), 1u);  // untouched by the block
    EXPECT_EQ(found.segments.size(), 2u + 2u + 1u + 3u);
    EXPECT_NE(found.gates[1].segments[0], found.gates[2].segments[0]);
    EXPECT_EQ(found.gates[1].segments[1], found.gates[2].segments[1]);
    EXPECT_NE(found.gates[0].segments[1], found.gates[1].segments[1]);
}

TEST(Interactions, segments_tile_the_program_between_the_gates_that_end_them) {
    Random random(7);
    const Circuit c = random_circuit(6, 400, random, true);
    const Interactions found = find_interactions(c);
    for (const auto& list : found.of_qubit) {
        std::uint32_t next = 0;
        for (std::uint32_t s : list) {
            EXPECT_EQ(found.segments[s].begin, next);
            EXPECT_GE(found.segments[s].end, found.segments[s].begin);
            next = found.segments[s].end + 1;
        }
        EXPECT_EQ(next, c.body().size() + 1);
    }
}

TEST(Interactions, a_circuit_that_was_not_lowered_is_refused) {
    Circuit c = empty(2);
    c.gate(GateKind::kX, 1, {QubitId{0}, QubitId{1}});
    EXPECT_THROW(find_interactions(c), InternalError);
}

}  // namespace
}  // namespace carillon
