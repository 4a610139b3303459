// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/interactions.h"

#include <gtest/gtest.h>

#include <numbers>
#include <tuple>

#include "carillon/base/error.h"
#include "carillon/workload/placement/instances_for_tests.h"

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

TEST(Interactions, a_run_of_z_gates_between_hadamards_can_be_embedded) {
    Circuit c = empty(3);
    cz(c, 0, 1);
    h(c, 0);
    cz(c, 0, 2);
    cz(c, 0, 1);
    h(c, 0);
    cz(c, 0, 1);
    const Interactions found = find_interactions(c);
    const auto& own = found.of_qubit[0];
    ASSERT_EQ(own.size(), 3u);
    EXPECT_FALSE(found.segments[own[0]].embeddable);
    EXPECT_TRUE(found.segments[own[1]].embeddable);
    EXPECT_FALSE(found.segments[own[1]].flips);
    EXPECT_FALSE(found.segments[own[2]].embeddable);
}

TEST(Interactions, phases_between_hadamards_must_add_up_to_a_multiple_of_pi) {
    for (const auto& [angle, possible, flips] :
         {std::tuple{0.3, true, true}, std::tuple{0.4, false, false}}) {
        Circuit c = empty(2);
        // u3(pi/2, phi, lambda) is P(phi) H P(lambda + pi) up to phase.
        cz(c, 0, 1);
        c.gate(GateKind::kU3, 0, {QubitId{0}}, {std::numbers::pi / 2, 0.7, 0.1});
        c.gate(GateKind::kRz, 0, {QubitId{0}}, {angle});
        cz(c, 0, 1);
        c.gate(GateKind::kU3, 0, {QubitId{0}}, {std::numbers::pi / 2, 0.2, -1.0});
        cz(c, 0, 1);
        const Interactions found = find_interactions(c);
        const Segment& middle = found.segments[found.of_qubit[0][1]];
        EXPECT_EQ(middle.embeddable, possible);
        EXPECT_EQ(middle.flips, flips);
    }
}

TEST(Interactions, phase_gates_bit_flips_and_wide_gates_are_not_embedded) {
    const auto middle_of = [](auto&& add) {
        Circuit c = empty(3);
        h(c, 0);
        cz(c, 0, 1);
        add(c);
        h(c, 0);
        const Interactions found = find_interactions(c);
        return found.segments[found.of_qubit[0][1]].embeddable;
    };
    EXPECT_TRUE(middle_of([](Circuit&) {}));
    EXPECT_FALSE(middle_of([](Circuit& c) {
        c.gate(GateKind::kP, 1, {QubitId{0}, QubitId{1}}, {0.5});
    }));
    EXPECT_FALSE(middle_of([](Circuit& c) { c.gate(GateKind::kX, 0, {QubitId{0}}); }));
    EXPECT_FALSE(middle_of([](Circuit& c) {
        c.gate(GateKind::kZ, 2, {QubitId{0}, QubitId{1}, QubitId{2}});
    }));
    EXPECT_FALSE(middle_of([](Circuit& c) { c.reset(QubitId{0}); }));
}

TEST(Interactions, hadamard_type_angles_rebuild_the_gate) {
    Circuit c = empty(1);
    c.gate(GateKind::kU3, 0, {QubitId{0}}, {std::numbers::pi / 2, 0.7, 0.1});
    c.gate(GateKind::kH, 0, {QubitId{0}});
    c.gate(GateKind::kRx, 0, {QubitId{0}}, {std::numbers::pi / 2});
    c.gate(GateKind::kU3, 0, {QubitId{0}}, {1.0, 0.7, 0.1});
    for (std::size_t i = 0; i < 4; ++i) {
        const auto found = hadamard_type(c, c.body()[i]);
        ASSERT_EQ(found.has_value(), i < 3);
        if (!found) continue;
        const auto phase = [](double angle) { return gate_matrix(GateKind::kP, {{angle}}); };
        const Matrix built = multiply(
            phase(found->after), multiply(gate_matrix(GateKind::kH, {}), phase(found->before)));
        EXPECT_LT(distance_up_to_phase(built, operation_matrix(c, c.body()[i], {})), 1e-9);
    }
}

}  // namespace
}  // namespace carillon
