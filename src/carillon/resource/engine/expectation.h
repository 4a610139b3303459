// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/engine/register.h"

namespace carillon::engine {

struct Expectation {
    double value = 0;           ///< of the whole sum
    std::vector<double> terms;  ///< of each product of Paulis, without its coefficient
    std::size_t groups = 0;     ///< sets of commuting terms that were computed together
    std::uint64_t passes = 0;   ///< passes over the state
};

/// The expectation value of a sum of products of Paulis, and of each product. The state is not
/// changed and needs no room beside itself.
///
/// A product flips some axes (w) and gives signs by the parity of others (z): its value is the sum
/// over x of (-1)^(z.x) psi(x) psi*(x^w), times a factor. Terms of equal w, and equally real or
/// imaginary, commute; they are one group, and all their values come from one Walsh-Hadamard
/// transform of the products psi(x) psi*(x^w), of which only the branches towards the group's z are
/// computed. It is done tile by tile in the cache; groups whose w differ only within a tile, or by
/// the span of a few axes beyond it, share a pass over the state. Terms that the register's frame
/// decides, such as those of a GHZ state or of qubits in |0>, take none.
///
/// Args:
///     qubits: the handle of every qubit that terms name.
/// Throws: InputError when a term names a qubit beyond.
template <class Real>
Expectation expectation(Register<Real>& reg, std::span<const AffineFrame::Handle> qubits,
                        const PauliSum& sum);

}  // namespace carillon::engine
