// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/circuit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/error.h"

namespace carillon {
namespace {

TEST(Circuit, names_come_from_registers) {
    Circuit c;
    c.add_qubits("a", 2);
    const QubitId b = c.add_qubits("b", 3);
    EXPECT_EQ(c.qubit_name(QubitId{1}), "a[1]");
    EXPECT_EQ(c.qubit_name(QubitId{b.value + 2}), "b[2]");
}

TEST(Circuit, summary_counts_nested_blocks) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 2);
    const QubitId r{q.value + 1};
    const BitId m = c.add_bits("m", 1);
    c.gate(GateKind::kH, 0, {q});
    c.measure(q, m);
    const BlockId then = c.add_block();
    c.gate(GateKind::kX, 1, {q, r}, {}, then);
    c.if_else(c.bits_expr(m, 1), then);
    const CircuitSummary s = summarize(c);
    EXPECT_EQ(s.gates, 2u);
    EXPECT_EQ(s.two_qubit_gates, 1u);
    EXPECT_EQ(s.measurements, 1u);
    EXPECT_TRUE(s.conditional);
    EXPECT_TRUE(s.mid_circuit);
    EXPECT_EQ(touched_qubits(c, c.body().back()).size(), 2u);
}

TEST(Circuit, wrong_operand_count_is_refused) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 1);
    EXPECT_THROW(c.gate(GateKind::kX, 1, {q}), InternalError);
    EXPECT_THROW(c.gate(GateKind::kRx, 0, {q}), InternalError);
}

TEST(Classical, integers_wrap_at_their_width) {
    EXPECT_EQ(Value::integer(130, 8).as_int(), -126);
    EXPECT_EQ(Value::unsigned_integer(300, 8).as_uint(), 44u);
    EXPECT_EQ(
        apply_binary(ExprOp::kAdd, Value::unsigned_integer(255, 8), Value::unsigned_integer(1, 8))
            .as_uint(),
        0u);
}

TEST(Classical, angle_bits_follow_the_specification) {
    // angle[4] of pi/2 is 0b0100; shifted left once it is pi.
    const Value quarter = Value::angle(std::acos(0.0), 4);
    EXPECT_EQ(quarter.as_uint(), 4u);
    EXPECT_EQ(apply_binary(ExprOp::kShl, quarter, Value::integer(1)).as_uint(), 8u);
    EXPECT_NEAR(cast(Value::unsigned_integer(3, 4), ScalarType::kAngle, 4).real,
                3 * std::acos(-1.0) / 8, 1e-15);
}

TEST(Classical, division_by_zero_is_the_users_error) {
    EXPECT_THROW(apply_binary(ExprOp::kDiv, Value::integer(1), Value::integer(0)), InputError);
    EXPECT_THROW(apply_binary(ExprOp::kShl, Value::integer(1), Value::integer(-1)), InputError);
}

TEST(Classical, a_guard_protects_what_follows) {
    Circuit c;
    const BitId b = c.add_bits("b", 1);
    const ExprId division =
        c.binary(ExprOp::kDiv, c.constant(Value::integer(1)), c.bits_expr(b, 1));
    const ExprId guarded = c.binary(ExprOp::kAnd, c.bits_expr(b, 1), division);
    EXPECT_FALSE(evaluate(c.exprs, guarded, c.initial_state()).truthy());
    EXPECT_THROW(evaluate(c.exprs, division, c.initial_state()), InputError);
}

TEST(Classical, equal_trees_are_equal_across_circuits) {
    Circuit a, b;
    const BitId x = a.add_bits("b", 2), y = b.add_bits("b", 2);
    const ExprId ea = a.binary(ExprOp::kEq, a.bits_expr(x, 2), a.constant(Value::integer(3)));
    b.constant(Value::integer(9));
    const ExprId eb = b.binary(ExprOp::kEq, b.bits_expr(y, 2), b.constant(Value::integer(3)));
    const ExprId other = b.binary(ExprOp::kEq, b.bits_expr(y, 2), b.constant(Value::integer(2)));
    EXPECT_TRUE(same_expression(a.exprs, ea, b.exprs, eb));
    EXPECT_FALSE(same_expression(a.exprs, ea, b.exprs, other));
}

}  // namespace
}  // namespace carillon
