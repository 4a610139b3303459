// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/transpile/lower.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/random.h"
#include "carillon/workload/transpile/decompose.h"
#include "carillon/workload/transpile/one_qubit.h"

namespace carillon {
namespace {

/// Unitary of a static circuit, by definition: each gate's matrix element by element.
Matrix unitary_of(const Circuit& circuit) {
    Matrix u = Matrix::identity(static_cast<int>(circuit.num_qubits));
    const ClassicalState state = circuit.initial_state();
    for (const Operation& op : circuit.body()) {
        const Matrix m = operation_matrix(circuit, op, state);
        const auto qubits = circuit.qubits(op);
        Matrix next{u.qubits, std::vector<Complex>(u.data.size())};
        for (std::size_t row = 0; row < u.dim(); ++row) {
            std::size_t local = 0;
            for (std::size_t k = 0; k < qubits.size(); ++k)
                local |= (row >> qubits[k].value & 1) << k;
            for (std::size_t in = 0; in < m.dim(); ++in) {
                std::size_t from = row;
                for (std::size_t k = 0; k < qubits.size(); ++k)
                    from = (from & ~(std::size_t{1} << qubits[k].value)) | (in >> k & 1)
                                                                               << qubits[k].value;
                for (std::size_t col = 0; col < u.dim(); ++col)
                    next(row, col) += m(local, in) * u(from, col);
            }
        }
        u = next;
    }
    return u;
}

/// Rows permuted so that wire final_wire[q] becomes qubit q.
Matrix unpermuted(const Matrix& u, const std::vector<QubitId>& final_wire) {
    Matrix result{u.qubits, std::vector<Complex>(u.data.size())};
    for (std::size_t row = 0; row < u.dim(); ++row) {
        std::size_t source = 0;
        for (std::size_t q = 0; q < final_wire.size(); ++q)
            source |= (row >> final_wire[q].value & 1) << q;
        for (std::size_t col = 0; col < u.dim(); ++col) result(source, col) = u(row, col);
    }
    return result;
}

bool is_lowered(const Circuit& c) {
    for (const Operation& op : c.body()) {
        if (op.num_operands == 1 && op.controls == 0) continue;
        if (op.controls == 0 || (op.gate != GateKind::kZ && op.gate != GateKind::kP)) return false;
    }
    return true;
}

void expect_equal(const Circuit& source, bool two_qubit_gates = false) {
    const LoweredCircuit lowered = lower(source, {two_qubit_gates});
    for (const Operation& op : lowered.circuit.body())
        EXPECT_TRUE(!two_qubit_gates || op.num_operands <= 2);
    EXPECT_TRUE(is_lowered(lowered.circuit));
    EXPECT_LT(distance_up_to_phase(unitary_of(source),
                                   unpermuted(unitary_of(lowered.circuit), lowered.final_wire)),
              1e-9);
}

std::vector<double> angles_for(GateKind kind, Random& random) {
    std::vector<double> angles;
    for (int i = 0; i < gate_info(kind).params; ++i) angles.push_back(random.uniform() * 7 - 3.5);
    return angles;
}

TEST(Lower, every_table_gate_with_up_to_two_controls_keeps_its_unitary) {
    Random random(3);
    for (int k = 0; k < static_cast<int>(GateKind::kUnitary); ++k)
        for (int controls = 0; controls <= 2; ++controls) {
            const auto kind = static_cast<GateKind>(k);
            SCOPED_TRACE(std::string(gate_info(kind).name) + " controls " +
                         std::to_string(controls));
            Circuit c;
            c.add_qubits("q", 4);
            std::vector<QubitId> operands;
            for (int i = 0; i < gate_info(kind).targets + controls; ++i)
                operands.emplace_back(3 - static_cast<std::size_t>(i));
            const auto angles = angles_for(kind, random);
            c.gate(GateKind::kH, 0, {QubitId{0}});
            c.gate(kind, controls, operands, std::vector<Param>(angles.begin(), angles.end()));
            expect_equal(c);
        }
}

Circuit random_circuit(std::uint64_t seed, int gates) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", 4);
    while (gates-- > 0) {
        const auto kind = static_cast<GateKind>(random.below(static_cast<int>(GateKind::kUnitary)));
        const int controls = static_cast<int>(random.below(3));
        std::vector<QubitId> order = {QubitId{0}, QubitId{1}, QubitId{2}, QubitId{3}};
        for (std::size_t i = 3; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
        order.resize(static_cast<std::size_t>(gate_info(kind).targets + controls));
        const auto angles = angles_for(kind, random);
        c.gate(kind, controls, order, std::vector<Param>(angles.begin(), angles.end()));
    }
    return c;
}

TEST(Lower, random_circuits_keep_their_unitary) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        expect_equal(random_circuit(seed, 12));
        expect_equal(random_circuit(seed, 12), true);
    }
}

TEST(Lower, two_cx_on_one_target_share_its_basis) {
    Circuit c;
    c.add_qubits("q", 3);
    c.gate(GateKind::kX, 1, {QubitId{0}, QubitId{2}});
    c.gate(GateKind::kX, 1, {QubitId{1}, QubitId{2}});
    // h cz cz h: four operations, not six.
    EXPECT_EQ(lower(c).circuit.body().size(), 4u);
}

TEST(Lower, swaps_only_relabel) {
    Circuit c;
    c.add_qubits("q", 2);
    c.gate(GateKind::kSwap, 0, {QubitId{0}, QubitId{1}});
    const LoweredCircuit lowered = lower(c);
    EXPECT_TRUE(lowered.circuit.body().empty());
    EXPECT_EQ(lowered.final_wire[0], QubitId{1});
}

TEST(Lower, three_qubit_gates_are_split_and_wider_ones_are_not) {
    Circuit c;
    c.add_qubits("q", 4);
    const QubitId q0{0}, q1{1}, q2{2}, q3{3};
    c.gate(GateKind::kX, 2, {q0, q1, q2});
    c.gate(GateKind::kSwap, 1, {q3, q0, q1});
    c.gate(GateKind::kX, 3, {q0, q1, q2, q3});
    const LoweredCircuit lowered = lower(c, {.split_three_qubit_gates = true});
    int wide = 0;
    for (const Operation& op : lowered.circuit.body()) {
        EXPECT_NE(op.num_operands, 3u);
        wide += op.num_operands == 4;
    }
    EXPECT_EQ(wide, 1);
    EXPECT_EQ(lowered.rewrites.size(), 2u);
    EXPECT_LT(distance_up_to_phase(unitary_of(c),
                                   unpermuted(unitary_of(lowered.circuit), lowered.final_wire)),
              1e-9);
}

TEST(Lower, nested_swaps_are_written_out_with_a_certificate) {
    Circuit c;
    c.add_qubits("q", 2);
    const BitId b = c.add_bits("b", 1);
    const BlockId then = c.add_block();
    c.gate(GateKind::kSwap, 0, {QubitId{0}, QubitId{1}}, {}, then);
    c.if_else(c.bits_expr(b, 1), then);
    const LoweredCircuit lowered = lower(c);
    ASSERT_EQ(lowered.rewrites.size(), 1u);
    EXPECT_EQ(lowered.rewrites[0].first, 1u);  // operation 0 is the if
    EXPECT_EQ(lowered.final_wire[0], QubitId{0});
    EXPECT_LT(distance_up_to_phase(unitary_of(lowered.rewrites[0].replacement),
                                   gate_matrix(GateKind::kSwap, {})),
              1e-12);
}

TEST(Lower, a_block_whose_gates_cancel_keeps_its_qubits) {
    Circuit c;
    c.add_qubits("q", 2);
    const BitId b = c.add_bits("b", 1);
    const BlockId then = c.add_block();
    c.gate(GateKind::kH, 0, {QubitId{1}}, {}, then);
    c.gate(GateKind::kH, 0, {QubitId{1}}, {}, then);
    c.if_else(c.bits_expr(b, 1), then);
    const LoweredCircuit lowered = lower(c);
    EXPECT_EQ(touched_qubits(lowered.circuit, lowered.circuit.body()[0]),
              std::vector<QubitId>{QubitId{1}});
}

TEST(Decompose, random_unitaries_are_rebuilt_exactly) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const Matrix u = unitary_of(random_circuit(seed, 15));
        const Matrix v = unitary_of(decompose_unitary(u));
        for (std::size_t i = 0; i < u.data.size(); ++i)
            ASSERT_LT(std::abs(u.data[i] - v.data[i]), 1e-10);
    }
}

TEST(Decompose, two_qubit_gates_keep_their_phase) {
    for (const GateKind kind : {GateKind::kSwap, GateKind::kIswap, GateKind::kEcr}) {
        const Matrix u = unitary_of(decompose_two_qubit(kind, 1));
        const Matrix expected = add_controls(gate_matrix(kind, {}), 1);
        for (std::size_t i = 0; i < u.data.size(); ++i)
            ASSERT_LT(std::abs(u.data[i] - expected.data[i]), 1e-12) << gate_info(kind).name;
    }
}

TEST(OneQubit, eigenvectors_rebuild_the_matrix) {
    Random random(11);
    for (int trial = 0; trial < 200; ++trial) {
        std::vector<double> angles = {random.uniform() * 7, random.uniform() * 7,
                                      random.uniform() * 7};
        if (trial % 3 == 0) angles[0] = std::acos(-1.0) * 2 * random.uniform();
        const Matrix m = gate_matrix(GateKind::kU, angles);
        const Eigen2 e = eigen_decompose(m);
        const Matrix d{1, {std::polar(1.0, e.phase[0]), 0, 0, std::polar(1.0, e.phase[1])}};
        const Matrix back = multiply(e.v, multiply(d, adjoint(e.v)));
        for (std::size_t i = 0; i < 4; ++i)
            ASSERT_LT(std::abs(back.data[i] - m.data[i]), 1e-9) << trial;
    }
}

TEST(OneQubit, gates_next_to_diagonal_and_antidiagonal_ones_lose_nothing) {
    for (const double tiny : {1e-8, 3e-9, 1e-10})
        for (const double turn : {0.0, std::acos(-1.0)}) {
            const std::vector<double> angles = {turn + tiny, 0.3, -1.1};
            const Matrix m = gate_matrix(GateKind::kU3, angles);
            const NamedGate u = name_one_qubit_gate(m);
            EXPECT_LT(distance_up_to_phase(gate_matrix(u.kind, u.params), m), 1e-14)
                << tiny << " " << turn;
        }
}

TEST(OneQubit, names_fit) {
    EXPECT_EQ(name_one_qubit_gate(gate_matrix(GateKind::kSx, {})).kind, GateKind::kSx);
    const std::vector<double> angles = {0.3, 1.1, -2};
    const NamedGate u = name_one_qubit_gate(gate_matrix(GateKind::kU, angles));
    EXPECT_LT(
        distance_up_to_phase(gate_matrix(u.kind, u.params), gate_matrix(GateKind::kU, angles)),
        1e-12);
}

TEST(Lower, gates_on_several_qubits_may_have_run_time_angles) {
    using enum GateKind;
    for (const int controls : {0, 1, 2}) {
        for (const GateKind kind : {kRzz, kRxx, kRyy, kRzx, kU, kU3, kP, kRx, kRy, kRz, kGphase}) {
            const GateInfo& info = gate_info(kind);
            if (info.targets + controls == 0) continue;
            Circuit c;
            c.add_qubits("q", static_cast<std::uint32_t>(info.targets + controls));
            std::vector<Param> angles;
            for (int k = 0; k < info.params; ++k) {
                const VariableId v =
                    c.add_variable("v" + std::to_string(k), Value::floating(0.7 + 0.9 * k));
                angles.push_back(k == 1 ? Param{-0.4} : Param{c.variable_expr(v)});
            }
            std::vector<QubitId> qubits;
            for (std::uint32_t q = 0; q < c.num_qubits; ++q) qubits.emplace_back(q);
            c.gate(kH, 0, {QubitId{0}});
            c.gate(kind, controls, qubits, angles);
            expect_equal(c);
        }
    }
}

}  // namespace
}  // namespace carillon
