// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace carillon::engine {

/// Holds for the basis states whose index has parity(mask & index) == odd. A plain control on axis
/// a is {1 << a, true}.
struct Condition {
    std::uint64_t mask = 0;
    bool odd = true;
};

inline bool odd_parity(std::uint64_t bits) {
    return (std::popcount(bits) & 1) != 0;
}

/// Axes that conditions look at.
inline std::uint64_t axes_of(std::span<const Condition> conditions) {
    std::uint64_t axes = 0;
    for (const Condition& c : conditions) axes |= c.mask;
    return axes;
}

namespace kernels {

/// Amplitudes stand in blocks of 16: 16 real parts, then 16 imaginary parts. A vector of at most 16
/// lanes then never straddles two blocks, and one block is one stream in memory.
constexpr int kBlockBits = 4;
constexpr std::uint64_t kBlock = 1 << kBlockBits;

/// Where the real part of amplitude i stands, counted in reals; the imaginary part is kBlock on.
constexpr std::uint64_t offset_of(std::uint64_t i) {
    return (i >> kBlockBits) * 2 * kBlock + (i & (kBlock - 1));
}

/// How a kernel walks the vectors of a state that can meet a set of conditions.
///
/// An index is split into lane bits (low) and vector bits (high). Conditions on one vector bit fix
/// that bit, so that the walk skips the rest of the state; other conditions on vector bits are
/// checked per vector; those that involve lane bits become a table of active lanes, looked up by
/// the parities of their vector bits. Linear algebra over GF(2) keeps this table at 16 rows.
struct Plan {
    bool never = false;                      ///< the conditions contradict each other
    int unit_bits = 0;                       ///< the walk has 2^unit_bits steps
    std::vector<int> inserted;               ///< vector bits the walk does not count, rising
    std::uint64_t fixed = 0;                 ///< their values
    std::vector<Condition> checks;           ///< over vector bits
    std::vector<std::uint64_t> mixed;        ///< vector bits of the conditions with lane bits
    std::array<std::uint16_t, 16> active{};  ///< lanes that meet all conditions, by mixed parities
    bool partial = false;                    ///< some row of `active` has only some of the lanes

    std::uint64_t units() const { return never ? 0 : std::uint64_t{1} << unit_bits; }
    /// Number of the vector at step `unit`.
    std::uint64_t vector_at(std::uint64_t unit) const {
        for (const int bit : inserted) {
            const std::uint64_t low = (std::uint64_t{1} << bit) - 1;
            unit = (unit & ~low) << 1 | (unit & low);
        }
        return unit | fixed;
    }
    /// Number of consecutive steps whose vectors are consecutive.
    std::uint64_t run() const {
        return std::uint64_t{1} << (inserted.empty() ? unit_bits : inserted.front());
    }
    bool checked(std::uint64_t vector) const {
        for (const Condition& c : checks)
            if (odd_parity(c.mask & vector) != c.odd) return false;
        return true;
    }
    unsigned row(std::uint64_t vector) const {
        unsigned r = 0;
        for (std::size_t k = 0; k < mixed.size(); ++k)
            r |= static_cast<unsigned>(odd_parity(mixed[k] & vector)) << k;
        return r;
    }
};

/// The walk over a state of `axes` axes in vectors of 2^lane_bits lanes.
///
/// Args:
///     pivots: axes (as a mask) at which the walk stays at 0, because the kernel handles both
///         values in one step; those within the lanes are ignored.
Plan make_plan(int axes, int lane_bits, std::span<const Condition> conditions,
               std::uint64_t pivots);

}  // namespace kernels
}  // namespace carillon::engine
