// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/gate_expansion.h"

#include <gtest/gtest.h>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/validate/random_circuit_for_test.h"

namespace carillon::validation {
namespace {

/// Multiplies `total` by a matrix on some of its qubits: row by row, no tricks.
void apply(Matrix& total, const Matrix& m, const std::vector<int>& at) {
    Matrix wide{total.qubits, std::vector<Complex>(total.data.size())};
    const auto part = [&](std::size_t index) {
        std::size_t out = 0;
        for (std::size_t b = 0; b < at.size(); ++b) out |= (index >> at[b] & 1) << b;
        return out;
    };
    std::size_t mask = 0;
    for (const int q : at) mask |= std::size_t{1} << q;
    for (std::size_t i = 0; i < wide.dim(); ++i)
        for (std::size_t j = 0; j < wide.dim(); ++j)
            if ((i & ~mask) == (j & ~mask)) wide(i, j) = m(part(i), part(j));
    total = multiply(wide, total);
}

/// Matrix of expanded steps; run-time angles have the value of `symbol`.
Matrix matrix_of(const std::vector<Primitive>& steps, int controls, int targets, double symbol) {
    Matrix total = Matrix::identity(controls + targets);
    for (const Primitive& s : steps) {
        if (s.kind == Primitive::Kind::kUnitary) {
            apply(total, {1, {s.matrix[0], s.matrix[1], s.matrix[2], s.matrix[3]}},
                  {controls + s.target});
        } else if (s.kind == Primitive::Kind::kExchange) {
            apply(total, gate_matrix(GateKind::kSwap, {}), {controls, controls + 1});
        } else {
            Matrix phase = Matrix::identity(total.qubits);
            std::size_t ones = std::size_t{s.targets} << controls;
            if (s.controlled) ones |= (std::size_t{1} << controls) - 1;
            for (std::size_t i = 0; i < phase.dim(); ++i)
                if ((i & ones) == ones)
                    phase(i, i) = std::polar(1.0, s.angle.value + s.angle.factor * symbol);
            total = multiply(phase, total);
        }
    }
    return total;
}

TEST(GateExpansion, every_gate_with_up_to_three_controls_has_its_own_matrix) {
    Random random(7);
    std::vector<Primitive> steps;
    for (int k = 0; k < static_cast<int>(GateKind::kUnitary); ++k)
        for (int controls = 0; controls <= 3; ++controls)
            for (int trial = 0; trial < 4; ++trial) {
                const auto kind = static_cast<GateKind>(k);
                const GateInfo& info = gate_info(kind);
                std::vector<double> values;
                std::vector<Angle> angles;
                for (int p = 0; p < info.params; ++p) {
                    values.push_back(trial == 0 ? 3.141592653589793 : random.uniform() * 12 - 6);
                    angles.push_back({values.back()});
                }
                ASSERT_TRUE(expand_gate(kind, controls, angles, nullptr, steps));
                const Matrix expected = add_controls(gate_matrix(kind, values), controls);
                const Matrix got = matrix_of(steps, controls, info.targets, 0);
                EXPECT_LT(distance_up_to_phase(expected, got), 1e-12)
                    << info.name << " with " << controls << " controls";
            }
}

TEST(GateExpansion, run_time_angles_stand_for_any_value) {
    Random random(8);
    std::vector<Primitive> steps;
    for (int k = 0; k < static_cast<int>(GateKind::kUnitary); ++k)
        for (int controls = 0; controls <= 2; ++controls) {
            const auto kind = static_cast<GateKind>(k);
            const GateInfo& info = gate_info(kind);
            for (int symbolic = 0; symbolic < info.params; ++symbolic) {
                std::vector<double> values;
                std::vector<Angle> angles;
                const double symbol = random.uniform() * 6;
                for (int p = 0; p < info.params; ++p) {
                    values.push_back(p == symbolic ? symbol : random.uniform() * 6);
                    angles.push_back(p == symbolic ? Angle{0, 1, 1} : Angle{values.back()});
                }
                ASSERT_TRUE(expand_gate(kind, controls, angles, nullptr, steps));
                const Matrix expected = add_controls(gate_matrix(kind, values), controls);
                const Matrix got = matrix_of(steps, controls, info.targets, symbol);
                EXPECT_LT(distance_up_to_phase(expected, got), 1e-12) << info.name;
            }
        }
}

TEST(GateExpansion, explicit_matrix_on_one_qubit_is_expanded_others_are_not) {
    std::vector<Primitive> steps;
    const double angles[] = {0.3, 1.2, 2.5};
    const Matrix m = gate_matrix(GateKind::kU, angles);
    ASSERT_TRUE(expand_gate(GateKind::kUnitary, 2, {}, &m, steps));
    EXPECT_LT(distance_up_to_phase(add_controls(m, 2), matrix_of(steps, 2, 1, 0)), 1e-12);
    const Matrix two = gate_matrix(GateKind::kIswap, {});
    EXPECT_FALSE(expand_gate(GateKind::kUnitary, 0, {}, &two, steps));
    const Matrix not_unitary{1, {1, 0, 0, 2}};
    EXPECT_FALSE(expand_gate(GateKind::kUnitary, 0, {}, &not_unitary, steps));
}

}  // namespace
}  // namespace carillon::validation
