// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/evolution.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <mutex>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::engine {
namespace {

using Vector = Eigen::VectorXcd;

/// Paulis on up to `most` random qubits each.
PauliSum random_sum(Random& random, int qubits, int terms, std::uint64_t most) {
    PauliSum sum;
    for (int t = 0; t < terms; ++t) {
        PauliTerm term{.coefficient = random.uniform() - 0.3, .factors = {}};
        for (std::uint32_t q = 0; q < static_cast<std::uint32_t>(qubits); ++q)
            if (term.factors.size() < most && random.below(3) == 0)
                term.factors.push_back({q, static_cast<Pauli>(random.below(3))});
        sum.terms.push_back(term);
    }
    return sum;
}

/// XX + YY + ZZ / 2 on neighbours, and a field.
PauliSum heisenberg(std::uint32_t qubits) {
    PauliSum sum;
    for (std::uint32_t q = 0; q + 1 < qubits; ++q)
        for (const Pauli p : {Pauli::kX, Pauli::kY, Pauli::kZ})
            sum.terms.push_back({p == Pauli::kZ ? 0.5 : 1.0, {{q, p}, {q + 1, p}}});
    for (std::uint32_t q = 0; q < qubits; ++q)
        sum.terms.push_back({0.1 * (q + 1), {{q, Pauli::kX}}});
    return sum;
}

Eigen::Matrix2cd pauli_matrix(Pauli p) {
    Eigen::Matrix2cd m;
    if (p == Pauli::kX) m << 0, 1, 1, 0;
    if (p == Pauli::kY) m << 0, Complex(0, -1), Complex(0, 1), 0;
    if (p == Pauli::kZ) m << 1, 0, 0, -1;
    return m;
}

/// From Kronecker products.
Eigen::MatrixXcd dense(const PauliSum& sum, std::uint32_t qubits) {
    Eigen::MatrixXcd total = Eigen::MatrixXcd::Zero(1 << qubits, 1 << qubits);
    for (const PauliTerm& term : sum.terms) {
        Eigen::MatrixXcd product = Eigen::MatrixXcd::Identity(1, 1);
        for (std::uint32_t q = 0; q < qubits; ++q) {
            Eigen::Matrix2cd factor = Eigen::Matrix2cd::Identity();
            for (const PauliFactor& f : term.factors)
                if (f.qubit == q) factor = pauli_matrix(f.pauli);
            Eigen::MatrixXcd next(product.rows() * 2, product.cols() * 2);
            for (int r = 0; r < 2; ++r)
                for (int c = 0; c < 2; ++c)
                    next.block(r * product.rows(), c * product.cols(), product.rows(),
                               product.cols()) = factor(r, c) * product;
            product = next;
        }
        total += term.coefficient * product;
    }
    return total;
}

/// exp(-i H time) v by the eigenvectors of H.
Vector exact(const PauliSum& sum, std::uint32_t qubits, double time, const Vector& v) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> solver(dense(sum, qubits));
    const Vector phases = (solver.eigenvalues().cast<Complex>() * Complex(0, -time)).array().exp();
    return solver.eigenvectors() * phases.asDiagonal() * solver.eigenvectors().adjoint() * v;
}

Vector random_vector(int qubits) {
    Random random(17);
    Vector v(1 << qubits);
    for (auto& a : v) a = {random.uniform() - 0.5, random.uniform() - 0.5};
    return v.normalized();
}

void load(StateVector<double>& state, const Vector& v) {
    state.fill([&](std::uint64_t first, std::span<Complex> out) {
        for (std::uint64_t k = 0; k < out.size(); ++k)
            out[k] = v[static_cast<Eigen::Index>(first + k)];
    });
}

Vector amplitudes(const StateVector<double>& state) {
    const auto list = state.amplitudes();
    return Eigen::Map<const Vector>(list.data(), static_cast<Eigen::Index>(list.size()));
}

Vector evolved(const PauliSum& sum, int qubits, const Evolution& how, const Vector& v) {
    StateVector<double> state({.threads = 1});
    state.reset(qubits);
    load(state, v);
    evolve(state, strings_of(sum), how);
    return amplitudes(state);
}

TEST(Evolution, rotation_about_any_string_is_the_matrix_exponential) {
    constexpr int kQubits = 6;
    Random random(3);
    const Vector v = random_vector(kQubits);
    for (int trial = 0; trial < 40; ++trial) {
        const PauliSum one = random_sum(random, kQubits, 1, 6);
        const Vector found =
            evolved(one, kQubits, {.method = EvolutionMethod::kTrotter1, .time = 0.8}, v);
        EXPECT_LT((found - exact(one, kQubits, 0.8, v)).norm(), 1e-13);
    }
}

TEST(Evolution, chebyshev_is_exact_to_rounding) {
    Random random(5);
    const Vector v = random_vector(8);
    for (const double time : {-1.5, 0.01, 4.0}) {
        const PauliSum sum = random_sum(random, 8, 30, 8);
        const Vector found =
            evolved(sum, 8, {.method = EvolutionMethod::kChebyshev, .time = time}, v);
        EXPECT_LT((found - exact(sum, 8, time, v)).norm(), 1e-11) << time;
    }
}

TEST(Evolution, trotter_errors_fall_with_the_order_of_the_formula) {
    constexpr int kQubits = 6;
    const PauliSum sum = heisenberg(kQubits);
    const Vector v = random_vector(kQubits), right = exact(sum, kQubits, 1, v);
    const std::vector<std::pair<EvolutionMethod, double>> orders = {
        {EvolutionMethod::kTrotter1, 1},
        {EvolutionMethod::kTrotter2, 2},
        {EvolutionMethod::kTrotter4, 4}};
    for (const auto& [method, order] : orders) {
        const auto error = [&, m = method](int steps) {
            return (evolved(sum, kQubits, {.method = m, .time = 1, .steps = steps}, v) - right)
                .norm();
        };
        EXPECT_NEAR(std::log2(error(32) / error(64)), order, 0.15);
    }
}

TEST(Evolution, keeps_norm_and_energy) {
    const PauliSum sum = heisenberg(10);
    StateVector<double> state({.threads = 1});
    state.reset(10);
    load(state, random_vector(10));
    const PauliStrings h = strings_of(sum);
    const double before = energy(state, h);
    evolve(state, h, {.method = EvolutionMethod::kChebyshev, .time = 3});
    EXPECT_NEAR(state.weight(), 1, 1e-12);
    EXPECT_NEAR(energy(state, h), before, 1e-11);
    evolve(state, h, {.method = EvolutionMethod::kTrotter4, .time = 1, .steps = 40});
    EXPECT_NEAR(state.weight(), 1, 1e-12);
    EXPECT_NEAR(energy(state, h), before, 1e-4);
}

TEST(Evolution, energy_is_that_of_the_dense_matrix) {
    Random random(8);
    const PauliSum sum = random_sum(random, 7, 20, 7);
    const Vector v = random_vector(7);
    StateVector<double> state({.threads = 1});
    state.reset(7);
    load(state, v);
    EXPECT_NEAR(energy(state, strings_of(sum)), (v.adjoint() * dense(sum, 7) * v)(0).real(), 1e-13);
}

TEST(Evolution, gives_the_same_over_ranks) {
    constexpr int kQubits = 15;
    Random random(2);
    PauliSum sum = heisenberg(kQubits);
    for (const PauliTerm& term : random_sum(random, kQubits, 10, 6).terms)
        sum.terms.push_back(term);
    const PauliStrings h = strings_of(sum);
    Vector zero = Vector::Zero(1 << kQubits);
    zero[0] = 1;
    for (const auto method : {EvolutionMethod::kTrotter2, EvolutionMethod::kChebyshev}) {
        const bool from_zero = method == EvolutionMethod::kChebyshev;
        const Vector v = from_zero ? zero : random_vector(kQubits);
        const Evolution how{.method = method, .time = 0.3, .steps = 2};
        const Vector alone = evolved(sum, kQubits, how, v);
        std::mutex mutex;
        for (const int ranks : {4, 5})
            host::run_as_threads({.ranks = ranks, .ranks_per_node = 2}, [&](host::Ranks& host) {
                StateVector<double> state({.threads = 1, .ranks = &host, .spread_axes = 1});
                state.reset(kQubits);
                if (!from_zero) load(state, v);
                evolve(state, h, how);
                const double e = energy(state, h);
                const Vector found = amplitudes(state);
                const std::lock_guard lock(mutex);
                EXPECT_NE(state.large(), nullptr);
                EXPECT_LT((found - alone).norm(), 1e-11);
                EXPECT_TRUE(std::isfinite(e));
            });
    }
}

TEST(Evolution, single_precision_stays_within_its_rounding) {
    const PauliSum sum = heisenberg(8);
    StateVector<float> state({.threads = 1});
    state.reset(8);
    Vector v = Vector::Zero(256);
    v[0] = 1;
    evolve(state, strings_of(sum), {.method = EvolutionMethod::kChebyshev, .time = 1});
    const auto found = state.amplitudes();
    const Vector right = exact(sum, 8, 1, v);
    for (std::size_t k = 0; k < found.size(); ++k)
        EXPECT_LT(std::abs(found[k] - right[static_cast<Eigen::Index>(k)]), 1e-5);
}

TEST(Evolution, refuses_no_steps_and_infinite_times) {
    StateVector<double> state;
    state.reset(2);
    const PauliStrings h = strings_of(heisenberg(2));
    EXPECT_THROW(evolve(state, h, {.time = 1, .steps = 0}), InputError);
    EXPECT_THROW(evolve(state, h, {.time = INFINITY}), InputError);
}

TEST(Evolution, bessel_functions_meet_their_table) {
    // Abramowitz and Stegun, tables 9.1 and 9.4.
    const auto at1 = bessel(1, 1e-16), at10 = bessel(10, 1e-16);
    EXPECT_NEAR(at1[0], 0.765197686557966, 1e-14);
    EXPECT_NEAR(at1[5], 2.497577302e-4, 1e-13);
    EXPECT_NEAR(at10[1], 0.043472746168861, 1e-14);
    EXPECT_NEAR(at10[10], 0.2074861066, 1e-10);
    EXPECT_EQ(bessel(0, 1e-12).size(), 1U);
}

}  // namespace
}  // namespace carillon::engine
