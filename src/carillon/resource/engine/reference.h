// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"

namespace carillon::engine {

/// The openly slow state vector that every other engine is tested against: one vector of complex
/// doubles and one generic matrix application. Qubit 0 is the least significant bit of an index.
class ReferenceState {
  public:
    /// |0...0> of `qubits` qubits.
    explicit ReferenceState(int qubits);

    int qubits() const { return qubits_; }
    const std::vector<Complex>& amplitudes() const { return amplitudes_; }
    std::vector<Complex>& amplitudes() { return amplitudes_; }

    /// Applies a matrix; operand k of the matrix is qubit `operands[k]`. Controls are part of the
    /// matrix (add_controls).
    void apply(const Matrix& matrix, std::span<const int> operands);
    /// Probability that `qubit` is measured as 1.
    double probability(int qubit) const;
    /// Keeps the part where `qubit` is `value`, normalised; the qubit stays.
    void project(int qubit, bool value);

  private:
    int qubits_;
    std::vector<Complex> amplitudes_;
};

/// <a|b>.
Complex inner_product(std::span<const Complex> a, std::span<const Complex> b);

}  // namespace carillon::engine
