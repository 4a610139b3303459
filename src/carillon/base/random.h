// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace carillon {

/// Four 32-bit random words for a 128-bit counter under a 64-bit key: Philox 4x32, 10 rounds.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::uint64_t key);

/// A random number in [0, 1) that depends on nothing but its arguments, so that results do not
/// depend on threads, ranks or order.
///
/// Args:
///     seed: the user's seed.
///     stream: what the number is for, e.g. a source measurement or a Bell pair (RandomStream).
///     shot: index of the shot.
///     event: index of the event within stream and shot.
double keyed_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t shot,
                     std::uint32_t event);

/// Streams of keyed_uniform that the whole project shares.
enum RandomStream : std::uint32_t {
    kStreamMeasurement = 1,  ///< measurements and resets of the source program
    kStreamProtocol = 2,     ///< measurements inside entanglement protocols
    kStreamSampling = 3,     ///< sampling shots from a final state
    kStreamEntries = 4,      ///< seeds of the entries of an ensemble
};

/// A small sequential generator for heuristics (partitioners, tests): SplitMix64.
///
/// Satisfies UniformRandomBitGenerator. Same seed, same numbers on every platform.
class Random {
  public:
    using result_type = std::uint64_t;
    explicit Random(std::uint64_t seed) : state_(seed) {}
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~std::uint64_t{0}; }

    result_type operator()();
    /// Uniform in [0, n); n > 0.
    std::uint64_t below(std::uint64_t n);
    /// Uniform in [0, 1).
    double uniform();

  private:
    std::uint64_t state_;
};

}  // namespace carillon
