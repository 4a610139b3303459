// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/explain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {
namespace {

Matrix2 ry(double angle) {
    return {std::cos(angle / 2), -std::sin(angle / 2), std::sin(angle / 2), std::cos(angle / 2)};
}

StateVector<double> layer_of_rotations(int axes) {
    StateVector<double> state({.threads = 1, .record = true});
    state.reset(axes);
    for (int a = 0; a < axes; ++a) state.apply_one(ry(0.3), a);
    state.flush();
    return state;
}

TEST(Explain, a_layer_of_real_rotations_takes_four_flops_for_each_amplitude_and_axis) {
    const auto state = layer_of_rotations(12);
    ASSERT_EQ(state.records().size(), 1);
    const passes::PassRecord& record = state.records().front();
    EXPECT_EQ(record.cost.rotations + record.cost.lane_rotations, 12);
    EXPECT_EQ(record.cost.flops, 4.0 * 12 * 4096);
    EXPECT_EQ(record.cost.bytes, 2.0 * 16 * 4096);
    EXPECT_EQ(record.axes, 4095);
    EXPECT_GT(record.predicted_s, 0);
    EXPECT_GT(record.measured_s, 0);
}

TEST(Explain, passes_over_axes_still_at_zero_are_parts) {
    // 18 axes do not fit into a tile of 2^16: the first pass leaves two of them at zero.
    const auto state = layer_of_rotations(18);
    ASSERT_EQ(state.records().size(), 2);
    EXPECT_EQ(state.passes(), 2);
    EXPECT_EQ(state.records()[0].part, 0.25);
    EXPECT_EQ(state.records()[1].part, 1);
    std::size_t rotations = 0;
    for (const auto& r : state.records()) rotations += r.cost.rotations + r.cost.lane_rotations;
    EXPECT_EQ(rotations, 18);
    EXPECT_NEAR(std::abs(state.amplitude(0)), std::pow(std::cos(0.15), 18), 1e-12);
}

TEST(Explain, nothing_is_kept_unless_asked_for) {
    StateVector<double> state({.threads = 1});
    state.reset(12);
    state.apply_one(ry(1), 0);
    state.flush();
    EXPECT_TRUE(state.records().empty());
}

}  // namespace
}  // namespace carillon::engine
