// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/pauli.h"

#include <gtest/gtest.h>

#include <array>
#include <numbers>

namespace carillon::engine {
namespace {

Matrix2 matrix_of(GateKind kind) {
    const Matrix m = gate_matrix(kind, {});
    return {m.data[0], m.data[1], m.data[2], m.data[3]};
}

void expect(GateKind gate, Axis pauli, Axis axis, bool negative) {
    const auto found = conjugated(matrix_of(gate), pauli);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->axis, axis);
    EXPECT_EQ(found->negative, negative);
}

TEST(Pauli, hadamard_exchanges_x_and_z_and_negates_y) {
    expect(GateKind::kH, Axis::kX, Axis::kZ, false);
    expect(GateKind::kH, Axis::kZ, Axis::kX, false);
    expect(GateKind::kH, Axis::kY, Axis::kY, true);
}

TEST(Pauli, phase_gate_turns_x_to_minus_y_and_y_to_x) {
    // S^dagger X S = [[0, i], [-i, 0]] = -Y.
    expect(GateKind::kS, Axis::kX, Axis::kY, true);
    expect(GateKind::kS, Axis::kY, Axis::kX, false);
    expect(GateKind::kS, Axis::kZ, Axis::kZ, false);
}

TEST(Pauli, t_gate_does_not_turn_x_to_a_pauli) {
    EXPECT_FALSE(conjugated(matrix_of(GateKind::kT), Axis::kX).has_value());
    EXPECT_TRUE(conjugated(matrix_of(GateKind::kT), Axis::kZ).has_value());
}

TEST(Pauli, controlled_paulis_are_known_by_every_name) {
    constexpr double pi = std::numbers::pi;
    EXPECT_EQ(controlled_pauli(GateKind::kX, 1, {}), Axis::kX);
    EXPECT_EQ(controlled_pauli(GateKind::kP, 1, std::array{-pi}), Axis::kZ);
    EXPECT_EQ(controlled_pauli(GateKind::kGphase, 2, std::array{3 * pi}), Axis::kZ);
    EXPECT_FALSE(controlled_pauli(GateKind::kP, 1, std::array{3.1}).has_value());
    EXPECT_FALSE(controlled_pauli(GateKind::kX, 2, {}).has_value());
    EXPECT_FALSE(controlled_pauli(GateKind::kX, 0, {}).has_value());
}

}  // namespace
}  // namespace carillon::engine
