// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/channel.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <string>

#include "carillon/base/error.h"
#include "carillon/resource/engine/apply_gate.h"

namespace carillon::engine {

namespace {

constexpr double kComplete = 1e-9;
constexpr int kMostQubits = 4;  ///< of a channel given as a matrix

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

void check_range(const char* name, double value, double most) {
    if (value >= 0 && value <= most) return;
    throw InputError(std::string(name) + " must be from 0 to " + number_text(most) + ", got " +
                     number_text(value));
}

Matrix zeros(int qubits) {
    Matrix m = Matrix::identity(qubits);
    m.data.assign(m.data.size(), 0);
    return m;
}

/// Channels with few numbers: populations and coherences of one qubit do not mix.
Channel one_qubit(double zero_stays, double zero_from_one, double coherence) {
    Channel c{1, zeros(2)};
    Matrix& s = c.superoperator;
    s(0, 0) = zero_stays;
    s(3, 0) = 1 - zero_stays;
    s(0, 3) = zero_from_one;
    s(3, 3) = 1 - zero_from_one;
    s(1, 1) = s(2, 2) = coherence;
    return c;
}

/// Adds K rho K^dagger.
void add_kraus(Matrix& s, const Matrix& k) {
    const std::size_t dim = k.dim();
    for (std::size_t to_col = 0; to_col < dim; ++to_col)
        for (std::size_t col = 0; col < dim; ++col) {
            const Complex right = std::conj(k(to_col, col));
            if (right == Complex{}) continue;
            for (std::size_t to_row = 0; to_row < dim; ++to_row)
                for (std::size_t row = 0; row < dim; ++row)
                    s(to_row | to_col << k.qubits, row | col << k.qubits) += k(to_row, row) * right;
        }
}

}  // namespace

Channel kraus_channel(std::span<const Matrix> operators) {
    if (operators.empty()) throw InputError("a channel needs at least one Kraus operator");
    const int qubits = operators[0].qubits;
    if (qubits < 1 || qubits > kMostQubits)
        throw InputError("a channel given by Kraus operators acts on 1 to 4 qubits, got " +
                         std::to_string(qubits));
    Channel channel{qubits, zeros(2 * qubits)};
    Matrix sum = zeros(qubits);
    for (const Matrix& k : operators) {
        if (k.qubits != qubits || k.data.size() != k.dim() * k.dim())
            throw InputError("the Kraus operators of a channel must all be square matrices on " +
                             std::to_string(qubits) + " qubit(s)");
        const Matrix part = multiply(adjoint(k), k);
        for (std::size_t i = 0; i < sum.data.size(); ++i) sum.data[i] += part.data[i];
        add_kraus(channel.superoperator, k);
    }
    for (std::size_t row = 0; row < sum.dim(); ++row)
        for (std::size_t col = 0; col < sum.dim(); ++col) {
            const double error = std::abs(sum(row, col) - (row == col ? 1.0 : 0.0));
            if (error <= kComplete) continue;
            throw InputError("the Kraus operators are not complete: entry (" + std::to_string(row) +
                             ", " + std::to_string(col) + ") of the sum of K^dagger K is " +
                             number_text(error) + " away from the identity");
        }
    return channel;
}

Channel unitary_channel(const Matrix& u) {
    check_unitary(u);
    Channel channel{u.qubits, zeros(2 * u.qubits)};
    add_kraus(channel.superoperator, u);
    return channel;
}

Channel depolarizing(int qubits, double p) {
    if (qubits < 1 || qubits > kMostQubits)
        throw InputError("a depolarizing channel acts on 1 to 4 qubits, got " +
                         std::to_string(qubits));
    const double paulis = std::pow(4, qubits);
    check_range("a depolarizing probability", p, paulis / (paulis - 1));
    Channel channel{qubits, Matrix::identity(2 * qubits)};
    Matrix& s = channel.superoperator;
    const std::size_t dim = std::size_t{1} << qubits;
    for (Complex& v : s.data) v *= 1 - p;
    for (std::size_t to = 0; to < dim; ++to)
        for (std::size_t from = 0; from < dim; ++from)
            s(to | to << qubits, from | from << qubits) += p / static_cast<double>(dim);
    return channel;
}

Channel pauli_channel(std::span<const double> probabilities) {
    const std::size_t paulis = probabilities.size() + 1;
    int qubits = 0;
    while (std::size_t{1} << (2 * qubits) < paulis) ++qubits;
    if (std::size_t{1} << (2 * qubits) != paulis || qubits < 1 || qubits > kMostQubits)
        throw InputError("a Pauli channel on n qubits needs 4^n - 1 probabilities, got " +
                         std::to_string(probabilities.size()));
    double total = 0;
    for (const double p : probabilities) {
        check_range("the probability of a Pauli", p, 1);
        total += p;
    }
    if (total > 1 + 1e-12)
        throw InputError("the probabilities of a Pauli channel add up to " + number_text(total) +
                         ", more than 1");
    // A Pauli multiplies entry (row, column) and moves it to (row ^ x, column ^ x).
    Channel channel{qubits, zeros(2 * qubits)};
    const std::size_t dim = std::size_t{1} << qubits;
    for (std::size_t k = 0; k < paulis; ++k) {
        std::size_t x = 0, z = 0;
        for (int j = 0; j < qubits; ++j) {
            const std::size_t digit = k >> (2 * j) & 3;
            x |= std::size_t{digit == 1 || digit == 2} << j;
            z |= std::size_t{digit >= 2} << j;
        }
        const double p = k == 0 ? 1 - total : probabilities[k - 1];
        for (std::size_t row = 0; row < dim; ++row)
            for (std::size_t col = 0; col < dim; ++col) {
                const bool negative = odd_parity(z & (row ^ col));
                channel.superoperator((row ^ x) | (col ^ x) << qubits, row | col << qubits) +=
                    negative ? -p : p;
            }
    }
    return channel;
}

Channel bit_flip(double p) {
    return pauli_channel(std::array{p, 0.0, 0.0});
}

Channel phase_flip(double p) {
    return pauli_channel(std::array{0.0, 0.0, p});
}

Channel phase_damping(double lambda) {
    check_range("a phase damping parameter", lambda, 1);
    return one_qubit(1, 0, std::sqrt(1 - lambda));
}

Channel amplitude_damping(double gamma, double excited) {
    check_range("an amplitude damping parameter", gamma, 1);
    check_range("the excited population", excited, 1);
    return one_qubit(1 - gamma * excited, gamma * (1 - excited), std::sqrt(1 - gamma));
}

Channel relaxation(double time, double t1, double t2, double excited) {
    constexpr double kLongest = 1e300;
    check_range("a relaxation time", time, kLongest);
    check_range("T1", t1, kLongest);
    check_range("T2", t2, kLongest);
    check_range("the excited population", excited, 1);
    if (t1 > 0 && t2 > 2 * t1 * (1 + 1e-12))
        throw InputError("T2 must be at most 2 T1 = " + number_text(2 * t1) + ", got " +
                         number_text(t2));
    const double fallen = t1 > 0 ? -std::expm1(-time / t1) : 0;
    const double coherence = t2 > 0 ? std::exp(-time / t2) : std::sqrt(1 - fallen);
    return one_qubit(1 - fallen * excited, fallen * (1 - excited), coherence);
}

Channel reset_channel() {
    return one_qubit(1, 1, 0);
}

Channel dephase_channel() {
    return one_qubit(1, 0, 0);
}

Channel reading(double weight_of_zero, double weight_of_one) {
    Channel c{1, zeros(2)};
    c.superoperator(0, 0) = weight_of_zero;
    c.superoperator(3, 3) = weight_of_one;
    return c;
}

Channel then(const Channel& first, const Channel& second) {
    return {first.qubits, multiply(second.superoperator, first.superoperator)};
}

Channel on_operand(const Channel& one, int operand) {
    if (one.qubits != 1) throw InternalError("on_operand: not a channel on one qubit");
    Channel two{2, zeros(4)};
    // Bit `operand` of row and column is the channel's, the other bit stays.
    const auto index = [&](std::size_t inner, std::size_t row, std::size_t col) {
        const std::size_t r = (inner & 1) << operand | row << (1 - operand);
        const std::size_t c = (inner >> 1) << operand | col << (1 - operand);
        return r | c << 2;
    };
    for (std::size_t to = 0; to < 4; ++to)
        for (std::size_t from = 0; from < 4; ++from)
            for (std::size_t row = 0; row < 2; ++row)
                for (std::size_t col = 0; col < 2; ++col)
                    two.superoperator(index(to, row, col), index(from, row, col)) =
                        one.superoperator(to, from);
    return two;
}

void check(const ReadoutError& error) {
    check_range("a readout error", error.one_from_zero, 1);
    check_range("a readout error", error.zero_from_one, 1);
}

void misread(std::span<double> distribution, std::span<const ReadoutError> errors) {
    if (distribution.size() != std::size_t{1} << errors.size())
        throw InternalError("misread: the distribution does not fit the qubits");
    for (std::size_t q = 0; q < errors.size(); ++q) {
        check(errors[q]);
        if (errors[q].none()) continue;
        const std::size_t bit = std::size_t{1} << q;
        for (std::size_t i = 0; i < distribution.size(); ++i) {
            if ((i & bit) != 0) continue;
            const double zero = distribution[i], one = distribution[i | bit];
            distribution[i] = zero * (1 - errors[q].one_from_zero) + one * errors[q].zero_from_one;
            distribution[i | bit] =
                zero * errors[q].one_from_zero + one * (1 - errors[q].zero_from_one);
        }
    }
}

}  // namespace carillon::engine
