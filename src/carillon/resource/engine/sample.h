// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/register.h"

namespace carillon::engine {

/// Outcomes of measuring a list of qubits many times.
struct Samples {
    std::size_t words_per_shot = 0;
    std::vector<std::uint64_t> words;  ///< shot after shot; bit k of a shot is the k-th qubit

    std::span<const std::uint64_t> shot(std::size_t index) const {
        return {words.data() + index * words_per_shot, words_per_shot};
    }
};

/// Measures the qubits `shots` times without changing the state.
///
/// Shot s takes the outcome at which the cumulative probability passes the random number of
/// (seed, kStreamSampling, s), outcomes ordered with the first qubit as the most significant. So
/// two registers that hold the same state give the same samples, however they keep it, as long as
/// it has at most kOrderedAxes axes; beyond, the order is that of the register's axes, and the
/// distribution is the same.
constexpr int kOrderedAxes = 24;
template <class Real>
Samples sample(Register<Real>& reg, std::span<const AffineFrame::Handle> qubits, std::uint64_t seed,
               std::uint64_t shots);

}  // namespace carillon::engine
