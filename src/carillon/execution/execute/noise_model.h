// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "carillon/resource/engine/channel.h"
#include "carillon/resource/network/network.h"

namespace carillon {

/// Noise of a machine, the same on all qubits. Every number is 0 when there is no such noise.
///
/// After a gate come, in this order: depolarizing of its qubits together; then on each of them bit
/// flip, phase flip, phase damping, amplitude damping, and relaxation for the gate's duration.
struct NoiseModel {
    /// Depolarizing probabilities of gates on one, two and more qubits (see
    /// engine::depolarizing: with probability p the qubits are replaced by fully mixed ones).
    double one_qubit_depolarizing = 0;
    double two_qubit_depolarizing = 0;
    double more_qubits_depolarizing = -1;  ///< -1: gates on three and more qubits are refused

    double bit_flip = 0;
    double phase_flip = 0;
    double phase_damping = 0;
    double amplitude_damping = 0;
    double t1_ns = 0;
    double t2_ns = 0;
    double excited_population = 0;  ///< of |1> that relaxation and amplitude damping tend to
    Durations durations;            ///< of relaxation; `delay` statements relax for their own
    engine::ReadoutError readout;
    double reset_error = 0;  ///< probability of |1> after a reset

    bool has_gate_noise() const;
};

/// Throws: InputError that names the first number which is no probability or no time.
void check(const NoiseModel& noise);

/// Reads a noise file (docs/reference/density-matrix.md).
///
/// Throws: InputError with line, column and key.
NoiseModel read_noise(std::string_view json_text, const std::string& file);

}  // namespace carillon
