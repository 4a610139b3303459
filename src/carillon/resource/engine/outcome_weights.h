// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace carillon::engine {

/// The probabilities of outcomes in the order of their numbers, though a state stores its
/// amplitudes in another: block after block of consecutive outcomes, each found from the affine
/// subspace of axes that leads to it, without a table of all outcomes.
///
/// Bit b of the outcome at basis state x is parity(rows[b] & x) ^ bit b of `constant`, and rows are
/// linearly independent. Axes from `real_axes` on are free: they have no place in the state, and
/// their values are equally likely.
template <class Real>
class OutcomeWeights {
  public:
    /// Args:
    ///     stored: amplitudes in blocks (kernels/plan.h); must outlive this.
    ///     axes: real ones and then free ones, at most 63.
    OutcomeWeights(const Real* stored, int real_axes, int axes, std::span<const std::uint64_t> rows,
                   std::uint64_t constant);

    std::uint64_t blocks() const { return std::uint64_t{1} << high_bits_; }
    /// Outcomes in a block; outcome k of block b has the number b * block_size() + k.
    std::uint64_t block_size() const { return std::uint64_t{1} << block_bits_; }
    /// A block is the sum of this many parts, which threads can share.
    std::uint64_t parts() const { return std::uint64_t{1} << part_bits_; }

    /// Sum of a part of a block.
    double weight(std::uint64_t block, std::uint64_t part) const;
    /// Adds a part of a block to the weights of its outcomes.
    void add(std::uint64_t block, std::uint64_t part, std::span<double> weights) const;

  private:
    /// A place in the subspace: basis state, and outcome within the block.
    struct Place {
        std::uint64_t x = 0;
        std::uint64_t outcome = 0;
        Place& operator^=(const Place& other) {
            x ^= other.x;
            outcome ^= other.outcome;
            return *this;
        }
    };
    Place place_of(std::uint64_t x, std::span<const std::uint64_t> rows) const;
    template <class Visit>
    void for_runs(std::uint64_t block, std::uint64_t part, const Visit& visit) const;

    const Real* stored_;
    std::uint64_t real_mask_;
    double share_;  ///< of one value of all free axes
    int block_bits_ = 0, high_bits_ = 0, part_bits_ = 0;
    Place constant_;  ///< outcome bits that do not depend on x
    std::uint64_t high_constant_ = 0;
    std::vector<Place> to_block_;  ///< by bit of the block's number
    std::vector<Place> outer_;     ///< basis of the subspace beyond the inner part
    std::vector<Place> inner_;     ///< all combinations of its first vectors
    bool aligned_ = false;         ///< the inner part comes in whole blocks of amplitudes
};

extern template class OutcomeWeights<float>;
extern template class OutcomeWeights<double>;

}  // namespace carillon::engine
