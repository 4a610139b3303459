// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/expectation.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/kernels/kernels.h"

namespace carillon::engine {
namespace {

/// <a| P |a>, by applying the Paulis to a copy of the amplitudes one after the other.
double naive(const std::vector<Complex>& a, const PauliTerm& term) {
    std::vector<Complex> b = a;
    for (const PauliFactor& f : term.factors) {
        const std::size_t bit = std::size_t{1} << f.qubit;
        for (std::size_t i = 0; i < b.size(); ++i) {
            if ((i & bit) != 0) continue;
            if (f.pauli != Pauli::kZ) std::swap(b[i], b[i | bit]);
            if (f.pauli == Pauli::kY) b[i] *= Complex{0, -1}, b[i | bit] *= Complex{0, 1};
            if (f.pauli == Pauli::kZ) b[i | bit] = -b[i | bit];
        }
    }
    Complex sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::conj(a[i]) * b[i];
    return sum.real();
}

PauliTerm random_term(int qubits, Random& random) {
    PauliTerm term{2 * random.uniform() - 1, {}};
    for (int q = 0; q < qubits; ++q)
        if (const auto p = random.below(5); p < 3)
            term.factors.push_back({static_cast<std::uint32_t>(q), static_cast<Pauli>(p)});
    return term;
}

template <class Real>
std::vector<AffineFrame::Handle> random_state(Register<Real>& reg, int qubits, int gates,
                                              bool clifford, Random& random) {
    std::vector<AffineFrame::Handle> q;
    for (int k = 0; k < qubits; ++k) q.push_back(reg.allocate());
    for (int g = 0; g < gates; ++g) {
        const auto a = q[random.below(qubits)];
        auto b = q[random.below(qubits)];
        while (b == a && qubits > 1) b = q[random.below(qubits)];
        switch (random.below(clifford ? 4 : 6)) {
            case 0:
                reg.gate(GateKind::kH, 0, {}, std::array{a});
                break;
            case 1:
                reg.gate(GateKind::kS, 0, {}, std::array{a});
                break;
            case 4:
                reg.gate(GateKind::kRy, 0, std::array{6 * random.uniform()}, std::array{a});
                break;
            case 5:
                reg.gate(GateKind::kRx, 0, std::array{6 * random.uniform()}, std::array{a});
                break;
            default:
                if (qubits > 1)
                    reg.gate(random.below(2) == 0 ? GateKind::kX : GateKind::kZ, 1, {},
                             std::array{a, b});
        }
    }
    return q;
}

template <class Real>
void check(int qubits, int gates, int terms, bool clifford, bool physical, Random& random,
           double tolerance) {
    Register<Real> reg({.threads = 2, .physical = physical});
    const auto q = random_state(reg, qubits, gates, clifford, random);
    PauliSum sum;
    for (int k = 0; k < terms; ++k) sum.terms.push_back(random_term(qubits, random));
    const Expectation found = expectation<Real>(reg, q, sum);
    const auto amplitudes = reg.amplitudes(q);
    double value = 0;
    for (int k = 0; k < terms; ++k) {
        const double expected = naive(amplitudes, sum.terms[k]);
        ASSERT_NEAR(found.terms[k], expected, tolerance) << qubits << " qubits, term " << k;
        value += sum.terms[k].coefficient * expected;
    }
    EXPECT_NEAR(found.value, value, tolerance * terms);
}

TEST(Expectation, equals_paulis_applied_one_by_one) {
    Random random(31);
    for (int trial = 0; trial < 60; ++trial)
        for (const bool physical : {false, true})
            check<double>(1 + trial % 9, 3 * (1 + trial % 9), 25, trial % 3 == 0, physical, random,
                          1e-12);
}

TEST(Expectation, holds_on_every_instruction_set_and_over_many_tiles) {
    // 14 qubits are four tiles, so flips leave tiles, alone and together.
    Random random(32);
    for (const std::string& set : kernels::instruction_sets()) {
        kernels::use_instruction_set(set);
        check<double>(14, 60, 40, false, true, random, 1e-12);
        check<float>(14, 60, 40, false, true, random, 1e-5);
    }
    kernels::use_instruction_set("");
}

TEST(Expectation, a_hamiltonian_of_the_size_of_lithium_hydride_takes_one_pass) {
    // 631 terms on 12 qubits, like LiH: strings of Z, and two or four X or Y with Zs between.
    Random random(33);
    Register<double> reg({.threads = 2});
    const auto q = random_state(reg, 12, 150, false, random);
    PauliSum sum;
    std::set<std::uint64_t> flips;
    while (sum.terms.size() < 631) {
        PauliTerm term{random.uniform() - 0.5, {}};
        const std::uint64_t weight = 2 * random.below(3);
        std::set<std::uint32_t> ends;
        while (ends.size() < weight) ends.insert(static_cast<std::uint32_t>(random.below(12)));
        for (std::uint32_t k = 0; k < 12; ++k) {
            if (ends.contains(k))
                term.factors.push_back({k, random.below(2) == 0 ? Pauli::kX : Pauli::kY});
            else if (random.below(2) == 0)
                term.factors.push_back({k, Pauli::kZ});
        }
        sum.terms.push_back(std::move(term));
    }
    const Expectation found = expectation<double>(reg, q, sum);
    const auto amplitudes = reg.amplitudes(q);
    double value = 0;
    for (const PauliTerm& term : sum.terms) value += term.coefficient * naive(amplitudes, term);
    EXPECT_NEAR(found.value, value, 1e-10);
    EXPECT_EQ(found.passes, 1);
    EXPECT_LT(found.groups, 631);
}

TEST(Expectation, stabilizers_of_a_ghz_state_take_no_pass) {
    Register<double> reg({.threads = 1});
    std::vector<AffineFrame::Handle> q;
    for (int k = 0; k < 300; ++k) q.push_back(reg.allocate());
    reg.gate(GateKind::kH, 0, {}, std::array{q[0]});
    for (int k = 1; k < 300; ++k) reg.gate(GateKind::kX, 1, {}, std::array{q[0], q[k]});
    PauliSum sum;
    PauliTerm all{1, {}};
    for (std::uint32_t k = 0; k < 300; ++k) all.factors.push_back({k, Pauli::kX});
    sum.terms = {all, {1, {{3, Pauli::kZ}, {250, Pauli::kZ}}}, {1, {{3, Pauli::kZ}}}, {2, {}}};
    sum.terms.push_back(all);
    sum.terms.back().factors[7].pauli = Pauli::kY;  // X...Y...X is odd in the signs
    sum.terms.push_back(sum.terms.back());
    sum.terms.back().factors[8].pauli = Pauli::kY;  // two Y give -1
    const Expectation found = expectation<double>(reg, q, sum);
    EXPECT_EQ(found.terms, (std::vector<double>{1, 1, 0, 1, 0, -1}));
    EXPECT_EQ(found.value, 1 + 1 + 2 - 1);
    EXPECT_EQ(found.passes, 0);
}

TEST(Expectation, of_one_rotated_qubit_is_its_bloch_vector) {
    Register<double> reg({.threads = 1});
    const auto h = reg.allocate();
    reg.gate(GateKind::kRy, 0, std::array{0.7}, std::array{h});
    reg.gate(GateKind::kRz, 0, std::array{0.4}, std::array{h});
    const PauliSum sum{{{1, {{0, Pauli::kX}}}, {1, {{0, Pauli::kY}}}, {1, {{0, Pauli::kZ}}}}};
    const Expectation found = expectation<double>(reg, std::array{h}, sum);
    EXPECT_NEAR(found.terms[0], std::sin(0.7) * std::cos(0.4), 1e-14);
    EXPECT_NEAR(found.terms[1], std::sin(0.7) * std::sin(0.4), 1e-14);
    EXPECT_NEAR(found.terms[2], std::cos(0.7), 1e-14);
}

TEST(Expectation, a_qubit_that_is_not_there_is_refused) {
    Register<double> reg({.threads = 1});
    const auto h = reg.allocate();
    EXPECT_THROW(expectation<double>(reg, std::array{h}, {{{1, {{1, Pauli::kZ}}}}}), InputError);
}

}  // namespace
}  // namespace carillon::engine
