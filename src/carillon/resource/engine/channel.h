// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"

namespace carillon::engine {

/// What noise does to a few qubits, as a linear map on their density matrix.
///
/// Numbers are refused with an InputError when they are not finite or outside the range in which
/// the map is a physical channel.
struct Channel {
    int qubits = 0;
    /// Maps entry (row, column) of the density matrix to (row', column'); an index is row +
    /// (column << qubits), operand 0 the least significant bit of each.
    Matrix superoperator;
};

/// rho -> sum K rho K^dagger.
///
/// Throws: InputError unless sum K^dagger K is the identity up to 1e-9.
Channel kraus_channel(std::span<const Matrix> operators);
/// rho -> U rho U^dagger.
Channel unitary_channel(const Matrix& u);
/// rho -> (1 - p) rho + p Tr(rho) 1/2^n: with probability p the qubits are replaced by fully mixed
/// ones, 0 <= p <= 4^n/(4^n - 1). A Pauli other than the identity then happens with probability
/// p (4^n - 1)/4^n.
Channel depolarizing(int qubits, double p);
/// Each Pauli with its probability; the identity with what is left.
///
/// Args:
///     probabilities: 4^n - 1 numbers, that of index k - 1 for the Pauli whose operand j is digit j
///         of k in base 4 (1 X, 2 Y, 3 Z): X, Y, Z for one qubit.
Channel pauli_channel(std::span<const double> probabilities);
/// X with probability p.
Channel bit_flip(double p);
/// Z with probability p (dephasing: coherences times 1 - 2p).
Channel phase_flip(double p);
/// Coherences times sqrt(1 - lambda).
Channel phase_damping(double lambda);
/// |1> falls to |0> with probability gamma (1 - excited), |0> rises with gamma excited; the qubit
/// tends to the population `excited` of |1>.
///
/// Source: Nielsen and Chuang, sec. 8.3.5.
Channel amplitude_damping(double gamma, double excited = 0);
/// A time under T1 and T2: populations tend to equilibrium by exp(-t/T1), coherences shrink by
/// exp(-t/T2).
///
/// Args:
///     t1, t2: in the unit of `time`; 0 means no such decay. T2 <= 2 T1.
///     excited: population of |1> at equilibrium.
Channel relaxation(double time, double t1, double t2, double excited = 0);
/// Whatever it was, the qubit is |0>.
Channel reset_channel();
/// The qubit is measured and nobody looks: coherences vanish.
Channel dephase_channel();
/// Multiplies the populations by weights and drops the coherences: the part of the state in which a
/// measurement is read as something, which is not normalised.
Channel reading(double weight_of_zero, double weight_of_one);

/// First `first`, then `second`, on the same qubits.
Channel then(const Channel& first, const Channel& second);
/// A one-qubit channel as a channel on two qubits that leaves the other operand alone.
Channel on_operand(const Channel& one, int operand);

/// A measurement that is read wrongly: probabilities to read 1 from |0> and 0 from |1>.
struct ReadoutError {
    double one_from_zero = 0;
    double zero_from_one = 0;

    bool none() const { return one_from_zero == 0 && zero_from_one == 0; }
};
/// Throws InputError unless both are probabilities.
void check(const ReadoutError& error);
/// Takes the distribution of the outcomes of `errors.size()` qubits (qubit 0 least significant) to
/// that of what is read.
void misread(std::span<double> distribution, std::span<const ReadoutError> errors);

}  // namespace carillon::engine
