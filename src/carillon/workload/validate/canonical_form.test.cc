// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/canonical_form.h"

#include <gtest/gtest.h>

#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/source_form.h"

namespace carillon::validation {
namespace {

using enum GateKind;

/// Whether the canonical forms of two circuits agree, and where their qubits end.
bool same_form(const Circuit& a, const Circuit& b) {
    ExpressionTable expressions;
    MatrixTable matrices;
    CertificateChecker certificates;
    const SourceForm x = read_source(a, {}, expressions, matrices, certificates);
    const SourceForm y = read_source(b, {}, expressions, matrices, certificates);
    return x.wire_of == y.wire_of && !CanonicalForm::compare(x.form, y.form).found;
}

Matrix unitary_of(const Circuit& c) {
    Matrix total = Matrix::identity(static_cast<int>(c.num_qubits));
    for (const Operation& op : c.body()) {
        const Matrix m = operation_matrix(c, op, {});
        Matrix wide{total.qubits, std::vector<Complex>(total.data.size())};
        const auto qubits = c.qubits(op);
        std::size_t mask = 0;
        for (const QubitId q : qubits) mask |= std::size_t{1} << q.value;
        const auto part = [&](std::size_t index) {
            std::size_t out = 0;
            for (std::size_t b = 0; b < qubits.size(); ++b)
                out |= (index >> qubits[b].value & 1) << b;
            return out;
        };
        for (std::size_t i = 0; i < wide.dim(); ++i)
            for (std::size_t j = 0; j < wide.dim(); ++j)
                if ((i & ~mask) == (j & ~mask)) wide(i, j) = m(part(i), part(j));
        total = multiply(wide, total);
    }
    return total;
}

struct Gate {
    GateKind kind;
    int controls;
    std::vector<std::uint32_t> qubits;
    std::vector<double> angles = {};
};

Circuit circuit(std::uint32_t qubits, const std::vector<Gate>& gates) {
    Circuit c;
    c.add_qubits("q", qubits);
    for (const Gate& g : gates) {
        std::vector<QubitId> at;
        for (const std::uint32_t q : g.qubits) at.push_back(QubitId{q});
        const std::vector<Param> params(g.angles.begin(), g.angles.end());
        c.gate(g.kind, g.controls, at, params);
    }
    return c;
}

void expect_same(std::uint32_t qubits, const std::vector<Gate>& a, const std::vector<Gate>& b) {
    const Circuit x = circuit(qubits, a), y = circuit(qubits, b);
    ASSERT_LT(distance_up_to_phase(unitary_of(x), unitary_of(y)), 1e-12) << "not a law";
    EXPECT_TRUE(same_form(x, y));
}

TEST(CanonicalForm, gates_cancel_with_their_inverse) {
    expect_same(2, {{kX, 1, {0, 1}}, {kX, 1, {0, 1}}}, {});
    expect_same(1, {{kH, 0, {0}}, {kH, 0, {0}}}, {});
    expect_same(2, {{kH, 0, {1}}, {kX, 1, {0, 1}}, {kX, 1, {0, 1}}, {kH, 0, {1}}}, {});
    expect_same(3, {{kX, 2, {0, 1, 2}}, {kX, 2, {1, 0, 2}}}, {});
    expect_same(2, {{kRxx, 0, {0, 1}, {0.4}}, {kRxx, 0, {0, 1}, {-0.4}}}, {});
    expect_same(2, {{kEcr, 0, {0, 1}}, {kEcr, 0, {0, 1}}}, {});
}

TEST(CanonicalForm, cnots_with_a_shared_control_or_target_commute) {
    expect_same(3, {{kX, 1, {0, 1}}, {kX, 1, {0, 2}}}, {{kX, 1, {0, 2}}, {kX, 1, {0, 1}}});
    expect_same(3, {{kX, 1, {0, 2}}, {kX, 1, {1, 2}}}, {{kX, 1, {1, 2}}, {kX, 1, {0, 2}}});
}

TEST(CanonicalForm, cz_is_symmetric_and_a_cnot_between_two_h) {
    expect_same(2, {{kZ, 1, {0, 1}}}, {{kZ, 1, {1, 0}}});
    expect_same(2, {{kH, 0, {1}}, {kX, 1, {0, 1}}, {kH, 0, {1}}}, {{kZ, 1, {0, 1}}});
    expect_same(2, {{kH, 0, {0}}, {kH, 0, {1}}, {kX, 1, {0, 1}}, {kH, 0, {0}}, {kH, 0, {1}}},
                {{kX, 1, {1, 0}}});
}

TEST(CanonicalForm, rotations_pass_where_they_commute) {
    expect_same(2, {{kRz, 0, {0}, {0.3}}, {kX, 1, {0, 1}}}, {{kX, 1, {0, 1}}, {kP, 0, {0}, {0.3}}});
    expect_same(2, {{kRx, 0, {1}, {0.3}}, {kX, 1, {0, 1}}},
                {{kX, 1, {0, 1}}, {kRx, 0, {1}, {0.3}}});
    expect_same(2, {{kY, 1, {0, 1}}, {kRy, 0, {1}, {0.3}}},
                {{kRy, 0, {1}, {0.3}}, {kY, 1, {0, 1}}});
}

TEST(CanonicalForm, paulis_pass_and_leave_their_trace) {
    expect_same(2, {{kX, 0, {0}}, {kX, 1, {0, 1}}}, {{kX, 1, {0, 1}}, {kX, 0, {0}}, {kX, 0, {1}}});
    expect_same(2, {{kZ, 0, {1}}, {kX, 1, {0, 1}}}, {{kX, 1, {0, 1}}, {kZ, 0, {0}}, {kZ, 0, {1}}});
    expect_same(3, {{kX, 0, {0}}, {kX, 2, {0, 1, 2}}, {kX, 0, {0}}},
                {{kX, 1, {1, 2}}, {kX, 2, {0, 1, 2}}});
}

TEST(CanonicalForm, one_qubit_gates_merge) {
    expect_same(1, {{kH, 0, {0}}, {kT, 0, {0}}, {kH, 0, {0}}},
                {{kRx, 0, {0}, {0.7853981633974483}}});
    expect_same(1, {{kSx, 0, {0}}, {kSx, 0, {0}}}, {{kX, 0, {0}}});
    expect_same(1, {{kRz, 0, {0}, {0.2}}, {kRy, 0, {0}, {0.5}}, {kRz, 0, {0}, {0.9}}},
                {{kU, 0, {0}, {0.5, 0.9, 0.2}}});
}

TEST(CanonicalForm, two_qubit_gates_are_their_definitions) {
    expect_same(2, {{kIswap, 0, {0, 1}}},
                {{kZ, 1, {0, 1}}, {kS, 0, {0}}, {kS, 0, {1}}, {kSwap, 0, {1, 0}}});
    expect_same(2, {{kP, 1, {0, 1}, {0.6}}},
                {{kRzz, 0, {0, 1}, {-0.3}}, {kP, 0, {0}, {0.3}}, {kRz, 0, {1}, {0.3}}});
    expect_same(2, {{kSwap, 0, {0, 1}}, {kH, 0, {0}}}, {{kH, 0, {1}}, {kSwap, 0, {0, 1}}});
}

TEST(CanonicalForm, phases_of_parities_are_not_known) {
    // Equal as matrices; a program that uses this needs a certificate.
    EXPECT_FALSE(same_form(circuit(2, {{kRzz, 0, {0, 1}, {0.7}}}),
                           circuit(2, {{kX, 1, {0, 1}}, {kRz, 0, {1}, {0.7}}, {kX, 1, {0, 1}}})));
}

TEST(CanonicalForm, small_changes_are_seen) {
    const std::vector<Gate> base = {{kH, 0, {0}},
                                    {kX, 1, {0, 1}},
                                    {kP, 1, {1, 2}, {0.5}},
                                    {kRy, 0, {1}, {1.0}},
                                    {kX, 1, {1, 0}}};
    const Circuit reference = circuit(3, base);
    for (std::size_t i = 0; i < base.size(); ++i) {
        std::vector<Gate> gates = base;
        gates.erase(gates.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(same_form(reference, circuit(3, gates))) << "without gate " << i;
        gates = base;
        if (!gates[i].angles.empty()) {
            gates[i].angles[0] += 1e-6;
            EXPECT_FALSE(same_form(reference, circuit(3, gates))) << "angle of gate " << i;
        }
        if (i + 1 < base.size()) {
            gates = base;
            std::swap(gates[i], gates[i + 1]);
            EXPECT_FALSE(same_form(reference, circuit(3, gates))) << "exchanged " << i;
        }
    }
}

TEST(CanonicalForm, tiny_phases_add_up) {
    const std::vector<Gate> many(1000, Gate{kP, 1, {0, 1}, {5e-10}});
    EXPECT_TRUE(same_form(circuit(2, many), circuit(2, {{kP, 1, {0, 1}, {5e-7}}})));
    EXPECT_FALSE(same_form(circuit(2, many), circuit(2, {})));
}

TEST(CanonicalForm, many_negated_controls_stay_small) {
    const std::uint32_t n = 40;
    std::vector<Gate> gates;
    std::vector<std::uint32_t> all;
    for (std::uint32_t q = 0; q < n; ++q) {
        gates.push_back({kX, 0, {q}});
        all.push_back(q);
    }
    gates.push_back({kX, n - 1, all});
    EXPECT_TRUE(same_form(circuit(n, gates), circuit(n, gates)));
    std::vector<Gate> other = gates;
    other[3].kind = kY;
    EXPECT_FALSE(same_form(circuit(n, gates), circuit(n, other)));
}

/// Exchanges neighbours that commute as matrices.
Circuit shuffled(const Circuit& c, Random& random, int times) {
    Circuit out = c;
    Block& block = out.body();
    while (times-- > 0 && block.size() > 1) {
        const std::size_t i = random.below(block.size() - 1);
        Circuit ab = out, ba = out;
        ab.body() = {block[i], block[i + 1]};
        ba.body() = {block[i + 1], block[i]};
        if (distance_up_to_phase(unitary_of(ab), unitary_of(ba)) < 1e-12)
            std::swap(block[i], block[i + 1]);
    }
    return out;
}

/// Gates whose commutations the form knows: all but those with several non-diagonal operands,
/// which commute as a whole in ways that their steps do not.
bool simple(const Circuit& c) {
    return std::ranges::all_of(c.body(), [](const Operation& op) {
        const GateInfo& info = gate_info(op.gate);
        return info.targets < 2 || info.diagonal || op.gate == GateKind::kRzx;
    });
}

TEST(CanonicalForm, circuits_that_differ_by_commuting_neighbours_agree) {
    Random random(5);
    int tried = 0;
    for (std::uint64_t seed = 0; tried < 400; ++seed) {
        RandomCircuit c(4, seed);
        c.add_gates(10, 2);
        if (!simple(c.circuit)) continue;
        ++tried;
        EXPECT_TRUE(same_form(c.circuit, shuffled(c.circuit, random, 60))) << "seed " << seed;
    }
}

TEST(CanonicalForm, circuits_that_agree_have_the_same_matrix) {
    Random random(6);
    int agreed = 0, differed = 0;
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
        RandomCircuit c(3, seed);
        c.add_gates(5, 2);
        Circuit other = c.circuit;
        Block& block = other.body();
        const std::size_t i = random.below(block.size()), j = random.below(block.size());
        switch (random.below(5)) {  // near misses, some of them equal
            case 0:
                std::swap(block[i], block[j]);
                break;
            case 1:
                block.insert(block.begin() + static_cast<std::ptrdiff_t>(i), Operation(block[j]));
                break;
            case 2:
                block.erase(block.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            case 3:
                std::swap(other.operands[block[i].first_operand],
                          other.operands[block[i].first_operand + block[i].num_operands - 1]);
                break;
            default:
                if (!other.params.empty()) {
                    double& angle = other.params[random.below(other.params.size())].value;
                    angle = random.below(2) == 0 ? -angle : angle + 1e-6;
                }
        }
        const bool equal = distance_up_to_phase(unitary_of(c.circuit), unitary_of(other)) < 1e-8;
        const bool same = same_form(c.circuit, other);
        agreed += same;
        differed += !equal;
        ASSERT_TRUE(equal || !same) << "seed " << seed;
    }
    EXPECT_GT(agreed, 500);
    EXPECT_GT(differed, 2000);
}

}  // namespace
}  // namespace carillon::validation
