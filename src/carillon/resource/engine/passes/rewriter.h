// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine::passes {

/// Turns operations on axes into items: joins what follows on one axis, writes unitaries as phases
/// and rotations, controlled unitaries as rotations around a controlled phase, and a controlled X
/// as a controlled phase where the target has other gates beside it.
class Rewriter {
  public:
    using Conditions = std::span<const Condition>;

    void scale(Complex factor, Conditions conditions);
    void shift(std::uint64_t shift, Conditions conditions);
    void pair(std::uint64_t shift, std::uint64_t parity, bool inverted, const Matrix2& matrix,
              Conditions conditions);
    void matrix(const Matrix& matrix, std::span<const int> targets, Conditions conditions);

    /// exp(i (x XX + y YY + z ZZ)) on two axes.
    void interaction(int a, int b, double x, double y, double z);

    /// The items so far, and the scalar that belongs to them all; starts anew.
    Items take(Complex& scalar);

  private:
    static constexpr int kAxes = 64;

    /// What has not become an item on an axis: a matrix, or diag(1, matrix[3]).
    struct Pending {
        Matrix2 matrix{1, 0, 0, 1};
        bool diagonal = true;
    };

    void one(int axis, const Matrix2& matrix);
    void emit_rotation(int axis);
    void emit_all(int axis);
    void emit_reads(std::uint64_t axes);
    void emit_phase(std::uint64_t ones, Complex factor);
    void phase(std::uint64_t ones, std::uint64_t zeros, Complex factor);
    void controlled(std::uint64_t ones, std::uint64_t zeros, int axis, const Matrix2& matrix);
    void controlled_x(std::uint64_t ones, int axis);
    void make_phases(int axis);
    Item& general(ItemKind kind, std::uint64_t flips, std::uint64_t reads, Conditions conditions);

    std::array<Pending, kAxes> pending_;
    std::array<std::vector<std::uint32_t>, kAxes> last_flips_;  ///< controlled X that end an axis
    std::uint64_t touched_ = 0;
    Items items_;
    Complex scalar_ = 1;
};

}  // namespace carillon::engine::passes
