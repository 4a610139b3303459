// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/large_state.h"
#include "carillon/resource/engine/thread_team.h"

namespace carillon::engine {

/// The probabilities of outcomes of a LargeState in the order of their numbers, as OutcomeWeights
/// has them for states in memory: the sums of blocks of consecutive outcomes in one visit, and the
/// outcomes of many blocks in another.
template <class Real>
class LargeWeights {
  public:
    /// Args: as for OutcomeWeights; the state and the team must outlive this.
    LargeWeights(LargeState<Real>& state, ThreadTeam& team, int axes,
                 std::span<const std::uint64_t> rows, std::uint64_t constant);

    std::uint64_t blocks() const { return std::uint64_t{1} << high_bits_; }
    std::uint64_t block_size() const { return std::uint64_t{1} << block_bits_; }

    /// By block.
    std::vector<double> sums();
    /// Of the outcomes of the listed blocks, block after block; the list rises.
    std::vector<double> weights(std::span<const std::uint64_t> blocks);

  private:
    void visit(std::size_t bins, const std::vector<std::int32_t>& bin_of_block, int shift,
               std::vector<double>& sums);

    LargeState<Real>& state_;
    ThreadTeam& team_;
    int block_bits_ = 0, high_bits_ = 0;
    std::uint64_t constant_;
    std::vector<std::uint64_t> columns_;    ///< by real axis: outcome bits that it flips
    std::vector<std::uint64_t> free_sums_;  ///< outcome bits of every value of the free axes
};

extern template class LargeWeights<float>;
extern template class LargeWeights<double>;

}  // namespace carillon::engine
