// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/engine/pauli_sums.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

enum class EvolutionMethod : std::uint8_t {
    kTrotter1,   ///< term after term; error ~ time^2 / steps
    kTrotter2,   ///< forwards and backwards; error ~ time^3 / steps^2
    kTrotter4,   ///< five of those (Suzuki); error ~ time^5 / steps^4
    kChebyshev,  ///< a polynomial of H; error below the tolerance
};

struct Evolution {
    EvolutionMethod method = EvolutionMethod::kTrotter2;
    double time = 0;
    int steps = 1;             ///< equal parts of the time
    double tolerance = 1e-12;  ///< kChebyshev: of the sum of the coefficients that are left out
};

/// A sum of Pauli strings with axis q of a state in the place of qubit q.
struct PauliStrings {
    std::vector<PauliMasks> masks;  ///< without the identity
    std::vector<double> coefficients;
    double identity = 0;
};
PauliStrings strings_of(const PauliSum& sum);

/// The state becomes exp(-i H time) of it. Over ranks all call it together.
///
/// Trotter formulas are made of rotations exp(-i angle P), which wait for each other like gates and
/// so share exchanges. Chebyshev takes three states' room; its strings are applied where their axes
/// are, a few exchanges for each power of H.
///
/// Throws:
///     InputError: steps < 1, or numbers that are not finite.
///     ResourceError: kChebyshev when the state is on disk or does not fit three times.
/// Source: Suzuki, Phys. Lett. A 146, 319 (1990); Tal-Ezer and Kosloff, J. Chem. Phys. 81, 3967
/// (1984).
template <class Real>
void evolve(StateVector<Real>& state, const PauliStrings& hamiltonian, const Evolution& how);

/// exp(-i angle P).
template <class Real>
void pauli_rotation(StateVector<Real>& state, const PauliMasks& string, double angle);

/// <state|H|state>. Takes another state's room.
template <class Real>
double energy(const StateVector<Real>& state, const PauliStrings& hamiltonian);

/// J_0(x), J_1(x), ... up to the first from which on all are below `tolerance` in sum; x >= 0.
std::vector<double> bessel(double x, double tolerance);

}  // namespace carillon::engine
