// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/reference.h"

#include <cmath>

#include "carillon/base/error.h"

namespace carillon::engine {

ReferenceState::ReferenceState(int qubits)
    : qubits_(qubits), amplitudes_(std::size_t{1} << qubits) {
    amplitudes_[0] = 1;
}

void ReferenceState::apply(const Matrix& matrix, std::span<const int> operands) {
    if (matrix.qubits != static_cast<int>(operands.size()))
        throw InternalError("ReferenceState::apply: the matrix does not fit the operands");
    std::vector<Complex> result(amplitudes_.size());
    for (std::size_t row = 0; row < amplitudes_.size(); ++row) {
        std::size_t matrix_row = 0, rest = row;
        for (std::size_t k = 0; k < operands.size(); ++k) {
            matrix_row |= (row >> operands[k] & 1) << k;
            rest &= ~(std::size_t{1} << operands[k]);
        }
        for (std::size_t matrix_col = 0; matrix_col < matrix.dim(); ++matrix_col) {
            std::size_t col = rest;
            for (std::size_t k = 0; k < operands.size(); ++k)
                col |= (matrix_col >> k & 1) << operands[k];
            result[row] += matrix(matrix_row, matrix_col) * amplitudes_[col];
        }
    }
    amplitudes_ = std::move(result);
}

double ReferenceState::probability(int qubit) const {
    double sum = 0;
    for (std::size_t i = 0; i < amplitudes_.size(); ++i)
        if (i >> qubit & 1) sum += std::norm(amplitudes_[i]);
    return sum;
}

void ReferenceState::project(int qubit, bool value) {
    const double p = value ? probability(qubit) : 1 - probability(qubit);
    for (std::size_t i = 0; i < amplitudes_.size(); ++i)
        amplitudes_[i] = (i >> qubit & 1) == value ? amplitudes_[i] / std::sqrt(p) : Complex{};
}

Complex inner_product(std::span<const Complex> a, std::span<const Complex> b) {
    if (a.size() != b.size()) throw InternalError("inner_product: vectors of different length");
    Complex sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::conj(a[i]) * b[i];
    return sum;
}

}  // namespace carillon::engine
