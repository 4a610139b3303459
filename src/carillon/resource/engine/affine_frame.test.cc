// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/affine_frame.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"

namespace carillon::engine {
namespace {

AxisSet axes(std::initializer_list<int> bits) {
    AxisSet set;
    for (const int b : bits) set.flip(b);
    return set;
}

AffineFrame frame_of(std::initializer_list<AxisSet> masks) {
    AffineFrame frame;
    for (const AxisSet& mask : masks) frame.set_mask(frame.add_qubit(), mask);
    return frame;
}

TEST(AffineFrame, flip_of_a_qubit_with_its_own_axis_is_that_axis) {
    EXPECT_EQ(frame_of({axes({3}), axes({1})}).flip_of(0), axes({3}));
}

TEST(AffineFrame, flip_moves_axes_that_keep_all_other_qubits) {
    // q0 = x0 + x1, q1 = x1, q2 = x2: flipping x0 flips q0 alone; x0 and x1 flip q1 alone.
    const AffineFrame frame = frame_of({axes({0, 1}), axes({1}), axes({2})});
    EXPECT_EQ(frame.flip_of(0), axes({0}));
    EXPECT_EQ(frame.flip_of(1), axes({0, 1}));
}

TEST(AffineFrame, qubit_that_others_tell_has_no_flip) {
    // q2 = q0 + q1.
    const AffineFrame frame = frame_of({axes({0}), axes({70}), axes({0, 70})});
    for (AffineFrame::Handle h = 0; h < 3; ++h) EXPECT_FALSE(frame.flip_of(h).has_value());
}

TEST(AffineFrame, elimination_makes_qubits_definite_and_keeps_the_list_of_bound_ones) {
    AffineFrame frame = frame_of({axes({5}), axes({5}), axes({5, 6})});
    frame.add_signs(axes({5}));
    EXPECT_TRUE(frame.eliminate(5, {}, true));  // the sign of x5 = 1 comes out
    EXPECT_TRUE(frame.definite(0));
    EXPECT_TRUE(frame.value(1));
    EXPECT_EQ(frame.mask(2), axes({6}));
    EXPECT_TRUE(frame.value(2));
    EXPECT_EQ(frame.bound(), std::vector<AffineFrame::Handle>{2});
    EXPECT_EQ(frame.signs(), AxisSet{});
}

TEST(AffineFrame, free_partner_is_the_other_half_of_a_lone_pair) {
    const AxisSet r = axes({AxisSet::kFirstFree});
    EXPECT_EQ(frame_of({r, r}).free_partner(0), 1);
    EXPECT_EQ(frame_of({r}).free_partner(0), 0);
    EXPECT_FALSE(frame_of({r, r, r}).free_partner(0).has_value());
    EXPECT_FALSE(frame_of({axes({2}), axes({2})}).free_partner(0).has_value());
}

TEST(AffineFrame, free_axes_run_out_with_an_error_that_says_so) {
    AffineFrame frame;
    for (int k = 0; k < AxisSet::kMaxFree; ++k) frame.take_free_axis();
    EXPECT_THROW(frame.take_free_axis(), ResourceError);
}

}  // namespace
}  // namespace carillon::engine
