// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/native.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {
namespace {

Node node_with(std::vector<std::string> gates) {
    Node node;
    node.name = "n";
    node.native_gates = std::move(gates);
    return node;
}

/// Matrix of a sequence over `width` qubits, gate by gate.
Matrix matrix_of(const std::vector<NativeGate>& sequence, int width) {
    Matrix u = Matrix::identity(width);
    for (const NativeGate& g : sequence) {
        const Matrix m = add_controls(gate_matrix(g.kind, g.params), g.controls);
        Matrix next{width, std::vector<Complex>(u.data.size())};
        for (std::size_t row = 0; row < u.dim(); ++row) {
            std::size_t local = 0;
            for (std::size_t k = 0; k < g.operands.size(); ++k)
                local |= (row >> g.operands[k] & 1) << k;
            for (std::size_t in = 0; in < m.dim(); ++in) {
                std::size_t from = row;
                for (std::size_t k = 0; k < g.operands.size(); ++k)
                    from = (from & ~(std::size_t{1} << g.operands[k])) | (in >> k & 1)
                                                                             << g.operands[k];
                for (std::size_t col = 0; col < u.dim(); ++col)
                    next(row, col) += m(local, in) * u(from, col);
            }
        }
        u = next;
    }
    return u;
}

const std::vector<std::vector<std::string>> kSets = {
    {"cz", "u3"},        {"cx", "rz", "sx", "x"}, {"cz", "rz", "sx"},
    {"rxx", "rx", "ry"}, {"rzz", "rz", "rx"},     {"ecr", "rz", "sx"},
    {"cx", "p", "ry"},   {"cp", "cz", "U"},       {"cx", "rx", "ry"},
};

TEST(Native, every_set_expresses_every_gate_exactly) {
    Random random(1);
    for (const auto& gates : kSets) {
        const NativeSet set(node_with(gates));
        for (int k = 1; k < static_cast<int>(GateKind::kSwap); ++k)
            for (int controls = 0; controls <= 3; ++controls) {
                const auto kind = static_cast<GateKind>(k);
                std::vector<double> params;
                for (int p = 0; p < gate_info(kind).params; ++p)
                    params.push_back(random.uniform() * 6 - 3);
                const auto sequence = set.express(kind, controls, params);
                for (const NativeGate& g : sequence)
                    ASSERT_TRUE(set.has(g.kind, g.controls)) << gates[0];
                const Matrix expected = add_controls(gate_matrix(kind, params), controls);
                ASSERT_LT(distance_up_to_phase(matrix_of(sequence, 1 + controls), expected), 1e-9)
                    << gates[0] << "," << gates[1] << ": " << gate_info(kind).name << " controls "
                    << controls;
            }
        ASSERT_LT(distance_up_to_phase(matrix_of(set.express(GateKind::kSwap, 0, {}), 2),
                                       gate_matrix(GateKind::kSwap, {})),
                  1e-9);
    }
}

TEST(Native, ibm_like_set_needs_at_most_five_gates_for_one_qubit) {
    const NativeSet set(node_with({"cx", "rz", "sx", "x"}));
    EXPECT_LE(set.express(GateKind::kU3, 0, std::vector<double>{0.3, 0.4, 0.5}).size(), 5u);
    EXPECT_EQ(set.express(GateKind::kT, 0, {}).size(), 1u);
    EXPECT_EQ(set.express(GateKind::kX, 0, {}).size(), 1u);
}

TEST(Native, insufficient_sets_are_refused_with_what_to_add) {
    EXPECT_THROW(NativeSet(node_with({"rz", "sx"})), InputError);
    EXPECT_THROW(NativeSet(node_with({"cx", "rz"})), InputError);
    EXPECT_THROW(NativeSet(node_with({"cx", "frob"})), InputError);
}

}  // namespace
}  // namespace carillon
