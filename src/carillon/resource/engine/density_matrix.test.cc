// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/density_matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::engine {
namespace {

constexpr Complex kI{0, 1};

/// A density matrix as a dense matrix; everything is written as products of full matrices.
class Naive {
  public:
    explicit Naive(int qubits) : rho(Matrix::identity(qubits)) {
        for (Complex& v : rho.data) v = 0;
        rho(0, 0) = 1;
    }
    /// The matrix on all qubits, by its definition.
    Matrix full(const Matrix& m, std::span<const int> on) const {
        Matrix result = Matrix::identity(rho.qubits);
        std::size_t mask = 0;
        for (const int q : on) mask |= std::size_t{1} << q;
        const auto operand = [&](std::size_t i) {
            std::size_t bits = 0;
            for (std::size_t k = 0; k < on.size(); ++k) bits |= (i >> on[k] & 1) << k;
            return bits;
        };
        for (std::size_t row = 0; row < result.dim(); ++row)
            for (std::size_t col = 0; col < result.dim(); ++col)
                result(row, col) =
                    (row & ~mask) == (col & ~mask) ? m(operand(row), operand(col)) : Complex{};
        return result;
    }
    void apply(std::span<const Matrix> kraus, std::span<const int> on) {
        Matrix sum = rho;
        for (Complex& v : sum.data) v = 0;
        for (const Matrix& k : kraus) {
            const Matrix f = full(k, on);
            const Matrix part = multiply(multiply(f, rho), adjoint(f));
            for (std::size_t i = 0; i < sum.data.size(); ++i) sum.data[i] += part.data[i];
        }
        rho = sum;
    }
    template <class Real>
    double error(const DensityMatrix<Real>& other) const {
        double worst = 0;
        for (std::size_t row = 0; row < rho.dim(); ++row)
            for (std::size_t col = 0; col < rho.dim(); ++col)
                worst = std::max(worst, std::abs(rho(row, col) - other.entry(row, col)));
        return worst;
    }
    Matrix rho;
};

Matrix scaled(Matrix m, double factor) {
    for (Complex& v : m.data) v *= factor;
    return m;
}

Matrix pauli(int index) {
    static const GateKind kinds[] = {GateKind::kId, GateKind::kX, GateKind::kY, GateKind::kZ};
    return gate_matrix(kinds[index], {});
}

/// a on operand 0, b on operand 1.
Matrix kron(const Matrix& a, const Matrix& b) {
    Matrix m{a.qubits + b.qubits, std::vector<Complex>(a.data.size() * b.data.size())};
    for (std::size_t i = 0; i < m.dim(); ++i)
        for (std::size_t j = 0; j < m.dim(); ++j)
            m(i, j) = a(i & (a.dim() - 1), j & (a.dim() - 1)) * b(i >> a.qubits, j >> a.qubits);
    return m;
}

/// Depolarizing as Paulis: all of the 4^n with p/4^n, and the identity with 1 - p more.
std::vector<Matrix> depolarizing_kraus(int qubits, double p) {
    std::vector<Matrix> kraus;
    const double each = p / (qubits == 1 ? 4 : 16);
    for (int a = 0; a < 4; ++a)
        for (int b = 0; b < (qubits == 1 ? 1 : 4); ++b) {
            const double weight = each + (a == 0 && b == 0 ? 1 - p : 0);
            const Matrix m = qubits == 1 ? pauli(a) : kron(pauli(a), pauli(b));
            kraus.push_back(scaled(m, std::sqrt(weight)));
        }
    return kraus;
}

std::vector<Matrix> amplitude_damping_kraus(double gamma, double excited) {
    const double down = std::sqrt(1 - excited), up = std::sqrt(excited), c = std::sqrt(1 - gamma),
                 s = std::sqrt(gamma);
    return {{1, {down, 0, 0, down * c}},
            {1, {0, down * s, 0, 0}},
            {1, {up * c, 0, 0, up}},
            {1, {0, 0, up * s, 0}}};
}

template <class Real>
class DensityMatrices : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(DensityMatrices, Precisions);

TYPED_TEST(DensityMatrices, random_noisy_circuits_equal_dense_matrices) {
    const double tolerance = sizeof(TypeParam) == 4 ? 2e-5 : 1e-12;
    Random random(5);
    for (int trial = 0; trial < 60; ++trial) {
        // Seven qubits are two threads' work in passes over tiles.
        const int qubits = trial == 0 ? 7 : 1 + static_cast<int>(random.below(5));
        Naive naive(qubits);
        DensityMatrix<TypeParam> rho(qubits, {.threads = 1 + static_cast<int>(random.below(2))});
        for (int step = 0; step < (trial == 0 ? 12 : 25); ++step) {
            std::vector<int> all(static_cast<std::size_t>(qubits));
            std::iota(all.begin(), all.end(), 0);
            for (std::size_t k = 0; k + 1 < all.size(); ++k)
                std::swap(all[k], all[k + random.below(all.size() - k)]);
            const std::span<const int> one{all.data(), 1}, two{all.data(), 2};
            const double p = random.uniform();
            switch (random.below(qubits == 1 ? 6 : 11)) {
                case 0:
                case 1: {
                    const double angles[] = {6 * p, 5 * random.uniform(), 4 * random.uniform()};
                    rho.gate(GateKind::kU3, 0, angles, one);
                    naive.apply(std::vector{gate_matrix(GateKind::kU3, angles)}, one);
                    break;
                }
                case 2:
                    rho.apply(depolarizing(1, p / 4), one);
                    naive.apply(depolarizing_kraus(1, p / 4), one);
                    break;
                case 3: {
                    const double excited = random.uniform();
                    rho.apply(amplitude_damping(p, excited), one);
                    naive.apply(amplitude_damping_kraus(p, excited), one);
                    break;
                }
                case 4:
                    rho.reset(all[0]);
                    naive.apply(std::vector<Matrix>{{1, {1, 0, 0, 0}}, {1, {0, 1, 0, 0}}}, one);
                    break;
                case 5:
                    rho.dephase(all[0]);
                    naive.apply(std::vector<Matrix>{{1, {1, 0, 0, 0}}, {1, {0, 0, 0, 1}}}, one);
                    break;
                case 6:
                case 7: {
                    const GateKind kinds[] = {GateKind::kX, GateKind::kSx, GateKind::kP,
                                              GateKind::kRy};
                    const GateKind kind = kinds[random.below(4)];
                    const std::vector<double> angles(gate_info(kind).params, 3 * p);
                    rho.gate(kind, 1, angles, two);
                    naive.apply(std::vector{add_controls(gate_matrix(kind, angles), 1)}, two);
                    break;
                }
                case 8: {
                    const GateKind kinds[] = {GateKind::kSwap, GateKind::kRzz, GateKind::kRyy,
                                              GateKind::kRzx, GateKind::kEcr};
                    const GateKind kind = kinds[random.below(5)];
                    const std::vector<double> angles(gate_info(kind).params, 3 * p);
                    rho.gate(kind, 0, angles, two);
                    naive.apply(std::vector{gate_matrix(kind, angles)}, two);
                    break;
                }
                case 9:
                    rho.apply(depolarizing(2, p / 4), two);
                    naive.apply(depolarizing_kraus(2, p / 4), two);
                    break;
                default:
                    if (qubits < 3) break;
                    rho.gate(GateKind::kY, 2, {}, {all.data(), 3});
                    naive.apply(std::vector{add_controls(pauli(2), 2)}, {all.data(), 3});
            }
        }
        ASSERT_LT(naive.error(rho), tolerance) << "trial " << trial;
        ASSERT_NEAR(rho.trace(), 1, 10 * tolerance);
        ASSERT_NEAR(
            rho.purity(),
            multiply(naive.rho, naive.rho).data[0].real() +
                [&] {
                    double rest = 0;
                    const Matrix square = multiply(naive.rho, naive.rho);
                    for (std::size_t i = 1; i < square.dim(); ++i) rest += square(i, i).real();
                    return rest;
                }(),
            10 * tolerance);
    }
}

TYPED_TEST(DensityMatrices, a_larger_pure_circuit_equals_the_state_vector) {
    const double tolerance = sizeof(TypeParam) == 4 ? 1e-5 : 1e-12;
    const int qubits = 7;
    Random random(9);
    StateVector<double> state({.threads = 1});
    state.reset(qubits);
    DensityMatrix<TypeParam> rho(qubits, {.threads = 2});
    for (int step = 0; step < 120; ++step) {
        const int a = static_cast<int>(random.below(7)), b = (a + 1 + random.below(6)) % 7;
        const double angle = 6 * random.uniform();
        const std::vector<int> on{a, b};
        const GateKind kinds[] = {GateKind::kRy, GateKind::kP, GateKind::kU3, GateKind::kRxx};
        const GateKind kind = kinds[random.below(4)];
        const std::vector<double> angles(gate_info(kind).params, angle);
        const int controls = kind == GateKind::kRxx ? 0 : static_cast<int>(random.below(2));
        const auto targets = static_cast<std::size_t>(gate_info(kind).targets + controls);
        rho.gate(kind, controls, angles, std::span(on).first(targets));
        state.apply(add_controls(gate_matrix(kind, angles), controls),
                    std::span(on).first(targets));
    }
    EXPECT_NEAR(rho.fidelity(state.amplitudes()), 1, tolerance * 20);
    EXPECT_NEAR(rho.purity(), 1, tolerance * 20);
}

TEST(DensityMatrix, a_bell_pair_under_depolarizing_noise_is_a_werner_state) {
    // (1 - p) |Phi+><Phi+| + p 1/4 has fidelity 1 - 3p/4.
    const double p = 0.12;
    DensityMatrix<double> rho(2);
    rho.gate(GateKind::kH, 0, {}, std::array{0});
    rho.gate(GateKind::kX, 1, {}, std::array{0, 1});
    rho.apply(depolarizing(2, p), std::array{0, 1});
    const double r = std::numbers::sqrt2 / 2;
    const std::vector<Complex> bell{r, 0, 0, r};
    EXPECT_NEAR(rho.fidelity(bell), 1 - 0.75 * p, 1e-14);
    EXPECT_NEAR(rho.purity(), (1 - p) * (1 - p) + p * (1 - p) / 2 + p * p / 4, 1e-14);
    EXPECT_NEAR(rho.expectation(3, 0), 1 - p, 1e-14);     // XX
    EXPECT_NEAR(rho.expectation(3, 3), -(1 - p), 1e-14);  // YY
    EXPECT_NEAR(rho.expectation(0, 3), 1 - p, 1e-14);     // ZZ
    EXPECT_NEAR(rho.expectation(1, 0), 0, 1e-14);
}

TEST(DensityMatrix, relaxation_decays_populations_by_t1_and_coherences_by_t2) {
    DensityMatrix<double> rho(1);
    rho.gate(GateKind::kX, 0, {}, std::array{0});
    for (int k = 0; k < 4; ++k) rho.apply(relaxation(10, 50, 70), std::array{0});
    EXPECT_NEAR(rho.probability(0), std::exp(-40.0 / 50), 1e-14);
    DensityMatrix<double> plus(1);
    plus.gate(GateKind::kH, 0, {}, std::array{0});
    plus.apply(relaxation(40, 50, 70, 0.1), std::array{0});
    EXPECT_NEAR(plus.entry(1, 0).real(), 0.5 * std::exp(-40.0 / 70), 1e-14);
    EXPECT_NEAR(plus.probability(0), 0.1 + 0.4 * std::exp(-40.0 / 50), 1e-14);
}

TEST(DensityMatrix, both_halves_of_a_werner_pair_relax_as_the_closed_form_says) {
    // F = (p00 + p11)/2 + (w/2) exp(-2t/T2) with e = exp(-t/T1), p11 = (1+w)/4 e^2,
    // p01 = (1-w)/4 e + (1+w)/4 e(1-e), p00 = 1 - p11 - 2 p01; 0.7561... for F0 = 0.95.
    const double w = (4 * 0.95 - 1) / 3;
    DensityMatrix<double> rho(2);
    rho.gate(GateKind::kH, 0, {}, std::array{0});
    rho.gate(GateKind::kX, 1, {}, std::array{0, 1});
    rho.apply(depolarizing(2, 1 - w), std::array{0, 1});
    for (const int q : {0, 1}) rho.apply(relaxation(0.1, 1, 0.5), {&q, 1});
    const double r = std::numbers::sqrt2 / 2;
    EXPECT_NEAR(rho.fidelity(std::vector<Complex>{r, 0, 0, r}), 0.756117176453, 1e-12);
}

TEST(DensityMatrix, simple_channels_have_their_textbook_effect) {
    const auto on_plus = [](const Channel& channel) {
        DensityMatrix<double> rho(1);
        rho.gate(GateKind::kH, 0, {}, std::array{0});
        rho.apply(channel, std::array{0});
        return rho.entry(0, 1).real();
    };
    EXPECT_NEAR(on_plus(phase_flip(0.2)), 0.5 * 0.6, 1e-15);
    EXPECT_NEAR(on_plus(phase_damping(0.36)), 0.5 * 0.8, 1e-15);
    EXPECT_NEAR(on_plus(bit_flip(0.2)), 0.5, 1e-15);
    EXPECT_NEAR(on_plus(pauli_channel(std::array{0.1, 0.2, 0.3})), 0.5 * (1 - 2 * 0.5), 1e-15);
    EXPECT_NEAR(on_plus(kraus_channel(amplitude_damping_kraus(0.3, 0.25))), 0.5 * std::sqrt(0.7),
                1e-15);
    DensityMatrix<double> zero(1);
    zero.apply(bit_flip(0.2), std::array{0});
    EXPECT_NEAR(zero.probability(0), 0.2, 1e-15);
}

TEST(DensityMatrix, a_pauli_channel_on_two_qubits_equals_its_kraus_operators) {
    std::vector<double> p(15);
    std::vector<Matrix> kraus{scaled(Matrix::identity(2), std::sqrt(1 - 15 * 16 / 2 * 0.004))};
    for (std::size_t k = 1; k < 16; ++k) {
        p[k - 1] = 0.004 * static_cast<double>(k);
        kraus.push_back(
            scaled(kron(pauli(static_cast<int>(k & 3)), pauli(static_cast<int>(k >> 2))),
                   std::sqrt(p[k - 1])));
    }
    const Matrix a = pauli_channel(p).superoperator, b = kraus_channel(kraus).superoperator;
    for (std::size_t i = 0; i < a.data.size(); ++i)
        ASSERT_LT(std::abs(a.data[i] - b.data[i]), 1e-14);
}

TEST(DensityMatrix, projection_normalises_and_tells_the_probability) {
    DensityMatrix<double> rho(2);
    rho.gate(GateKind::kRy, 0, std::array{0.8}, std::array{0});
    rho.gate(GateKind::kX, 1, {}, std::array{0, 1});
    DensityMatrix<double> other = rho;
    const double one = std::pow(std::sin(0.4), 2);
    EXPECT_NEAR(rho.project(0, true), one, 1e-14);
    EXPECT_NEAR(rho.entry(3, 3).real(), 1, 1e-14);
    EXPECT_NEAR(other.project(1, false), 1 - one, 1e-14);
    EXPECT_NEAR(other.trace(), 1, 1e-14);
    EXPECT_THROW(other.project(0, true), InputError);
}

TEST(DensityMatrix, partial_trace_of_a_ghz_state_is_a_mixture) {
    DensityMatrix<double> rho(3);
    rho.gate(GateKind::kH, 0, {}, std::array{0});
    rho.gate(GateKind::kX, 1, {}, std::array{0, 1});
    rho.gate(GateKind::kX, 1, {}, std::array{1, 2});
    rho.gate(GateKind::kX, 0, {}, std::array{2});
    const auto part = rho.partial_trace(std::array{2, 0});
    EXPECT_NEAR(part.entry(1, 1).real(), 0.5, 1e-15);  // qubit 2 is 1, qubit 0 is 0
    EXPECT_NEAR(part.entry(2, 2).real(), 0.5, 1e-15);
    EXPECT_NEAR(std::abs(part.entry(1, 2)), 0, 1e-15);
    EXPECT_NEAR(part.purity(), 0.5, 1e-14);
}

TEST(DensityMatrix, depolarizing_many_qubits_replaces_them_by_mixed_ones) {
    DensityMatrix<double> rho(4), dense(4);
    for (DensityMatrix<double>* r : {&rho, &dense})
        for (int q = 0; q < 4; ++q) {
            r->gate(GateKind::kRy, 0, std::array{0.3 + q}, {&q, 1});
            if (q > 0) r->gate(GateKind::kX, 1, {}, std::array{q - 1, q});
        }
    rho.depolarize(0.3, std::array{3, 0, 2});
    dense.apply(depolarizing(3, 0.3), std::array{3, 0, 2});
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < 16; ++j)
            ASSERT_LT(std::abs(rho.entry(i, j) - dense.entry(i, j)), 1e-14);
}

TEST(DensityMatrix, a_gate_and_its_noise_are_one_pass) {
    DensityMatrix<double> rho(6, {.threads = 1});
    const auto before = rho.passes();
    for (int k = 0; k < 3; ++k) {
        rho.gate(GateKind::kH, 0, {}, std::array{0});
        rho.apply(depolarizing(1, 0.1), std::array{0});
        rho.gate(GateKind::kX, 1, {}, std::array{0, 4});
        rho.apply(depolarizing(2, 0.1), std::array{4, 0});
        rho.apply(relaxation(1, 5, 5), std::array{4});
    }
    EXPECT_EQ(rho.passes() - before, 1U);
}

TEST(ReadoutError, acts_as_a_classical_map) {
    std::vector<double> p{0.5, 0.0, 0.0, 0.5};
    misread(p, std::vector<ReadoutError>{{0.1, 0.2}, {0, 0.25}});
    EXPECT_NEAR(p[0], 0.5 * 0.9 + 0.5 * 0.2 * 0.25, 1e-15);
    EXPECT_NEAR(p[1], 0.5 * 0.1 + 0.5 * 0.8 * 0.25, 1e-15);
    EXPECT_NEAR(p[2], 0.5 * 0.2 * 0.75, 1e-15);
    EXPECT_NEAR(p[3], 0.5 * 0.8 * 0.75, 1e-15);
}

TEST(DensityMatrix, refuses_what_is_not_physical) {
    const double nan = std::nan("");
    DensityMatrix<double> rho(2);
    EXPECT_THROW(rho.gate(GateKind::kRx, 0, std::array{nan}, std::array{0}), InputError);
    EXPECT_THROW(rho.gate(GateKind::kX, 1, {}, std::array{1, 1}), InputError);
    EXPECT_THROW(rho.unitary({1, {1, 1, 0, 1}}, 0, std::array{0}), InputError);
    EXPECT_THROW(rho.unitary({1, {nan, 0, 0, 1}}, 0, std::array{0}), InputError);
    EXPECT_THROW(depolarizing(1, nan), InputError);
    EXPECT_THROW(depolarizing(1, 1.34), InputError);
    EXPECT_THROW(pauli_channel(std::array{0.5, 0.4, 0.2}), InputError);
    EXPECT_THROW(pauli_channel(std::array{0.5, 0.4}), InputError);
    EXPECT_THROW(relaxation(1, 10, 21), InputError);
    EXPECT_THROW(relaxation(-1, 10, 20), InputError);
    EXPECT_THROW(kraus_channel(std::vector<Matrix>{{1, {1, 0, 0, 0.5}}}), InputError);
    EXPECT_THROW(check(ReadoutError{1.5, 0}), InputError);
}

TEST(DensityMatrix, says_how_many_qubits_would_fit) {
    try {
        DensityMatrix<double> rho(14, {.max_memory_bytes = std::uint64_t{1} << 30});
        FAIL();
    } catch (const ResourceError& e) {
        EXPECT_STREQ(e.what(),
                     "a density matrix of 14 qubits in double precision needs 4.0 GiB, and 1.0 GiB "
                     "are allowed; 13 qubits would fit, single precision needs half");
    }
    EXPECT_THROW(DensityMatrix<float>(25), ResourceError);
}

}  // namespace
}  // namespace carillon::engine
