// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/gate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace carillon {
namespace {

constexpr GateKind kLast = GateKind::kUnitary;

std::vector<GateKind> all_kinds() {
    std::vector<GateKind> kinds;
    for (int k = 0; k < static_cast<int>(kLast); ++k) kinds.push_back(static_cast<GateKind>(k));
    return kinds;
}

std::vector<double> some_params(GateKind kind) {
    const std::vector<double> values = {0.7, -1.3, 2.1};
    return {values.begin(), values.begin() + gate_info(kind).params};
}

TEST(Gate, rows_stand_in_the_order_of_their_kind) {
    for (const GateKind kind : all_kinds()) EXPECT_EQ(gate_info(kind).kind, kind);
}

TEST(Gate, every_matrix_is_unitary) {
    for (const GateKind kind : all_kinds()) {
        const Matrix m = gate_matrix(kind, some_params(kind));
        const Matrix p = multiply(m, adjoint(m));
        for (std::size_t i = 0; i < p.dim(); ++i)
            for (std::size_t j = 0; j < p.dim(); ++j)
                EXPECT_NEAR(std::abs(p(i, j) - Complex(i == j)), 0, 1e-15) << gate_info(kind).name;
    }
}

TEST(Gate, inverse_undoes_the_gate_exactly) {
    for (const GateKind kind : all_kinds()) {
        if (kind == GateKind::kIswap) continue;
        const auto params = some_params(kind);
        const InverseGate inverse = inverse_gate(kind, params);
        const Matrix p =
            multiply(gate_matrix(inverse.kind, inverse.params), gate_matrix(kind, params));
        for (std::size_t i = 0; i < p.dim(); ++i)
            EXPECT_NEAR(std::abs(p(i, i) - Complex(1)), 0, 1e-15) << gate_info(kind).name;
    }
}

TEST(Gate, diagonal_flags_match_the_matrices) {
    for (const GateKind kind : all_kinds()) {
        const GateInfo& info = gate_info(kind);
        const Matrix m = gate_matrix(kind, some_params(kind));
        for (int t = 0; t < info.targets; ++t) {
            double off = 0;  // weight that flips operand t
            for (std::size_t i = 0; i < m.dim(); ++i)
                for (std::size_t j = 0; j < m.dim(); ++j)
                    if (((i ^ j) >> t) & 1) off += std::norm(m(i, j));
            EXPECT_EQ(off < 1e-20, ((info.diagonal_on >> t) & 1) != 0)
                << info.name << " operand " << t;
        }
    }
}

TEST(Gate, named_gates_agree_with_their_definitions) {
    // x = sx sx; z = s s; s = t t; h z h = x.
    const auto m = [](GateKind kind) { return gate_matrix(kind, {}); };
    EXPECT_LT(distance_up_to_phase(multiply(m(GateKind::kSx), m(GateKind::kSx)), m(GateKind::kX)),
              1e-15);
    EXPECT_LT(distance_up_to_phase(multiply(m(GateKind::kT), m(GateKind::kT)), m(GateKind::kS)),
              1e-15);
    const Matrix hzh = multiply(m(GateKind::kH), multiply(m(GateKind::kZ), m(GateKind::kH)));
    EXPECT_LT(distance_up_to_phase(hzh, m(GateKind::kX)), 1e-15);
}

TEST(Gate, specification_phase_of_U_is_kept) {
    // OpenQASM 3: U(pi, 0, pi) = e^{i pi/2} X.
    const double pi = std::acos(-1.0);
    const Matrix u = gate_matrix(GateKind::kU, std::vector<double>{pi, 0, pi});
    EXPECT_NEAR(std::abs(u(0, 1) - Complex(0, 1)), 0, 1e-15);
}

TEST(Gate, controls_go_in_front) {
    const Matrix cx = add_controls(gate_matrix(GateKind::kX, {}), 1);
    // control is operand 0 (bit 0), target operand 1 (bit 1): |01> <-> |11>.
    EXPECT_EQ(cx(3, 1), Complex(1));
    EXPECT_EQ(cx(0, 0), Complex(1));
    EXPECT_EQ(cx(2, 2), Complex(1));
}

TEST(Gate, names_resolve_to_families) {
    EXPECT_EQ(find_gate("ccx")->controls, 2);
    EXPECT_EQ(find_gate("cu1")->kind, GateKind::kP);
    EXPECT_FALSE(find_gate("frobnicate"));
    EXPECT_EQ(standard_name(GateKind::kX, 1), "cx");
    EXPECT_TRUE(standard_name(GateKind::kX, 7).empty());
}

}  // namespace
}  // namespace carillon
