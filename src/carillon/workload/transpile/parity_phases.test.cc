// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/parity_phases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "carillon/base/random.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {
namespace {

using enum GateKind;
using std::numbers::pi;

const QubitId a{0}, b{1}, c{2}, d{3};

Circuit on(std::uint32_t qubits) {
    Circuit circuit;
    circuit.add_qubits("q", qubits);
    return circuit;
}

/// Multi-qubit gates after lowering, by number of qubits.
std::vector<int> phases_by_width(const Circuit& circuit) {
    std::vector<int> count(5);
    for (const Operation& op : circuit.body())
        if (op.num_operands > 1) ++count[op.num_operands];
    return count;
}

/// The matrix of gates on at most three qubits, by naive embedding in three.
Matrix product(const Circuit& circuit, const std::vector<QubitId>& names) {
    Matrix total = Matrix::identity(3);
    for (const Operation& op : circuit.body()) {
        const Matrix m = operation_matrix(circuit, op, circuit.initial_state());
        Matrix wide{3, std::vector<Complex>(64)};
        std::vector<std::uint32_t> at;
        for (const QubitId q : circuit.qubits(op))
            at.push_back(names.empty() ? q.value : names[q.value].value);
        for (std::size_t row = 0; row < 8; ++row)
            for (std::size_t in = 0; in < m.dim(); ++in) {
                std::size_t local = 0, col = row;
                for (std::size_t k = 0; k < at.size(); ++k) {
                    local |= (row >> at[k] & 1) << k;
                    col = (col & ~(std::size_t{1} << at[k])) | (in >> k & 1) << at[k];
                }
                wide(row, col) += m(local, in);
            }
        total = multiply(wide, total);
    }
    return total;
}

TEST(ParityPhases, zz_rotation_is_one_phase) {
    Circuit circuit = on(2);
    circuit.gate(kX, 1, {a, b});
    circuit.gate(kRz, 0, {b}, {0.3});
    circuit.gate(kX, 1, {a, b});
    const auto found = find_parity_phases(circuit, 3);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].first, 0u);
    EXPECT_EQ(found[0].count, 3u);
    EXPECT_TRUE(found[0].operations.empty());
    EXPECT_EQ(phases_by_width(lower(circuit).circuit), (std::vector{0, 0, 1, 0, 0}));
    EXPECT_EQ(phases_by_width(lower(circuit, {false, false}).circuit),
              (std::vector{0, 0, 2, 0, 0}));
}

TEST(ParityPhases, toffoli_of_six_cx_is_one_phase_on_three_qubits) {
    Circuit circuit = on(3);
    circuit.gate(kH, 0, {c});
    circuit.gate(kX, 1, {b, c});
    circuit.gate(kTdg, 0, {c});
    circuit.gate(kX, 1, {a, c});
    circuit.gate(kT, 0, {c});
    circuit.gate(kX, 1, {b, c});
    circuit.gate(kTdg, 0, {c});
    circuit.gate(kX, 1, {a, c});
    circuit.gate(kT, 0, {b});
    circuit.gate(kT, 0, {c});
    circuit.gate(kH, 0, {c});
    circuit.gate(kX, 1, {a, b});
    circuit.gate(kT, 0, {a});
    circuit.gate(kTdg, 0, {b});
    circuit.gate(kX, 1, {a, b});
    const LoweredCircuit lowered = lower(circuit);
    EXPECT_EQ(phases_by_width(lowered.circuit), (std::vector{0, 0, 0, 1, 0}));
    Circuit whole = on(3);
    whole.gate(kX, 2, {a, b, c});
    EXPECT_LT(distance_up_to_phase(product(lowered.circuit, {}), product(whole, {})), 1e-12);
    // With two-qubit gates asked for, only the pair a, b is taken.
    const LoweredCircuit narrow = lower(circuit, {true});
    for (const Operation& op : narrow.circuit.body()) EXPECT_LE(op.num_operands, 2u);
}

TEST(ParityPhases, gates_on_other_qubits_and_on_the_control_may_stand_between) {
    Circuit circuit = on(4);
    circuit.gate(kX, 1, {a, b});
    circuit.gate(kX, 1, {a, c});  // diagonal on a
    circuit.gate(kT, 0, {b});
    circuit.gate(kH, 0, {d});
    circuit.gate(kT, 0, {a});
    circuit.gate(kX, 1, {a, b});
    const auto found = find_parity_phases(circuit, 3);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].operations, (std::vector<std::uint32_t>{0, 2, 5}));
}

TEST(ParityPhases, a_gate_that_is_not_diagonal_on_the_control_ends_the_stretch) {
    for (const GateKind kind : {kH, kX, kSx}) {
        Circuit circuit = on(3);
        circuit.gate(kX, 1, {a, b});
        circuit.gate(kT, 0, {b});
        circuit.gate(kind, 0, {a});
        circuit.gate(kX, 1, {a, b});
        EXPECT_TRUE(find_parity_phases(circuit, 3).empty());
    }
}

TEST(ParityPhases, a_use_of_the_parity_elsewhere_ends_the_stretch) {
    Circuit circuit = on(3);
    circuit.gate(kX, 1, {a, b});
    circuit.gate(kT, 0, {b});
    circuit.gate(kX, 1, {b, c});
    circuit.gate(kX, 1, {a, b});
    EXPECT_TRUE(find_parity_phases(circuit, 3).empty());
}

TEST(ParityPhases, inner_stretch_is_taken_when_the_outer_does_not_pay) {
    Circuit circuit = on(3);  // exp(-i t/2 Z Z Z): four phases on sets for four cx would not pay
    circuit.gate(kX, 1, {a, c});
    circuit.gate(kX, 1, {b, c});
    circuit.gate(kRz, 0, {c}, {0.3});
    circuit.gate(kX, 1, {b, c});
    circuit.gate(kX, 1, {a, c});
    const auto found = find_parity_phases(circuit, 3);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].first, 1u);
    EXPECT_EQ(found[0].count, 3u);
}

TEST(ParityPhases, branches_keep_their_own_stretches) {
    Circuit circuit = on(2);
    const BitId bit = circuit.add_bits("m", 1);
    circuit.gate(kX, 1, {a, b});
    const BlockId body = circuit.add_block();
    circuit.gate(kT, 0, {b}, {}, body);
    circuit.if_else(circuit.bits_expr(bit, 1), body);
    circuit.gate(kX, 1, {a, b});
    EXPECT_TRUE(find_parity_phases(circuit, 3).empty());
}

TEST(ParityPhases, replacements_equal_what_they_replace_in_random_circuits) {
    Random random(11);
    std::size_t rewrites = 0;
    for (int round = 0; round < 300; ++round) {
        Circuit circuit = on(3);
        for (int g = 0; g < 14; ++g) {
            const QubitId x{random.below(3)};
            const QubitId y{(x.value + 1 + random.below(2)) % 3};
            if (random.below(8) == 0)
                circuit.gate(kH, 0, {x});
            else if (random.below(3) == 0)
                circuit.gate(kP, 0, {x}, {static_cast<double>(random.below(8)) * pi / 4});
            else
                circuit.gate(kX, 1, {x, y});
        }
        for (const Rewrite& r : find_parity_phases(circuit, 3)) {
            Circuit replaced = on(3);
            for (std::uint32_t k = 0; k < r.count; ++k) {
                const Operation& op =
                    circuit.body()[r.operations.empty() ? r.first + k : r.operations[k]];
                replaced.gate(op.gate, op.controls, circuit.qubits(op), circuit.parameters(op));
            }
            EXPECT_LT(distance_up_to_phase(product(replaced, {}), product(r.replacement, r.qubits)),
                      1e-9);
            ++rewrites;
        }
        const LoweredCircuit lowered = lower(circuit);
        EXPECT_LT(distance_up_to_phase(product(lowered.circuit, {}), product(circuit, {})), 1e-9);
    }
    EXPECT_GT(rewrites, 30u);
}

}  // namespace
}  // namespace carillon
