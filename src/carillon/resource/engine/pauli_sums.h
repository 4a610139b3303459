// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// A Pauli string (X on the axes of `x`, Z on those of `z`, Y on both) between the parts of states
/// in which all axes of `where` are 1; `x` and `where` have no axis in common.
struct PauliMasks {
    std::uint64_t x = 0;
    std::uint64_t z = 0;
    std::uint64_t where = 0;
};

/// <bra|P|ket> of every string, in one walk over both states.
template <class Real>
std::vector<Complex> pauli_inners(const StateVector<Real>& bra, const StateVector<Real>& ket,
                                  std::span<const PauliMasks> strings);

/// Sets `to` (of the same size as `ket`) to sum coefficient P |ket>, in one walk.
template <class Real>
void set_pauli_sum(StateVector<Real>& to, const StateVector<Real>& ket,
                   std::span<const PauliMasks> strings, std::span<const double> coefficients);

/// Adds sum coefficient P |ket> to `to`, both in blocks (kernels/plan.h) over `axes` axes in
/// memory, which may be a part of a state.
template <class Real>
void add_pauli_sum(ThreadTeam& team, Real* to, const Real* ket, int axes,
                   std::span<const PauliMasks> strings, std::span<const double> coefficients);

}  // namespace carillon::engine
