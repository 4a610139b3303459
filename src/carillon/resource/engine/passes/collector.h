// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "carillon/resource/engine/passes/rewriter.h"

namespace carillon::engine::passes {

/// Sees operations before the Rewriter does, and joins those that follow each other on the same
/// two axes: several entangling gates there become one interaction between gates on one axis.
class Collector {
  public:
    using Conditions = std::span<const Condition>;

    void scale(Complex factor, Conditions conditions);
    void shift(std::uint64_t shift, Conditions conditions);
    void pair(std::uint64_t shift, std::uint64_t parity, bool inverted, const Matrix2& matrix,
              Conditions conditions);
    void matrix(const Matrix& matrix, std::span<const int> targets, Conditions conditions);

    bool empty() const { return operations_ == 0; }
    std::size_t operations() const { return operations_; }
    /// The items so far, and the scalar that belongs to them all; starts anew.
    Items take(Complex& scalar);

  private:
    static constexpr int kAxes = 64;

    /// Something on one axis or on two.
    struct Part {
        enum class Kind : std::uint8_t { kScale, kShift, kPair, kMatrix };
        Kind kind = Kind::kPair;
        std::uint64_t axes = 0;
        std::uint64_t shift = 0;
        Complex factor;
        Matrix2 matrix{};
        std::vector<Condition> conditions;
        Matrix general;
        std::vector<int> targets;
    };
    struct Block {
        std::uint64_t axes = 0;
        std::vector<Part> parts;
    };

    bool take_part(Part part);
    void close(std::uint64_t axes);
    void close_block(Block& block);
    bool as_interaction(const Block& block);
    void replay(const Part& part);

    std::array<Block, kAxes> blocks_;    ///< by lowest axis
    std::array<int, kAxes> block_of_{};  ///< by axis: number of its open block, plus one
    Rewriter rewriter_;
    std::size_t operations_ = 0;
};

}  // namespace carillon::engine::passes
