// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/workload/validate/angle.h"

namespace carillon::validation {

/// Matrix of one qubit, row major.
using Matrix2 = std::array<Complex, 4>;

Matrix2 multiply(const Matrix2& a, const Matrix2& b);
Matrix2 adjoint(const Matrix2& a);

/// One step of an expanded gate. Targets are counted from 0 without the controls.
struct Primitive {
    enum class Kind : std::uint8_t {
        kUnitary,   ///< `matrix` on target `target`
        kPhase,     ///< e^{i angle} where every control (if `controlled`) and every target of
                    ///< `targets` is 1
        kExchange,  ///< targets 0 and 1 swap their contents
    };
    Kind kind = Kind::kPhase;
    bool controlled = true;      ///< kPhase: the gate's controls take part
    std::uint8_t target = 0;     ///< kUnitary
    std::uint8_t targets = 0;    ///< kPhase: bit t set: target t takes part
    Matrix2 matrix{1, 0, 0, 1};  ///< kUnitary
    Angle angle;                 ///< kPhase
};

/// Writes a gate as one-qubit unitaries, phases on products of qubit values, and exchanges, in the
/// order in which they act; exact up to a global phase.
///
/// Args:
///     kind, controls: the gate; kUnitary takes `matrix`.
///     angles: gate_info(kind).params angles.
///     matrix: of a kUnitary, else null.
///     out: cleared, then filled.
/// Returns:
///     false when the gate has no such form here: a matrix on several qubits, or one that is not
///     unitary.
bool expand_gate(GateKind kind, int controls, std::span<const Angle> angles, const Matrix* matrix,
                 std::vector<Primitive>& out);

/// The unit Bloch vector n with m^dagger Z m = n . sigma.
std::array<double, 3> measured_axis(const Matrix2& m);
/// The rotation c with c^dagger Z c = n . sigma that is the shortest one, for n_z > -1.
Matrix2 rotation_to_z(const std::array<double, 3>& n);

}  // namespace carillon::validation
