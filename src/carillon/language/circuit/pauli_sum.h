// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carillon {

enum class Pauli : std::uint8_t { kX, kY, kZ };

/// A Pauli on one qubit.
struct PauliFactor {
    std::uint32_t qubit;
    Pauli pauli;

    friend bool operator==(const PauliFactor&, const PauliFactor&) = default;
};

/// A real multiple of a product of Paulis on different qubits; no factors: the identity.
struct PauliTerm {
    double coefficient = 1;
    std::vector<PauliFactor> factors;  ///< rising by qubit
};

/// An observable: a sum of products of Paulis, such as a molecule's Hamiltonian.
struct PauliSum {
    std::vector<PauliTerm> terms;
};

/// Reads an observable from text, one term a line; `#` starts a comment.
///
/// A term is a coefficient (1 when left out) and either factors such as `X0 Y3 Z4`, or one letter
/// for every qubit, as in `IZXY`, the last letter for qubit 0 as in the outcomes of a run. A
/// coefficient alone, or with `I`, is a multiple of the identity.
///
/// Args:
///     file: the name that errors begin with.
///     qubits: of the program.
/// Throws:
///     InputError with line and column: what is no coefficient and no Pauli, a qubit that the
///     program does not have or that a term names twice, a string of the wrong length, no term at
///     all.
PauliSum parse_pauli_sum(std::string_view text, const std::string& file, std::uint32_t qubits);

}  // namespace carillon
