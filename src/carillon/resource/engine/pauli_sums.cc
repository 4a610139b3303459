// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/pauli_sums.h"

#include <algorithm>
#include <array>
#include <bit>

namespace carillon::engine {

namespace {

using kernels::kBlock;
using kernels::kBlockBits;

constexpr std::size_t kChunk = 256;  ///< blocks; what one chunk reads stays in the cache

/// A Pauli string split into what it does to blocks and to the lanes of a block:
/// (P ket)_i = phase (-1)^{z.(i^x)} ket_{i^x}.
template <class Real>
struct Walk {
    std::uint64_t x, z, where;                ///< over block numbers
    std::array<std::uint8_t, kBlock> from{};  ///< lane of the ket
    std::array<Real, kBlock> weight{};  ///< sign of the lane; 0 where it does not meet `where`
    bool moves;
    Complex phase;

    explicit Walk(const PauliMasks& p)
        : x(p.x >> kBlockBits),
          z(p.z >> kBlockBits),
          where(p.where >> kBlockBits),
          moves((p.x & (kBlock - 1)) != 0) {
        static constexpr std::array<Complex, 4> kPowers = {Complex{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
        phase = kPowers[static_cast<std::size_t>(std::popcount(p.x & p.z) & 3)];
        for (std::uint64_t lane = 0; lane < kBlock; ++lane) {
            const std::uint64_t other = lane ^ (p.x & (kBlock - 1));
            from[lane] = static_cast<std::uint8_t>(other);
            const bool meets = (p.where & (kBlock - 1) & ~lane) == 0;
            weight[lane] = !meets ? 0 : odd_parity(p.z & other) ? -1 : 1;
        }
    }
    bool meets(std::uint64_t block) const { return (block & where) == where; }
    Real sign(std::uint64_t block) const { return odd_parity(z & (block ^ x)) ? -1 : 1; }
    /// The numbers of the ket that meet those of `block`, lane by lane.
    const Real* partner(const Real* ket, std::uint64_t block,
                        std::array<Real, 2 * kBlock>& room) const {
        const Real* const source = ket + (block ^ x) * 2 * kBlock;
        if (!moves) return source;
        for (std::size_t lane = 0; lane < kBlock; ++lane) {
            room[lane] = source[from[lane]];
            room[kBlock + lane] = source[kBlock + from[lane]];
        }
        return room.data();
    }
};

template <class Real>
Complex inner(const Walk<Real>& walk, const Real* bra, const Real* ket, std::size_t begin,
              std::size_t end) {
    std::array<Real, kBlock> re{}, im{};
    std::array<Real, 2 * kBlock> room;
    for (std::size_t block = begin; block < end; ++block) {
        if (!walk.meets(block)) continue;
        const Real* const k = walk.partner(ket, block, room);
        const Real* const b = bra + block * 2 * kBlock;
        const Real sign = walk.sign(block);
        for (std::size_t lane = 0; lane < kBlock; ++lane) {
            const Real br = sign * b[lane], bi = sign * b[kBlock + lane];
            re[lane] += br * k[lane] + bi * k[kBlock + lane];
            im[lane] += br * k[kBlock + lane] - bi * k[lane];
        }
    }
    Complex sum = 0;
    for (std::size_t lane = 0; lane < kBlock; ++lane)
        sum += Complex{static_cast<double>(re[lane]), static_cast<double>(im[lane])} *
               static_cast<double>(walk.weight[lane]);
    return walk.phase * sum;
}

template <class Real>
void add(const Walk<Real>& walk, double coefficient, Real* to, const Real* ket, std::size_t begin,
         std::size_t end) {
    std::array<Real, 2 * kBlock> room;
    const Real fr = static_cast<Real>(coefficient * walk.phase.real()),
               fi = static_cast<Real>(coefficient * walk.phase.imag());
    for (std::size_t block = begin; block < end; ++block) {
        if (!walk.meets(block)) continue;
        const Real* const k = walk.partner(ket, block, room);
        Real* const t = to + block * 2 * kBlock;
        const Real sr = walk.sign(block) * fr, si = walk.sign(block) * fi;
        for (std::size_t lane = 0; lane < kBlock; ++lane) {
            const Real kr = walk.weight[lane] * k[lane], ki = walk.weight[lane] * k[kBlock + lane];
            t[lane] += sr * kr - si * ki;
            t[kBlock + lane] += sr * ki + si * kr;
        }
    }
}

template <class Real>
std::vector<Walk<Real>> walks(std::span<const PauliMasks> strings) {
    return {strings.begin(), strings.end()};
}

}  // namespace

template <class Real>
std::vector<Complex> pauli_inners(const StateVector<Real>& bra, const StateVector<Real>& ket,
                                  std::span<const PauliMasks> strings) {
    const auto all = walks<Real>(strings);
    const std::span<const Real> b = bra.reals(), k = ket.reals();
    const std::size_t blocks = b.size() / (2 * kBlock), chunks = (blocks + kChunk - 1) / kChunk;
    // One sum by chunk, so that the result does not depend on threads.
    std::vector<Complex> sums(chunks * strings.size());
    ket.team().parallel_for(chunks, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t c = first; c < last; ++c)
            for (std::size_t s = 0; s < all.size(); ++s)
                sums[c * all.size() + s] = inner(all[s], b.data(), k.data(), c * kChunk,
                                                 std::min(blocks, (c + 1) * kChunk));
    });
    std::vector<Complex> result(strings.size());
    for (std::size_t at = 0; at < sums.size(); ++at) result[at % strings.size()] += sums[at];
    return result;
}

template <class Real>
void set_pauli_sum(StateVector<Real>& to, const StateVector<Real>& ket,
                   std::span<const PauliMasks> strings, std::span<const double> coefficients) {
    const auto all = walks<Real>(strings);
    const std::span<Real> t = to.reals();
    const std::span<const Real> k = ket.reals();
    const std::size_t blocks = t.size() / (2 * kBlock), chunks = (blocks + kChunk - 1) / kChunk;
    ket.team().parallel_for(chunks, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t c = first; c < last; ++c) {
            const std::size_t begin = c * kChunk, end = std::min(blocks, begin + kChunk);
            std::fill(t.begin() + static_cast<std::ptrdiff_t>(begin * 2 * kBlock),
                      t.begin() + static_cast<std::ptrdiff_t>(end * 2 * kBlock), Real{0});
            for (std::size_t s = 0; s < all.size(); ++s)
                add(all[s], coefficients[s], t.data(), k.data(), begin, end);
        }
    });
}

template std::vector<Complex> pauli_inners(const StateVector<float>&, const StateVector<float>&,
                                           std::span<const PauliMasks>);
template std::vector<Complex> pauli_inners(const StateVector<double>&, const StateVector<double>&,
                                           std::span<const PauliMasks>);
template void set_pauli_sum(StateVector<float>&, const StateVector<float>&,
                            std::span<const PauliMasks>, std::span<const double>);
template void set_pauli_sum(StateVector<double>&, const StateVector<double>&,
                            std::span<const PauliMasks>, std::span<const double>);

}  // namespace carillon::engine
