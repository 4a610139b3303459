// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "carillon/base/random.h"

namespace carillon::engine {

namespace {

using Handle = AffineFrame::Handle;

constexpr std::size_t kShotGrain = 1 << 12;

/// Finds where a cumulative sum passes a number: sums of blocks are kept, blocks are scanned.
template <class Weight>
class Cumulative {
  public:
    static constexpr std::uint64_t kScan = 64;

    /// Args:
    ///     weight: weight(i) >= 0 for i in [0, count).
    Cumulative(std::uint64_t count, Weight weight, ThreadTeam& team)
        : count_(count), weight_(weight), until_((count + kScan - 1) / kScan) {
        team.parallel_for(until_.size(), 1 << 10, [&](std::size_t begin, std::size_t end) {
            for (std::size_t b = begin; b < end; ++b) until_[b] = block_weight(b);
        });
        double sum = 0;
        for (double& block : until_) block = sum += block;
    }
    /// The index at which the sum passes `uniform` times the whole, uniform in [0, 1).
    std::uint64_t find(double uniform) const {
        const double target = uniform * until_.back();
        const auto it = std::upper_bound(until_.begin(), until_.end(), target);
        auto block = static_cast<std::uint64_t>(it - until_.begin());
        if (it == until_.end()) --block;
        double sum = block == 0 ? 0 : until_[block - 1];
        std::uint64_t last = block * kScan;
        const std::uint64_t end = std::min(count_, (block + 1) * kScan);
        for (std::uint64_t i = block * kScan; i < end; ++i) {
            const double w = weight_(i);
            if (w <= 0) continue;
            last = i;
            sum += w;
            if (sum > target) break;
        }
        return last;
    }

  private:
    double block_weight(std::uint64_t block) const {
        double sum = 0;
        const std::uint64_t end = std::min(count_, (block + 1) * kScan);
        for (std::uint64_t i = block * kScan; i < end; ++i) sum += weight_(i);
        return sum;
    }

    std::uint64_t count_;
    Weight weight_;
    std::vector<double> until_;
};

/// A linear map from bits to words: bit b of the argument adds columns[b].
class BitMap {
  public:
    BitMap(int bits, std::size_t words) : words_(words), columns_(bits * words) {}
    void set(int bit, std::size_t row) {
        columns_[bit * words_ + row / 64] |= std::uint64_t{1} << (row % 64);
    }
    void add(std::uint64_t argument, std::uint64_t* to) const {
        for (; argument != 0; argument &= argument - 1) {
            const std::uint64_t* column = &columns_[std::countr_zero(argument) * words_];
            for (std::size_t w = 0; w < words_; ++w) to[w] ^= column[w];
        }
    }

  private:
    std::size_t words_;
    std::vector<std::uint64_t> columns_;
};

/// The values of some qubits as functions of the real axes followed by the free axes they use.
struct Functions {
    std::vector<int> free_axes;
    std::vector<std::uint64_t> masks;  ///< by qubit; valid when all axes fit in 64 bits

    Functions(const AffineFrame& frame, int real_axes, std::span<const Handle> qubits) {
        AxisSet used;
        for (const Handle h : qubits)
            for (std::size_t w = 0; w < used.words.size(); ++w)
                used.words[w] |= frame.mask(h).words[w];
        for (int bit = AxisSet::kFirstFree; bit <= used.highest(); ++bit)
            if (used.has(bit)) free_axes.push_back(bit);
        if (real_axes + free_axes.size() > 64) return;
        for (const Handle h : qubits) {
            std::uint64_t mask = frame.mask(h).axes();
            for (std::size_t k = 0; k < free_axes.size(); ++k)
                mask |= std::uint64_t{frame.mask(h).has(free_axes[k])} << (real_axes + k);
            masks.push_back(mask);
        }
    }
};

/// Qubits whose values tell all others': the first ones that are independent, and how every
/// listed qubit follows from them.
struct Pivots {
    std::vector<std::size_t> qubits;  ///< positions in the list
    std::vector<std::uint64_t> from;  ///< by qubit: set of pivots whose xor it is

    explicit Pivots(std::span<const std::uint64_t> masks) {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;  // reduced mask, set of pivots
        for (std::size_t k = 0; k < masks.size(); ++k) {
            std::uint64_t mask = masks[k], set = 0;
            for (const auto& [row, pivots] : rows)
                if ((mask & std::bit_floor(row)) != 0) mask ^= row, set ^= pivots;
            if (mask != 0) {
                set ^= std::uint64_t{1} << qubits.size();
                rows.emplace_back(mask, set);
                set = std::uint64_t{1} << qubits.size();
                qubits.push_back(k);
            }
            from.push_back(set);
        }
    }
};

/// Probabilities of the pivots' outcomes, the first pivot the most significant bit.
template <class Real>
std::vector<double> pivot_probabilities(const AffineState<Real>& affine,
                                        std::span<const Handle> qubits, const Functions& functions,
                                        const Pivots& pivots) {
    const int real_axes = affine.state().axes();
    const int axes = real_axes + static_cast<int>(functions.free_axes.size());
    const std::size_t rank = pivots.qubits.size();
    BitMap map(axes, 1);
    std::uint64_t constant = 0;
    for (std::size_t p = 0; p < rank; ++p) {
        const std::size_t row = rank - 1 - p;
        for (std::uint64_t m = functions.masks[pivots.qubits[p]]; m != 0; m &= m - 1)
            map.set(std::countr_zero(m), row);
        constant |= std::uint64_t{affine.frame().value(qubits[pivots.qubits[p]])} << row;
    }
    std::vector<double> table(std::size_t{1} << rank);
    const double share = std::ldexp(1.0, real_axes - axes);
    constexpr int kLowBits = 10;  // the map of low and of high bits is computed once each
    std::array<std::uint64_t, 1 << kLowBits> low{};
    for (std::uint64_t x = 0; x < low.size(); ++x)
        if (x < std::uint64_t{1} << axes) map.add(x, &low[x]);
    const std::uint64_t real_mask = (std::uint64_t{1} << real_axes) - 1;
    std::uint64_t high = 0;
    for (std::uint64_t x = 0; x < std::uint64_t{1} << axes; ++x) {
        const std::uint64_t within = x & (low.size() - 1);
        if (within == 0) {
            high = constant;
            map.add(x, &high);
        }
        table[high ^ low[within]] += share * std::norm(affine.state().amplitude(x & real_mask));
    }
    return table;
}

template <class Real>
void sample_in_order(const AffineState<Real>& affine, std::span<const Handle> qubits,
                     const Functions& functions, std::uint64_t seed, std::uint64_t shots,
                     Samples& samples) {
    const Pivots pivots(functions.masks);
    const std::size_t rank = pivots.qubits.size();
    const auto table = pivot_probabilities(affine, qubits, functions, pivots);
    BitMap outcome(static_cast<int>(rank), samples.words_per_shot);
    std::vector<std::uint64_t> constant(samples.words_per_shot);
    for (std::size_t k = 0; k < qubits.size(); ++k) {
        // A pivot's bit in the table is its value; another qubit's value is the xor of pivots and
        // of all their constants.
        bool value = affine.frame().value(qubits[k]);
        for (std::size_t p = 0; p < rank; ++p) {
            if ((pivots.from[k] >> p & 1) == 0) continue;
            outcome.set(static_cast<int>(rank - 1 - p), k);
            value ^= affine.frame().value(qubits[pivots.qubits[p]]);
        }
        constant[k / 64] |= std::uint64_t{value} << (k % 64);
    }
    ThreadTeam& team = affine.state().team();
    const auto weight = [&](std::uint64_t i) { return table[i]; };
    const Cumulative cumulative(table.size(), weight, team);
    team.parallel_for(shots, kShotGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t s = begin; s < end; ++s) {
            std::uint64_t* to = &samples.words[s * samples.words_per_shot];
            std::copy(constant.begin(), constant.end(), to);
            outcome.add(cumulative.find(keyed_uniform(seed, kStreamSampling, s, 0)), to);
        }
    });
}

/// Samples an index of the real axes, and each free axis by a number of its own.
template <class Real>
void sample_by_axes(const AffineState<Real>& affine, std::span<const Handle> qubits,
                    const Functions& functions, std::uint64_t seed, std::uint64_t shots,
                    Samples& samples) {
    const StateVector<Real>& state = affine.state();
    const auto weight = [&](std::uint64_t i) { return std::norm(state.amplitude(i)); };
    const Cumulative cumulative(state.size(), weight, state.team());
    state.team().parallel_for(shots, kShotGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t s = begin; s < end; ++s) {
            AxisSet x;
            x.words[0] = cumulative.find(keyed_uniform(seed, kStreamSampling, s, 0));
            for (std::size_t k = 0; k < functions.free_axes.size(); ++k)
                if (keyed_uniform(seed, kStreamSampling, s, static_cast<std::uint32_t>(k) + 1) <
                    0.5)
                    x.flip(functions.free_axes[k]);
            std::uint64_t* to = &samples.words[s * samples.words_per_shot];
            for (std::size_t k = 0; k < qubits.size(); ++k) {
                const bool value =
                    affine.frame().mask(qubits[k]).dot(x) != affine.frame().value(qubits[k]);
                to[k / 64] |= std::uint64_t{value} << (k % 64);
            }
        }
    });
}

}  // namespace

template <class Real>
Samples sample(Register<Real>& reg, std::span<const Handle> qubits, std::uint64_t seed,
               std::uint64_t shots) {
    for (const Handle h : qubits) reg.settle(h);
    Samples samples;
    samples.words_per_shot = std::max<std::size_t>((qubits.size() + 63) / 64, 1);
    samples.words.resize(samples.words_per_shot * shots);
    const AffineState<Real>& affine = reg.affine();
    affine.state().flush();
    const int real_axes = affine.state().axes();
    const Functions functions(affine.frame(), real_axes, qubits);
    if (real_axes + functions.free_axes.size() <= kOrderedAxes)
        sample_in_order(affine, qubits, functions, seed, shots, samples);
    else
        sample_by_axes(affine, qubits, functions, seed, shots, samples);
    return samples;
}

template Samples sample(Register<float>&, std::span<const Handle>, std::uint64_t, std::uint64_t);
template Samples sample(Register<double>&, std::span<const Handle>, std::uint64_t, std::uint64_t);

}  // namespace carillon::engine
