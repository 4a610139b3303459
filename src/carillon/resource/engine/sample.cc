// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "carillon/base/random.h"
#include "carillon/resource/engine/large_weights.h"
#include "carillon/resource/engine/outcome_weights.h"
#include "carillon/resource/engine/uniform_tree.h"

namespace carillon::engine {

namespace {

using Handle = AffineFrame::Handle;

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
    std::vector<std::uint64_t> masks;  ///< by qubit; valid when all axes fit in 63 bits

    Functions(const AffineFrame& frame, int real_axes, std::span<const Handle> qubits) {
        AxisSet used;
        for (const Handle h : qubits)
            for (std::size_t w = 0; w < used.words.size(); ++w)
                used.words[w] |= frame.mask(h).words[w];
        for (int bit = AxisSet::kFirstFree; bit <= used.highest(); ++bit)
            if (used.has(bit)) free_axes.push_back(bit);
        if (real_axes + free_axes.size() > 63) return;
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

/// An outcome's number in order, and how often it came.
struct Tally {
    std::uint64_t outcome;
    std::uint64_t count;
};

/// Leaves the `most` most frequent ones, in order.
void keep_most(std::vector<Tally>& tallies, std::size_t most) {
    if (tallies.size() <= most) return;
    const auto end = tallies.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(tallies.begin(), end, tallies.end(), [](const Tally& a, const Tally& b) {
        return a.count != b.count ? a.count > b.count : a.outcome < b.outcome;
    });
    tallies.erase(end, tallies.end());
    tallies.shrink_to_fit();
    std::ranges::sort(tallies, {}, &Tally::outcome);
}

struct Tallies {
    std::vector<Tally> tallies;  ///< in order
    std::uint64_t distinct = 0;
};

/// Draws outcomes in order from the sums of blocks of them; the weights of a block's outcomes are
/// asked for when shots fall into it.
class Draw {
  public:
    /// Args:
    ///     sums: of the weights, by block.
    Draw(std::span<const double> sums, std::uint64_t block_size, std::uint64_t seed,
         std::uint64_t shots, ThreadTeam& team)
        : block_size_(block_size), uniforms_(seed, shots), team_(team) {
        begins_.push_back(0);
        for (const double sum : sums) begins_.push_back(begins_.back() + sum);
        const double total = begins_.back();
        for (double& begin : begins_) begin = begin == total ? 1 : begin / total;
        rank_blocks();
    }

    /// Blocks that shots fall into.
    std::vector<std::uint64_t> hit() const {
        std::vector<std::uint64_t> list;
        for (std::uint64_t b = 0; b + 1 < ranks_.size(); ++b)
            if (ranks_[b] != ranks_[b + 1]) list.push_back(b);
        return list;
    }
    void draw_block(std::uint64_t block, std::vector<double> weights, Tallies& to) const {
        const double begin = begins_[block], end = begins_[block + 1];
        double sum = 0;
        for (double& w : weights) w = sum += w;
        const double scale = sum > 0 ? (end - begin) / sum : 0;
        // The weights become the cumulative probabilities at which their outcomes end.
        for (double& w : weights) w = std::min(end, begin + w * scale);
        weights.back() = end;
        std::vector<std::uint64_t> ranks(weights.size());
        ranks.back() = ranks_[block + 1];
        const std::size_t inner = weights.size() - 1;
        uniforms_.rank(std::span(weights).first(inner), std::span(ranks).first(inner));
        std::uint64_t before = ranks_[block];
        for (std::size_t k = 0; k < ranks.size(); ++k) {
            if (ranks[k] == before) continue;
            to.tallies.push_back({block * block_size_ + k, ranks[k] - before});
            ++to.distinct;
            before = ranks[k];
        }
    }

  private:
    void rank_blocks() {
        ranks_.resize(begins_.size());
        const std::span<const double> begins = begins_;
        const std::span<std::uint64_t> ranks = ranks_;
        constexpr std::size_t kGrain = 1 << 8;
        team_.parallel_for(begins.size(), kGrain, [&](std::size_t begin, std::size_t end) {
            uniforms_.rank(begins.subspan(begin, end - begin), ranks.subspan(begin, end - begin));
        });
    }

    std::uint64_t block_size_;
    UniformTree uniforms_;
    ThreadTeam& team_;
    std::vector<double> begins_;  ///< cumulative probability at which each block begins, and 1
    std::vector<std::uint64_t> ranks_;  ///< by block: random numbers below its beginning
};

template <class Real>
std::vector<double> block_sums(const OutcomeWeights<Real>& weights, ThreadTeam& team) {
    const std::uint64_t parts = weights.parts();
    std::vector<double> sums(weights.blocks() * parts);
    team.parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) sums[k] = weights.weight(k / parts, k % parts);
    });
    for (std::uint64_t b = 0; b < weights.blocks(); ++b)
        sums[b] = std::accumulate(sums.begin() + static_cast<std::ptrdiff_t>(b * parts),
                                  sums.begin() + static_cast<std::ptrdiff_t>((b + 1) * parts), 0.0);
    sums.resize(weights.blocks());
    return sums;
}

/// The outcomes of a block that is the sum of several parts.
template <class Real>
std::vector<double> sum_parts(const OutcomeWeights<Real>& weights, std::uint64_t block,
                              ThreadTeam& team) {
    std::vector<std::vector<double>> parts(weights.parts());
    team.parallel_for(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) {
            parts[p].resize(weights.block_size());
            weights.add(block, p, parts[p]);
        }
    });
    for (std::size_t p = 1; p < parts.size(); ++p)
        for (std::size_t k = 0; k < parts[p].size(); ++k) parts[0][k] += parts[p][k];
    return std::move(parts[0]);
}

/// One pass for the sums of blocks, one for the blocks that shots fall into.
template <class Real>
Tallies draw(const OutcomeWeights<Real>& weights, std::uint64_t seed, std::uint64_t shots,
             std::size_t most, ThreadTeam& team) {
    const Draw drawing(block_sums(weights, team), weights.block_size(), seed, shots, team);
    const std::vector<std::uint64_t> hit = drawing.hit();
    Tallies result;
    if (weights.parts() > 1) {
        for (const std::uint64_t b : hit)
            drawing.draw_block(b, sum_parts(weights, b, team), result);
        keep_most(result.tallies, most);
        return result;
    }
    constexpr std::size_t kGrain = 4;
    std::vector<Tallies> chunks((hit.size() + kGrain - 1) / kGrain);
    team.parallel_for(hit.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            std::vector<double> block(weights.block_size());
            weights.add(hit[k], 0, block);
            drawing.draw_block(hit[k], std::move(block), chunks[begin / kGrain]);
        }
        keep_most(chunks[begin / kGrain].tallies, most);
    });
    for (Tallies& chunk : chunks) {
        result.distinct += chunk.distinct;
        result.tallies.insert(result.tallies.end(), chunk.tallies.begin(), chunk.tallies.end());
        chunk = {};
        if (result.tallies.size() / 4 > most) keep_most(result.tallies, most);
    }
    keep_most(result.tallies, most);
    return result;
}

/// The same where the amplitudes are spread: one visit for as many blocks as memory is lent.
template <class Real>
Tallies draw(LargeWeights<Real>& weights, std::uint64_t seed, std::uint64_t shots, std::size_t most,
             ThreadTeam& team) {
    constexpr std::uint64_t kMostOutcomes = std::uint64_t{1} << 21;
    const Draw drawing(weights.sums(), weights.block_size(), seed, shots, team);
    const std::vector<std::uint64_t> hit = drawing.hit();
    const std::size_t size = weights.block_size();
    const std::size_t together = std::max<std::size_t>(kMostOutcomes / size, 1);
    Tallies result;
    for (std::size_t first = 0; first < hit.size(); first += together) {
        const std::size_t count = std::min(together, hit.size() - first);
        const std::span<const std::uint64_t> blocks(hit.data() + first, count);
        const std::vector<double> all = weights.weights(blocks);
        for (std::size_t k = 0; k < count; ++k)
            drawing.draw_block(blocks[k],
                               {all.begin() + static_cast<std::ptrdiff_t>(k * size),
                                all.begin() + static_cast<std::ptrdiff_t>((k + 1) * size)},
                               result);
        if (result.tallies.size() / 4 > most) keep_most(result.tallies, most);
    }
    keep_most(result.tallies, most);
    return result;
}

/// Draws outcomes of a state with `axes` axes, free ones last.
template <class Real>
Tallies draw(const StateVector<Real>& state, int axes, std::span<const std::uint64_t> rows,
             std::uint64_t constant, std::uint64_t seed, std::uint64_t shots, std::size_t most) {
    if (LargeState<Real>* const large = state.large()) {
        LargeWeights<Real> weights(*large, state.team(), axes, rows, constant);
        return draw(weights, seed, shots, most, state.team());
    }
    const OutcomeWeights<Real> weights(state.stored(), state.axes(), axes, rows, constant);
    return draw(weights, seed, shots, most, state.team());
}

/// Draws outcomes of the pivots, the first the most significant.
template <class Real>
void sample_in_order(const AffineState<Real>& affine, std::span<const Handle> qubits,
                     const Functions& functions, std::uint64_t seed, std::uint64_t shots,
                     std::size_t most, Samples& samples) {
    const Pivots pivots(functions.masks);
    const std::size_t rank = pivots.qubits.size();
    std::vector<std::uint64_t> rows;  // by bit of the outcome's number
    std::uint64_t constant = 0;
    for (std::size_t bit = 0; bit < rank; ++bit) {
        const std::size_t qubit = pivots.qubits[rank - 1 - bit];
        rows.push_back(functions.masks[qubit]);
        constant |= std::uint64_t{affine.frame().value(qubits[qubit])} << bit;
    }
    BitMap outcome(static_cast<int>(rank), samples.words_per_outcome);
    std::vector<std::uint64_t> fixed(samples.words_per_outcome);
    for (std::size_t k = 0; k < qubits.size(); ++k) {
        // A pivot's bit in the number is its value; another qubit's value is the xor of pivots and
        // of all their constants.
        bool value = affine.frame().value(qubits[k]);
        for (std::size_t p = 0; p < rank; ++p) {
            if ((pivots.from[k] >> p & 1) == 0) continue;
            outcome.set(static_cast<int>(rank - 1 - p), k);
            value ^= affine.frame().value(qubits[pivots.qubits[p]]);
        }
        fixed[k / 64] |= std::uint64_t{value} << (k % 64);
    }
    const int real_axes = affine.state().axes();
    const Tallies drawn =
        draw(affine.state(), real_axes + static_cast<int>(functions.free_axes.size()), rows,
             constant, seed, shots, most);
    samples.distinct = drawn.distinct;
    samples.words.reserve(drawn.tallies.size() * samples.words_per_outcome);
    samples.counts.reserve(drawn.tallies.size());
    for (const Tally& tally : drawn.tallies) {
        samples.words.insert(samples.words.end(), fixed.begin(), fixed.end());
        outcome.add(tally.outcome, samples.words.data() + samples.words.size() - fixed.size());
        samples.counts.push_back(tally.count);
    }
}

/// The values of all qubits for an index of the real axes, free axes drawn by the shot's number.
class ShotWords {
  public:
    ShotWords(const AffineFrame& frame, std::span<const Handle> qubits,
              std::span<const int> free_axes, std::uint64_t seed)
        : frame_(frame), qubits_(qubits), free_axes_(free_axes), seed_(seed) {}

    void write(std::uint64_t index, std::uint64_t shot, std::uint64_t* to) const {
        constexpr std::uint32_t kFirstEvent = 1 << 12;  // beyond those of a UniformTree
        AxisSet x;
        x.words[0] = index;
        std::array<std::uint32_t, 4> bits{};
        for (std::size_t k = 0; k < free_axes_.size(); ++k) {
            if (k % 128 == 0)
                bits = philox(
                    {static_cast<std::uint32_t>(shot), static_cast<std::uint32_t>(shot >> 32),
                     kStreamSampling, kFirstEvent + static_cast<std::uint32_t>(k / 128)},
                    seed_);
            if ((bits[k % 128 / 32] >> (k % 32) & 1) != 0) x.flip(free_axes_[k]);
        }
        for (std::size_t k = 0; k < qubits_.size(); ++k) {
            const bool value = frame_.mask(qubits_[k]).dot(x) != frame_.value(qubits_[k]);
            to[k / 64] |= std::uint64_t{value} << (k % 64);
        }
    }

  private:
    const AffineFrame& frame_;
    std::span<const Handle> qubits_;
    std::span<const int> free_axes_;
    std::uint64_t seed_;
};

/// Counts equal outcomes in a list of shots.
Samples count_shots(std::span<const std::uint64_t> shots, std::size_t words, std::size_t most) {
    const auto shot = [&](std::uint64_t s) { return shots.subspan(s * words, words); };
    std::vector<std::uint64_t> order(shots.size() / words);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, [&](std::uint64_t a, std::uint64_t b) {
        return std::ranges::lexicographical_compare(shot(a), shot(b));
    });
    std::vector<Tally> tallies;  // outcomes by a place in the order
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (k == 0 || !std::ranges::equal(shot(order[k - 1]), shot(order[k])))
            tallies.push_back({k, 0});
        ++tallies.back().count;
    }
    Samples samples;
    samples.words_per_outcome = words;
    samples.distinct = tallies.size();
    keep_most(tallies, most);
    for (const Tally& tally : tallies) {
        const auto outcome = shot(order[tally.outcome]);
        samples.words.insert(samples.words.end(), outcome.begin(), outcome.end());
        samples.counts.push_back(tally.count);
    }
    return samples;
}

/// Draws indices of the real axes in order, and each free axis for every shot.
template <class Real>
Samples sample_by_axes(const AffineState<Real>& affine, std::span<const Handle> qubits,
                       const Functions& functions, std::uint64_t seed, std::uint64_t shots,
                       std::size_t most, std::size_t words_per_outcome) {
    const StateVector<Real>& state = affine.state();
    std::vector<std::uint64_t> rows;
    for (int axis = 0; axis < state.axes(); ++axis) rows.push_back(std::uint64_t{1} << axis);
    const Tallies drawn = draw(state, state.axes(), rows, 0, seed, shots, kAllOutcomes);
    std::vector<std::uint64_t> first{0};  // by tally: shots before
    for (const Tally& tally : drawn.tallies) first.push_back(first.back() + tally.count);
    const ShotWords shot_words(affine.frame(), qubits, functions.free_axes, seed);
    std::vector<std::uint64_t> words(shots * words_per_outcome);
    constexpr std::size_t kShotGrain = 1 << 12;
    state.team().parallel_for(shots, kShotGrain, [&](std::size_t begin, std::size_t end) {
        auto tally = std::upper_bound(first.begin(), first.end(), begin) - first.begin() - 1;
        for (std::size_t s = begin; s < end; ++s) {
            while (first[tally + 1] <= s) ++tally;
            shot_words.write(drawn.tallies[tally].outcome, s, &words[s * words_per_outcome]);
        }
    });
    return count_shots(words, words_per_outcome, most);
}

}  // namespace

template <class Real>
Samples sample(Register<Real>& reg, std::span<const Handle> qubits, std::uint64_t seed,
               std::uint64_t shots, std::size_t most) {
    for (const Handle h : qubits) reg.settle(h);
    Samples samples;
    samples.words_per_outcome = std::max<std::size_t>((qubits.size() + 63) / 64, 1);
    if (shots == 0) return samples;
    const AffineState<Real>& affine = reg.affine();
    const int real_axes = affine.state().axes();
    const Functions functions(affine.frame(), real_axes, qubits);
    const std::size_t free_axes = functions.free_axes.size();
    if (free_axes != 0 && real_axes + free_axes > kOrderedAxes)
        return sample_by_axes(affine, qubits, functions, seed, shots, most,
                              samples.words_per_outcome);
    sample_in_order(affine, qubits, functions, seed, shots, most, samples);
    return samples;
}

template Samples sample(Register<float>&, std::span<const Handle>, std::uint64_t, std::uint64_t,
                        std::size_t);
template Samples sample(Register<double>&, std::span<const Handle>, std::uint64_t, std::uint64_t,
                        std::size_t);

}  // namespace carillon::engine
