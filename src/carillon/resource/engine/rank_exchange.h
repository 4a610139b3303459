// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::engine {

/// An axis inside a rank's part and a bit of the part's number that change places.
struct AxisSwap {
    int place = 0;  ///< of the axis inside, at least kBlockBits
    int bit = 0;
    bool place_zero = false;  ///< amplitudes with a 1 there are known to be 0
    bool bit_zero = false;    ///< parts with a 1 there are known to be 0
};

/// How parts of a state trade halves, quarters, ... of themselves. w swaps at once move 1 - 2^-w of
/// the state, where w swaps one after another would move w/2 of it.
///
/// Ranks of one node trade through the window, without buffers; others through messages in chunks,
/// of which two are under way while one is packed and one unpacked. What is known to be 0 on both
/// sides stays, and what is 0 on one side goes one way only.
template <class Real>
class RankExchange {
  public:
    /// Args:
    ///     ranks: by number of the part, the rank that has it; a power of two of them.
    ///     part: of this rank.
    RankExchange(host::Ranks& host, std::vector<int> ranks, std::uint64_t part)
        : host_(&host), ranks_(std::move(ranks)), part_(part) {}

    /// Trades the amplitudes in `data`, 2^inside of them, which is this rank's part of `window`.
    /// Parts that trade call it with the same arguments.
    ///
    /// Args:
    ///     zero_places: mask; amplitudes with a 1 there are known to be 0, and stay.
    void run(Real* data, int inside, std::span<const AxisSwap> swaps, std::uint64_t zero_places,
             host::Window& window);

    /// Reals in a chunk of a message; for tests and measurements.
    void set_chunk_reals(std::uint64_t reals) { chunk_reals_ = reals; }

  private:
    /// What one partner and this rank trade: runs of amplitudes that stand one after another.
    struct Trade {
        int partner = 0;                     ///< rank
        std::uint64_t mine = 0, theirs = 0;  ///< values of the swapped places: what goes, by side
        bool give = false, take = false;     ///< whether there is anything but 0
    };
    struct Layout {
        std::uint64_t run_reals = 0, runs = 0;
        std::uint64_t rows = 0;     ///< mask of places that count the runs
        std::uint64_t swapped = 0;  ///< mask of the swapped places
    };
    std::uint64_t start_of(const Layout& layout, std::uint64_t run, std::uint64_t values) const;
    void through_window(Real* data, const Layout& layout, const Trade& trade, host::Window& window);
    void through_messages(Real* data, const Layout& layout, const Trade& trade);
    void meet(int partner);

    host::Ranks* host_;
    std::vector<int> ranks_;
    std::uint64_t part_;
    std::uint64_t chunk_reals_ = std::uint64_t{1} << 19;
};

extern template class RankExchange<float>;
extern template class RankExchange<double>;

}  // namespace carillon::engine
