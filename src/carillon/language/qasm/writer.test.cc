// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/language/qasm/write_text.h"

namespace carillon {
namespace {

using std::numbers::pi;
constexpr QubitId q0{0}, q1{1}, q2{2};

Circuit three_qubits() {
    Circuit c;
    c.name = "test.qasm";
    c.add_qubits("q", 3);
    c.add_bits("c", 3);
    return c;
}

std::string body_of(const std::string& text) {
    const std::size_t at = text.find("qubit[3] q;\n");
    return at == std::string::npos ? text : text.substr(at + 12);
}

TEST(WriteQasm3, a_program_has_header_declarations_and_statements) {
    Circuit c = three_qubits();
    c.gate(GateKind::kH, 0, {q0});
    c.gate(GateKind::kX, 1, {q0, q1});
    c.measure(q0, BitId{1});
    EXPECT_EQ(write_qasm3(c),
              "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nbit[3] c;\nqubit[3] q;\n"
              "h q[0];\ncx q[0], q[1];\nc[1] = measure q[0];\n");
}

TEST(WriteQasm3, many_controls_become_modifiers) {
    Circuit c = three_qubits();
    c.gate(GateKind::kX, 2, {q0, q1, q2});
    c.gate(GateKind::kZ, 2, {q0, q1, q2});
    c.gate(GateKind::kT, 1, {q0, q1});
    c.gate(GateKind::kSxdg, 1, {q0, q1});
    c.gate(GateKind::kGphase, 1, {q0}, {pi / 4});
    c.gate(GateKind::kU3, 2, {q0, q1, q2}, {1.5, 0.5, 0.25});
    EXPECT_EQ(body_of(write_qasm3(c)),
              "ccx q[0], q[1], q[2];\nctrl @ cz q[0], q[1], q[2];\nctrl @ t q[0], q[1];\n"
              "ctrl @ inv @ sx q[0], q[1];\np(pi / 4) q[0];\n"
              "ctrl @ cu(1.5, 0.5, 0.25, 0) q[0], q[1], q[2];\n");
}

TEST(WriteQasm3, control_flow_and_classical_values_keep_their_types) {
    Circuit c = three_qubits();
    const VariableId i = c.add_variable("i", Value::integer(-3, 8), true);
    const BlockId loop = c.add_block(), then = c.add_block(), otherwise = c.add_block();
    const ExprId small = c.constant(Value::integer(5, 8));
    const ExprId less = c.binary(ExprOp::kLt, c.variable_expr(i), small);
    c.while_loop(less, loop);
    c.assign_variable(i, c.binary(ExprOp::kAdd, c.variable_expr(i), small), loop);
    c.if_else(c.bits_expr(BitId{1}, 2), then, otherwise);
    c.gate(GateKind::kRx, 0, {q0}, {Param{c.cast_expr(c.variable_expr(i), ScalarType::kFloat, 64)}},
           then);
    c.assign_bits(BitId{0}, 3, c.variable_expr(i), otherwise);
    c.reset(q2);
    c.delay(std::vector{q0, q1}, 12.5);
    EXPECT_EQ(write_qasm3(c),
              "OPENQASM 3.0;\ninclude \"stdgates.inc\";\noutput bit[3] c;\noutput int[8] i = "
              "int[8]((-3));\n"
              "qubit[3] q;\nwhile ((i < int[8](5))) {\n    i = i + int[8](5);\n}\n"
              "if (bool(uint[2](c[1:2]))) {\n    rx(float[64](i)) q[0];\n} else {\n"
              "    c = uint[3](i);\n}\nreset q[2];\ndelay[12.5ns] q[0], q[1];\n");
}

TEST(WriteQasm3, names_that_the_language_keeps_are_changed) {
    Circuit c;
    c.add_qubits("gate", 1);
    c.add_qubits("x", 1);
    c.add_qubits("a b", 1);
    c.add_qubits("7", 1);
    c.add_bits("a_b", 1);
    const std::string text = write_qasm3(c);
    for (const char* line :
         {"qubit[1] gate_0;", "qubit[1] x_0;", "qubit[1] a_b_0;", "qubit[1] _7;", "bit[1] a_b;"})
        EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
}

TEST(WriteQasm3, hidden_registers_make_outputs_explicit) {
    Circuit c = three_qubits();
    c.add_bits("scratch", 2, false);
    const std::string text = write_qasm3(c);
    EXPECT_NE(text.find("output bit[3] c;\nbit[2] scratch;\n"), std::string::npos) << text;
}

TEST(WriteQasm3, bits_across_registers_are_joined_by_shifts) {
    Circuit c = three_qubits();
    c.add_bits("d", 2);
    const BlockId then = c.add_block();
    c.gate(GateKind::kX, 0, {q0}, {}, then);
    c.if_else(c.bits_expr(BitId{2}, 2), then);
    EXPECT_NE(write_qasm3(c).find("(uint[2](uint[1](c[2])) | (uint[2](uint[1](d[0])) << 1))"),
              std::string::npos)
        << write_qasm3(c);
}

TEST(WriteQasm3, wide_unitaries_are_refused_by_name) {
    Circuit c = three_qubits();
    c.unitary(gate_matrix(GateKind::kSwap, {}), 0, std::vector{q0, q1});
    try {
        write_qasm3(c);
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("unitary on 2 qubits"), std::string::npos);
    }
}

TEST(WriteQasm3, angles_of_a_unitary_give_its_matrix) {
    Random random(5);
    for (int k = 0; k < 300; ++k) {
        const double theta = k % 3 == 0 ? 0 : k % 3 == 1 ? pi : 6 * random.uniform();
        const std::vector<double> p = {theta, 6 * random.uniform(), 6 * random.uniform()};
        Matrix m = gate_matrix(GateKind::kU, p);
        const Complex phase = std::polar(1.0, 6 * random.uniform());
        for (Complex& v : m.data) v *= phase;
        const qasm::UAngles u = qasm::u_angles(m);
        Matrix again = gate_matrix(GateKind::kU, std::vector{u.theta, u.phi, u.lambda});
        for (std::size_t i = 0; i < 4; ++i)
            EXPECT_LT(std::abs(again.data[i] * std::polar(1.0, u.delta) - m.data[i]), 1e-12) << k;
    }
}

TEST(WriteQasm, numbers_read_back_equal) {
    EXPECT_EQ(qasm::number_text(pi / 2), "pi / 2");
    EXPECT_EQ(qasm::number_text(-3 * pi / 4), "-3 * pi / 4");
    EXPECT_EQ(qasm::number_text(0), "0.0");
    EXPECT_EQ(qasm::number_text(2), "2.0");
    Random random(1);
    for (int k = 0; k < 1000; ++k) {
        const double x =
            std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(80)) - 40);
        EXPECT_EQ(std::stod(qasm::number_text(x)), x);
    }
    EXPECT_THROW(qasm::number_text(INFINITY), InputError);
}

TEST(WriteQasm2, a_static_program_uses_qelib1) {
    Circuit c = three_qubits();
    c.global_phase = 1;
    c.gate(GateKind::kU, 0, {q0}, {0.5, 0.25, 0.125});
    c.gate(GateKind::kP, 1, {q0, q1}, {pi / 2});
    c.gate(GateKind::kX, 3, {q0, q1, q2, QubitId{3}});
    c.add_qubits("R", 1);
    c.measure(q2, BitId{0});
    EXPECT_EQ(write_qasm2(c),
              "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\nqreg r[1];\ncreg c[3];\n"
              "u3(0.5,0.25,0.125) q[0];\ncu1(pi / 2) q[0],q[1];\nc3x q[0],q[1],q[2],r[0];\n"
              "measure q[2] -> c[0];\n");
}

TEST(WriteQasm2, a_condition_on_a_register_is_repeated_for_each_operation) {
    Circuit c = three_qubits();
    const BlockId then = c.add_block();
    c.gate(GateKind::kX, 0, {q0}, {}, then);
    c.gate(GateKind::kZ, 0, {q0}, {}, then);
    c.if_else(c.binary(ExprOp::kEq, c.bits_expr(BitId{0}, 3), c.constant(Value::integer(5))), then);
    EXPECT_NE(write_qasm2(c).find("if (c == 5) x q[0];\nif (c == 5) z q[0];\n"), std::string::npos);
}

TEST(WriteQasm2, says_what_it_cannot_write) {
    const auto error = [](auto&& build) {
        Circuit c = three_qubits();
        build(c);
        try {
            write_qasm2(c);
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string("no error");
    };
    EXPECT_NE(error([](Circuit& c) {
                  c.gate(GateKind::kZ, 2, {q0, q1, q2});
              }).find("the gate z with 2 controls"),
              std::string::npos);
    EXPECT_NE(error([](Circuit& c) {
                  c.while_loop(c.bits_expr(BitId{0}, 1), c.add_block());
              }).find("a while loop"),
              std::string::npos);
    EXPECT_NE(error([](Circuit& c) {
                  const BlockId then = c.add_block();
                  c.gate(GateKind::kX, 0, {q0}, {}, then);
                  c.if_else(c.bits_expr(BitId{0}, 2), then);
                  c.body().back().line = 12;
              }).find("test.qasm:12:"),
              std::string::npos);
    EXPECT_NE(error([](Circuit& c) { c.add_variable("v", Value::integer(0)); }).find("variable v"),
              std::string::npos);
    EXPECT_NE(error([](Circuit& c) { c.delay(std::vector{q0}, 5); }).find("a delay"),
              std::string::npos);
}

}  // namespace
}  // namespace carillon
