// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/expression_table.h"

#include <gtest/gtest.h>

#include "carillon/workload/validate/program_builder_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

TEST(ExpressionTable, equal_trees_of_two_arenas_have_one_number) {
    Circuit a, b;
    a.add_bits("c", 4);
    b.add_bits("c", 4);
    b.constant(Value::integer(5));  // shifts the ids
    const ExprId x =
        a.binary(ExprOp::kAdd, a.bits_expr(BitId{1}, 2), a.constant(Value::integer(1)));
    const ExprId y =
        b.binary(ExprOp::kAdd, b.bits_expr(BitId{1}, 2), b.constant(Value::integer(1)));
    const ExprId z =
        b.binary(ExprOp::kAdd, b.bits_expr(BitId{2}, 2), b.constant(Value::integer(1)));
    ExpressionTable table;
    const auto in_a = table.number(a.exprs, 4, {}), in_b = table.number(b.exprs, 4, {});
    EXPECT_EQ(in_a.numbers[x.value], in_b.numbers[y.value]);
    EXPECT_NE(in_a.numbers[x.value], in_b.numbers[z.value]);
    EXPECT_EQ(ExpressionTable::reads(in_b, z, 4), (std::vector<std::uint32_t>{2, 3}));
}

/// rz(0.5 x) rz(0.25 x) is rz(0.75 x) for a number x, not for an angle: there 0.5 x is reduced to
/// one turn first.
TEST(ExpressionTable, factors_are_taken_off_numbers_but_not_off_angles) {
    for (const bool angle : {false, true}) {
        Circuit c;
        c.add_qubits("q", 1);
        const VariableId x =
            c.add_variable("x", angle ? Value::angle(0) : Value::floating(0), false);
        const auto times = [&](double k) {
            return c.binary(ExprOp::kMul, c.variable_expr(x), c.constant(Value::floating(k)));
        };
        const ExprId half = times(0.5), quarter = times(0.25), both = times(0.75);
        const QubitId q{0};
        c.gate(GateKind::kRz, 0, {q}, {Param(half)});
        c.gate(GateKind::kRz, 0, {q}, {Param(quarter)});
        ProgramBuilder p(c, 1, 1, 0);
        p.gate(0, GateKind::kRz, 0, {0}, {Param(both)});
        EXPECT_EQ(validate(c, p.program).equal, !angle);
    }
}

TEST(ExpressionTable, cast_to_float_keeps_an_angle_as_it_is) {
    Circuit c;
    c.add_qubits("q", 2);
    const VariableId x = c.add_variable("x", Value::angle(0), false);
    const ExprId plain = c.variable_expr(x);
    const ExprId real = c.cast_expr(plain, ScalarType::kFloat, 64);
    const ExprId half = c.binary(ExprOp::kMul, real, c.constant(Value::floating(0.5)));
    const ExprId minus = c.binary(ExprOp::kMul, real, c.constant(Value::floating(-0.5)));
    const QubitId a{0}, b{1};
    c.gate(GateKind::kRz, 1, {a, b}, {Param(plain)});
    ProgramBuilder p(c, 1, 2, 0);
    p.gate(0, GateKind::kRzz, 0, {0, 1}, {Param(minus)});  // crz(x) = rz(x/2) on b, rzz(-x/2)
    p.gate(0, GateKind::kRz, 0, {1}, {Param(half)});
    EXPECT_TRUE(validate(c, p.program).equal) << validate(c, p.program).reason;
    p.program.qpus[0].params[0] = Param(half);
    EXPECT_FALSE(validate(c, p.program).equal);
}

}  // namespace
}  // namespace carillon::validation
