// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// An angle of a circuit that depends on a trainable parameter: Circuit::params[angle] = offset +
/// factor * parameter. An angle may be in several slots, which add up; a parameter may drive many
/// angles.
struct ParameterSlot {
    std::uint32_t angle = 0;      ///< index into Circuit::params
    std::uint32_t parameter = 0;  ///< index into the list of parameters
    double factor = 1;
    double offset = 0;
};

/// Every angle of every gate as a parameter of its own, in the order of the operations; those that
/// are expressions are left out.
std::vector<ParameterSlot> every_angle(const Circuit& circuit);
/// What the circuit's angles are now, as values for every_angle().
std::vector<double> angle_values(const Circuit& circuit, std::span<const ParameterSlot> slots);

struct Gradient {
    double value = 0;                 ///< expectation of the observable
    std::vector<double> derivatives;  ///< by parameter
    std::uint64_t peak_bytes = 0;     ///< of the two states
};

/// Expectation of an observable after a circuit on |0...0>, and its derivatives by all parameters,
/// by the adjoint method: one run forward and one backward, whatever the number of parameters.
///
/// It holds two states. The angles of p, rx, ry, rz, u3, U, rxx, ryy, rzz, rzx and gphase may be
/// parameters, with any number of controls. Measurements that nothing follows are left out: the
/// observable stands in their place.
///
/// Args:
///     values: of the parameters, as many as the largest `parameter` of the slots asks for.
/// Throws:
///     InputError: a value or coefficient that is not finite, a slot that names no angle, a gate
///         that is not unitary, an operation that is not a gate (with its line).
///     ResourceError: two states that do not fit.
/// Source: Jones and Gacon, arXiv:2009.02823.
template <class Real>
Gradient gradient(const Circuit& circuit, std::span<const ParameterSlot> slots,
                  std::span<const double> values, const PauliSum& observable,
                  const StateOptions& options = {});

extern template Gradient gradient<float>(const Circuit&, std::span<const ParameterSlot>,
                                         std::span<const double>, const PauliSum&,
                                         const StateOptions&);
extern template Gradient gradient<double>(const Circuit&, std::span<const ParameterSlot>,
                                          std::span<const double>, const PauliSum&,
                                          const StateOptions&);

}  // namespace carillon::engine
