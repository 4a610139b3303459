// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "carillon/resource/engine/register.h"

namespace carillon::engine {

/// How often each outcome came when a list of qubits was measured many times.
struct Samples {
    std::size_t words_per_outcome = 1;
    std::vector<std::uint64_t> words;   ///< outcome after outcome; bit k is the k-th qubit
    std::vector<std::uint64_t> counts;  ///< shots by outcome, none 0
    std::uint64_t distinct = 0;         ///< outcomes that came, those left out included

    std::size_t size() const { return counts.size(); }
    std::span<const std::uint64_t> outcome(std::size_t index) const {
        return {words.data() + index * words_per_outcome, words_per_outcome};
    }
};

/// Axes, free ones included, up to which outcomes are drawn in order wherever the axes lie.
constexpr int kOrderedAxes = 24;
constexpr std::size_t kAllOutcomes = std::numeric_limits<std::size_t>::max();

/// Measures the qubits `shots` times without changing the state, in two passes over it and, beside
/// the result, memory that is small beside it.
///
/// Shot s takes the outcome at which the cumulative probability passes the s-th of the random
/// numbers of (seed, shots), outcomes ordered with the first qubit as the most significant; shots
/// are counted, not listed (UniformTree). So counts do not depend on threads, and two registers
/// that hold the same state give the same counts, however they keep it, but for shots that fall
/// within rounding of where two outcomes meet. This holds
/// unless free axes are used and all axes are more than kOrderedAxes; then the order is that of the
/// register's axes, free axes are drawn shot by shot, and the distribution is the same.
///
/// Args:
///     most: outcomes to keep at most, the most frequent ones; among equals the first in order.
/// Returns:
///     outcomes in order (by their words when free axes were drawn shot by shot).
template <class Real>
Samples sample(Register<Real>& reg, std::span<const AffineFrame::Handle> qubits, std::uint64_t seed,
               std::uint64_t shots, std::size_t most = kAllOutcomes);

}  // namespace carillon::engine
