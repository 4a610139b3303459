// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/gate_list.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "carillon/language/qasm/naive.test.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

using std::numbers::pi;
const Complex kI{0, 1};

Matrix matrix_of(const std::string& body, int version = 3) {
    const std::string head = version == 2 ? "OPENQASM 2.0; include \"qelib1.inc\";\n"
                                          : "include \"stdgates.inc\"; include \"qelib1.inc\";\n";
    return naive::unitary(read_qasm(head + body, "test.qasm").circuit);
}

/// Like matrix_of(), with stdgates.inc alone.
Matrix standard(const std::string& body) {
    return naive::unitary(read_qasm("include \"stdgates.inc\";\n" + body, "test.qasm").circuit);
}

double distance(const Matrix& a, const Matrix& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.data.size(); ++i)
        worst = std::max(worst, std::abs(a.data[i] - b.data[i]));
    return a.data.size() == b.data.size() ? worst : 1e9;
}

Matrix of(int qubits, std::vector<Complex> entries) {
    return {qubits, std::move(entries)};
}

/// U of the OpenQASM 3 specification.
Matrix u_of_specification(double theta, double phi, double lambda) {
    const Complex e = std::polar(1.0, theta);
    return of(1, {(1.0 + e) / 2.0, -kI * std::polar(1.0, lambda) * (1.0 - e) / 2.0,
                  kI * std::polar(1.0, phi) * (1.0 - e) / 2.0,
                  std::polar(1.0, phi + lambda) * (1.0 + e) / 2.0});
}

TEST(Gates, U_is_the_matrix_of_the_specification_with_its_phase) {
    EXPECT_LT(distance(standard("qubit q; U(0.3, 0.4, 0.5) q;"), u_of_specification(0.3, 0.4, 0.5)),
              1e-12);
}

TEST(Gates, ctrl_of_U_keeps_the_phase_of_U) {
    EXPECT_LT(distance(standard("qubit[2] q; ctrl @ U(0.3, 0.4, 0.5) q[0], q[1];"),
                       add_controls(u_of_specification(0.3, 0.4, 0.5), 1)),
              1e-12);
}

TEST(Gates, u3_of_stdgates_has_the_phase_of_its_definition) {
    Matrix expected = u_of_specification(0.3, 0.4, 0.5);
    for (Complex& v : expected.data) v *= std::polar(1.0, -(0.3 + 0.4 + 0.5) / 2);
    EXPECT_LT(distance(standard("qubit[2] q; ctrl @ u3(0.3, 0.4, 0.5) q[0], q[1];"),
                       add_controls(expected, 1)),
              1e-12);
}

TEST(Gates, cu_is_the_controlled_u_with_a_phase) {
    Matrix expected = u_of_specification(0.3, 0.4, 0.5);
    for (Complex& v : expected.data) v *= std::polar(1.0, 0.6 - 0.3 / 2);
    EXPECT_LT(distance(standard("qubit[2] q; cu(0.3, 0.4, 0.5, 0.6) q[0], q[1];"),
                       add_controls(expected, 1)),
              1e-12);
}

TEST(Gates, xx_plus_yy_rotates_the_odd_states) {
    const double c = std::cos(0.35), s = std::sin(0.35);
    const Complex minus = std::polar(1.0, -0.4), plus = std::polar(1.0, 0.4);
    const Matrix expected = of(2, {1, 0, 0, 0,                //
                                   0, c, -kI * s * minus, 0,  //
                                   0, -kI * s * plus, c, 0,   //
                                   0, 0, 0, 1});
    EXPECT_LT(distance(matrix_of("qubit[2] q; xx_plus_yy(0.7, 0.4) q[0], q[1];"), expected), 1e-12);
}

TEST(Gates, xx_minus_yy_rotates_the_even_states) {
    const double c = std::cos(0.35), s = std::sin(0.35);
    const Complex minus = std::polar(1.0, -0.4), plus = std::polar(1.0, 0.4);
    const Matrix expected = of(2, {c, 0, 0, -kI * s * minus,  //
                                   0, 1, 0, 0,                //
                                   0, 0, 1, 0,                //
                                   -kI * s * plus, 0, 0, c});
    EXPECT_LT(distance(matrix_of("qubit[2] q; xx_minus_yy(0.7, 0.4) q[0], q[1];"), expected),
              1e-12);
}

TEST(Gates, rccx_flips_like_a_toffoli_up_to_phases) {
    const Matrix m = matrix_of("qreg q[3]; rccx q[0],q[1],q[2];", 2);
    const Matrix toffoli = add_controls(gate_matrix(GateKind::kX, {}), 2);
    for (std::size_t i = 0; i < m.data.size(); ++i)
        EXPECT_NEAR(std::abs(m.data[i]), std::abs(toffoli.data[i]), 1e-12);
}

TEST(Gates, rc3x_flips_like_three_controls_up_to_phases) {
    const Matrix m = matrix_of("qreg q[4]; rc3x q[0],q[1],q[2],q[3];", 2);
    const Matrix wide = add_controls(gate_matrix(GateKind::kX, {}), 3);
    for (std::size_t i = 0; i < m.data.size(); ++i)
        EXPECT_NEAR(std::abs(m.data[i]), std::abs(wide.data[i]), 1e-12);
}

TEST(Gates, r_turns_about_an_axis_in_the_plane) {
    const double c = std::cos(0.25), s = std::sin(0.25);
    const Matrix expected = of(1, {c, -kI * s * std::polar(1.0, -0.9),  //
                                   -kI * s * std::polar(1.0, 0.9), c});
    EXPECT_LT(distance(matrix_of("qubit q; r(0.5, 0.9) q;"), expected), 1e-12);
}

constexpr const char* kMix =
    "gate mix(t) a, b { h a; U(t, 0.2, 0.3) b; cx a, b; iswap a, b; gphase(0.4); t b; sx a; "
    "rzx(0.3) b, a; }\n";

TEST(Modifiers, inv_gives_the_adjoint) {
    const Matrix m = matrix_of(kMix + std::string("qubit[2] q; mix(0.7) q[0], q[1];"));
    const Matrix inverse = matrix_of(kMix + std::string("qubit[2] q; inv @ mix(0.7) q[0], q[1];"));
    EXPECT_LT(distance(inverse, adjoint(m)), 1e-12);
}

TEST(Modifiers, ctrl_of_a_user_gate_controls_its_global_phase_too) {
    const Matrix m = matrix_of(kMix + std::string("qubit[2] q; mix(0.7) q[0], q[1];"));
    const Matrix controlled =
        matrix_of(kMix + std::string("qubit[3] q; ctrl @ mix(0.7) q[0], q[1], q[2];"));
    EXPECT_LT(distance(controlled, add_controls(m, 1)), 1e-12);
}

TEST(Modifiers, negctrl_acts_on_zero) {
    const Matrix m = standard("qubit[2] q; negctrl @ rx(0.3) q[0], q[1];");
    const Matrix rx = gate_matrix(GateKind::kRx, std::vector<double>{0.3});
    EXPECT_LT(std::abs(m(0, 0) - rx(0, 0)) + std::abs(m(2, 0) - rx(1, 0)), 1e-12);
    EXPECT_LT(std::abs(m(1, 1) - 1.0) + std::abs(m(3, 3) - 1.0), 1e-12);
}

TEST(Modifiers, the_leftmost_control_takes_the_first_qubit) {
    EXPECT_LT(distance(standard("qubit[3] q; ctrl @ negctrl @ x q[0], q[1], q[2];"),
                       standard("qubit[3] q; x q[1]; ccx q[0], q[1], q[2]; x q[1];")),
              1e-12);
}

TEST(Modifiers, whole_powers_repeat) {
    const Matrix m = matrix_of(kMix + std::string("qubit[2] q; mix(0.7) q[0], q[1];"));
    EXPECT_LT(distance(matrix_of(kMix + std::string("qubit[2] q; pow(3) @ mix(0.7) q[0], q[1];")),
                       multiply(m, multiply(m, m))),
              1e-11);
    EXPECT_LT(distance(matrix_of(kMix + std::string("qubit[2] q; pow(-2) @ mix(0.7) q[0], q[1];")),
                       adjoint(multiply(m, m))),
              1e-11);
}

TEST(Modifiers, a_large_whole_power_is_one_matrix_and_exact) {
    const ReadResult r = read_qasm(
        "include \"stdgates.inc\"; gate g a, b { h a; cx a, b; }\nqubit[2] q; pow(1000) @ g q[0], "
        "q[1];",
        "test.qasm");
    EXPECT_EQ(r.circuit.body().size(), 1u);
    Matrix m = standard("gate g a, b { h a; cx a, b; }\nqubit[2] q; g q[0], q[1];");
    Matrix power = Matrix::identity(2);
    for (int i = 0; i < 1000; ++i) power = multiply(m, power);
    EXPECT_LT(distance(naive::unitary(r.circuit), power), 1e-9);
}

TEST(Modifiers, a_fractional_power_taken_often_enough_is_the_gate) {
    const std::string root = kMix + std::string("qubit[2] q; pow(0.2) @ mix(0.7) q[0], q[1];");
    const Matrix r = matrix_of(root);
    Matrix product = Matrix::identity(2);
    for (int i = 0; i < 5; ++i) product = multiply(r, product);
    EXPECT_LT(distance(product, matrix_of(kMix + std::string("qubit[2] q; mix(0.7) q[0], q[1];"))),
              1e-9);
}

TEST(Modifiers, half_a_flip_is_sx) {
    EXPECT_LT(distance(standard("qubit q; pow(1 / 2.) @ x q;"), gate_matrix(GateKind::kSx, {})),
              1e-12);
    EXPECT_LT(distance(standard("qubit[2] q; pow(0.5) @ cx q[0], q[1];"),
                       add_controls(gate_matrix(GateKind::kSx, {}), 1)),
              1e-12);
}

TEST(Modifiers, powers_of_rotations_scale_the_angle_and_stay_one_gate) {
    const Circuit c =
        read_qasm("include \"stdgates.inc\"; qubit q; pow(0.5) @ rz(3.0) q; pow(1000) @ t q;", "t")
            .circuit;
    ASSERT_EQ(c.body().size(), 2u);
    EXPECT_EQ(c.body()[0].gate, GateKind::kRz);
    EXPECT_DOUBLE_EQ(c.parameters(c.body()[0])[0].value, 1.5);
    EXPECT_DOUBLE_EQ(c.parameters(c.body()[1])[0].value, 250 * pi);
}

TEST(Modifiers, a_power_of_a_gate_on_too_many_qubits_is_refused) {
    EXPECT_THROW(standard("gate g a,b,c,d,e,f,k { cx a,b; cx b,c; cx c,d; cx d,e; cx e,f; cx f,k; }"
                          "qubit[7] q; pow(0.5) @ g q[0],q[1],q[2],q[3],q[4],q[5],q[6];"),
                 InputError);
}

TEST(Modifiers, a_controlled_global_phase_is_a_phase_gate) {
    const Circuit c = read_qasm("qubit[2] q; ctrl(2) @ gphase(0.5) q[0], q[1];", "t").circuit;
    ASSERT_EQ(c.body().size(), 1u);
    EXPECT_EQ(c.body()[0].gate, GateKind::kP);
    EXPECT_EQ(c.body()[0].controls, 1);
}

TEST(Gates, an_uncontrolled_global_phase_is_kept_by_the_circuit) {
    EXPECT_DOUBLE_EQ(read_qasm("gphase(0.5); gphase(0.25);", "t").circuit.global_phase, 0.75);
}

TEST(Gates, every_library_name_is_known) {
    for (const std::string_view name : qasm::stdgates_names())
        EXPECT_TRUE(find_gate(name) || qasm::find_composite(name)) << name;
    for (const std::string_view name : qasm::qelib1_names())
        EXPECT_TRUE(find_gate(name) || qasm::find_composite(name)) << name;
}

}  // namespace
}  // namespace carillon
