// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/collector.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "carillon/resource/engine/passes/canonical.h"

namespace carillon::engine::passes {

namespace {

/// Matrix of an operation on two axes, from what it does to their four values.
class Small {
  public:
    explicit Small(std::uint64_t axes) : low_(axes & -axes), high_(axes & ~low_) {}

    std::uint64_t index(std::size_t value) const {
        return ((value & 1) != 0 ? low_ : 0) | ((value & 2) != 0 ? high_ : 0);
    }
    static bool holds(std::span<const Condition> conditions, std::uint64_t index) {
        return std::all_of(conditions.begin(), conditions.end(),
                           [&](const Condition& c) { return odd_parity(c.mask & index) == c.odd; });
    }
    std::size_t value(std::uint64_t index) const {
        return ((index & low_) != 0 ? 1 : 0) | ((index & high_) != 0 ? 2 : 0);
    }

  private:
    std::uint64_t low_, high_;
};

}  // namespace

/// True when the part was taken into a block; otherwise the blocks it touches are closed.
bool Collector::take_part(Part part) {
    ++operations_;
    const int count = std::popcount(part.axes);
    if (count == 1) {
        const int number = block_of_[std::countr_zero(part.axes)];
        if (number == 0) return false;
        blocks_[number - 1].parts.push_back(std::move(part));
        return true;
    }
    if (count != 2) {
        close(part.axes);
        return false;
    }
    const int low = std::countr_zero(part.axes), high = std::bit_width(part.axes) - 1;
    if (block_of_[low] == 0 || block_of_[low] != block_of_[high]) {
        close(part.axes);
        blocks_[low].axes = part.axes;
        block_of_[low] = block_of_[high] = low + 1;
    }
    blocks_[block_of_[low] - 1].parts.push_back(std::move(part));
    return true;
}

void Collector::scale(Complex factor, Conditions conditions) {
    Part part;
    part.kind = Part::Kind::kScale;
    part.axes = axes_of(conditions);
    part.factor = factor;
    part.conditions.assign(conditions.begin(), conditions.end());
    if (!take_part(std::move(part))) rewriter_.scale(factor, conditions);
}

void Collector::shift(std::uint64_t shift, Conditions conditions) {
    Part part;
    part.kind = Part::Kind::kShift;
    part.axes = shift | axes_of(conditions);
    part.shift = shift;
    part.conditions.assign(conditions.begin(), conditions.end());
    if (!take_part(std::move(part))) rewriter_.shift(shift, conditions);
}

void Collector::pair(std::uint64_t shift, std::uint64_t parity, bool inverted,
                     const Matrix2& matrix, Conditions conditions) {
    if (!std::has_single_bit(shift) || parity != shift) {
        ++operations_;
        close(shift | parity | axes_of(conditions));
        return rewriter_.pair(shift, parity, inverted, matrix, conditions);
    }
    Part part;
    part.kind = Part::Kind::kPair;
    part.axes = shift | axes_of(conditions);
    part.shift = shift;
    part.matrix = inverted ? Matrix2{matrix[3], matrix[2], matrix[1], matrix[0]} : matrix;
    part.conditions.assign(conditions.begin(), conditions.end());
    if (!take_part(std::move(part))) rewriter_.pair(shift, parity, inverted, matrix, conditions);
}

void Collector::matrix(const Matrix& matrix, std::span<const int> targets, Conditions conditions) {
    Part part;
    part.kind = Part::Kind::kMatrix;
    part.axes = axes_of(conditions);
    for (const int t : targets) part.axes |= std::uint64_t{1} << t;
    part.general = matrix;
    part.targets.assign(targets.begin(), targets.end());
    part.conditions.assign(conditions.begin(), conditions.end());
    if (!take_part(std::move(part))) rewriter_.matrix(matrix, targets, conditions);
}

void Collector::replay(const Part& part) {
    switch (part.kind) {
        case Part::Kind::kScale:
            return rewriter_.scale(part.factor, part.conditions);
        case Part::Kind::kShift:
            return rewriter_.shift(part.shift, part.conditions);
        case Part::Kind::kPair:
            return rewriter_.pair(part.shift, part.shift, false, part.matrix, part.conditions);
        case Part::Kind::kMatrix:
            return rewriter_.matrix(part.general, part.targets, part.conditions);
    }
}

void Collector::close(std::uint64_t axes) {
    for (; axes != 0; axes &= axes - 1) {
        const int number = block_of_[std::countr_zero(axes)];
        if (number != 0) close_block(blocks_[number - 1]);
    }
}

void Collector::close_block(Block& block) {
    for (std::uint64_t rest = block.axes; rest != 0; rest &= rest - 1)
        block_of_[std::countr_zero(rest)] = 0;
    const std::vector<Part> parts = std::exchange(block.parts, {});
    const Block closed{block.axes, parts};
    if (as_interaction(closed)) return;
    for (const Part& part : parts) replay(part);
}

/// Gives the whole block to the rewriter as one interaction, where that takes less than its parts.
bool Collector::as_interaction(const Block& block) {
    std::size_t entangling = 0, between = 0, singles = 0;
    bool general = false;
    for (const Part& part : block.parts) {
        if (std::has_single_bit(part.axes)) {
            ++singles;
            continue;
        }
        if (entangling++ > 0) between += singles;
        singles = 0;
        general |= part.kind == Part::Kind::kMatrix;
    }
    if (!general && (entangling < 2 || between == 0)) return false;

    const Small small(block.axes);
    Matrix product = Matrix::identity(2);
    for (const Part& part : block.parts) {
        Matrix m = Matrix::identity(2);
        for (std::size_t col = 0; col < 4; ++col) {
            const std::uint64_t from = small.index(col);
            if (!Small::holds(part.conditions, from)) continue;
            m(col, col) = 0;
            if (part.kind == Part::Kind::kScale) {
                m(col, col) = part.factor;
            } else if (part.kind == Part::Kind::kShift) {
                m(small.value(from ^ part.shift), col) = 1;
            } else if (part.kind == Part::Kind::kPair) {
                const std::size_t value = (from & part.shift) != 0 ? 1 : 0;
                m(col, col) = part.matrix[3 * value];
                m(small.value(from ^ part.shift), col) = part.matrix[value != 0 ? 1 : 2];
            } else {
                std::size_t column = 0;
                for (std::size_t k = 0; k < part.targets.size(); ++k)
                    column |= (from >> part.targets[k] & 1) << k;
                for (std::size_t row = 0; row < part.general.dim(); ++row) {
                    std::uint64_t to = from;
                    for (std::size_t k = 0; k < part.targets.size(); ++k) {
                        to &= ~(std::uint64_t{1} << part.targets[k]);
                        to |= (std::uint64_t{row} >> k & 1) << part.targets[k];
                    }
                    m(small.value(to), col) = part.general(row, column);
                }
            }
        }
        product = multiply(m, product);
    }
    const auto form = canonical_form(product);
    if (!form) return false;
    const std::array axes{std::countr_zero(block.axes),
                          static_cast<int>(std::bit_width(block.axes)) - 1};
    const auto one = [&](const std::array<Matrix2, 2>& gates) {
        for (std::size_t k = 0; k < 2; ++k) {
            const std::uint64_t bit = std::uint64_t{1} << axes[k];
            rewriter_.pair(bit, bit, false, gates[k], {});
        }
    };
    one(form->before);
    rewriter_.interaction(axes[0], axes[1], form->x, form->y, form->z);
    one(form->after);
    rewriter_.scale(form->phase, {});
    return true;
}

Items Collector::take(Complex& scalar) {
    for (Block& block : blocks_)
        if (!block.parts.empty()) close_block(block);
    operations_ = 0;
    return rewriter_.take(scalar);
}

}  // namespace carillon::engine::passes
