// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/rank_exchange.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>

#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

namespace {

constexpr int kStateTag = 1, kMeetTag = 2;
constexpr int kLongestRun = 14;   ///< log2 of the amplitudes that are moved as one
constexpr int kShortestRun = 10;  ///< for the sake of amplitudes that are 0

std::uint64_t deposit(std::uint64_t value, std::uint64_t mask) {
    std::uint64_t result = 0;
    for (; mask != 0 && value != 0; mask &= mask - 1, value >>= 1)
        if ((value & 1) != 0) result |= mask & -mask;
    return result;
}

}  // namespace

template <class Real>
std::uint64_t RankExchange<Real>::start_of(const Layout& layout, std::uint64_t run,
                                           std::uint64_t values) const {
    return kernels::offset_of(deposit(run, layout.rows) | values);
}

/// Both sides have come here, and see what the other wrote before.
template <class Real>
void RankExchange<Real>::meet(int partner) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::byte there{}, here{};
    host::Ticket sent = host_->start_send({&there, 1}, partner, kMeetTag, host::Traffic::kControl);
    host_->receive({&here, 1}, partner, kMeetTag);
    host_->finish(sent);
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

/// Each side trades half of the runs.
template <class Real>
void RankExchange<Real>::through_window(Real* data, const Layout& layout, const Trade& trade,
                                        host::Window& window) {
    Real* const other = reinterpret_cast<Real*>(window.of(trade.partner).data());
    meet(trade.partner);
    const bool first = host_->rank() < trade.partner;
    const std::uint64_t half = layout.runs / 2;
    const std::uint64_t begin = first ? 0 : half, end = first ? half : layout.runs;
    for (std::uint64_t run = begin; run < end; ++run) {
        Real* const mine = data + start_of(layout, run, trade.mine);
        Real* const theirs = other + start_of(layout, run, trade.theirs);
        if (trade.give && trade.take) {
            std::swap_ranges(mine, mine + layout.run_reals, theirs);
            continue;
        }
        Real* const from = trade.give ? mine : theirs;
        Real* const to = trade.give ? theirs : mine;
        std::memcpy(to, from, layout.run_reals * sizeof(Real));
        std::memset(from, 0, layout.run_reals * sizeof(Real));
    }
    const std::uint64_t bytes = layout.runs * layout.run_reals * sizeof(Real);
    if (trade.give) host_->count_window(host::Traffic::kState, bytes);
    meet(trade.partner);
}

template <class Real>
void RankExchange<Real>::through_messages(Real* data, const Layout& layout, const Trade& trade) {
    const std::uint64_t runs =
        std::clamp<std::uint64_t>(chunk_reals_ / layout.run_reals, 1, layout.runs);
    const std::uint64_t reals = runs * layout.run_reals;
    struct Chunk {
        std::vector<Real> out, in;
        host::Ticket sent, received;
        std::uint64_t first = 0, count = 0;
    };
    std::array<Chunk, 2> chunks;
    const auto unpack = [&](Chunk& chunk) {
        if (chunk.count == 0) return;
        if (chunk.received) host_->finish(chunk.received);
        for (std::uint64_t k = 0; k < chunk.count; ++k) {
            Real* const to = data + start_of(layout, chunk.first + k, trade.mine);
            if (trade.take)
                std::memcpy(to, chunk.in.data() + k * layout.run_reals,
                            layout.run_reals * sizeof(Real));
            else
                std::memset(to, 0, layout.run_reals * sizeof(Real));
        }
        chunk.count = 0;
    };
    for (Chunk& chunk : chunks) {
        if (trade.give) chunk.out.resize(reals);
        if (trade.take) chunk.in.resize(reals);
    }
    std::size_t turn = 0;
    for (std::uint64_t first = 0; first < layout.runs; first += runs, turn ^= 1) {
        Chunk& chunk = chunks[turn];
        unpack(chunk);
        if (chunk.sent) host_->finish(chunk.sent);
        chunk.first = first;
        chunk.count = std::min(runs, layout.runs - first);
        const std::size_t size = chunk.count * layout.run_reals;
        if (trade.take)
            chunk.received = host_->start_receive(
                std::as_writable_bytes(std::span(chunk.in).first(size)), trade.partner, kStateTag);
        if (!trade.give) continue;
        for (std::uint64_t k = 0; k < chunk.count; ++k)
            std::memcpy(chunk.out.data() + k * layout.run_reals,
                        data + start_of(layout, first + k, trade.mine),
                        layout.run_reals * sizeof(Real));
        chunk.sent = host_->start_send(std::as_bytes(std::span(chunk.out).first(size)),
                                       trade.partner, kStateTag, host::Traffic::kState);
    }
    unpack(chunks[turn]);
    unpack(chunks[turn ^ 1]);
    for (Chunk& chunk : chunks)
        if (chunk.sent) host_->finish(chunk.sent);
}

template <class Real>
void RankExchange<Real>::run(Real* data, int inside, std::span<const AxisSwap> swaps,
                             std::uint64_t zero_places, host::Window& window) {
    Layout layout;
    int lowest = std::min(inside, kLongestRun);
    zero_places &= ~std::uint64_t{0} << kShortestRun;
    if (zero_places != 0) lowest = std::min(lowest, std::countr_zero(zero_places));
    std::uint64_t place_zero = 0, bit_zero = 0, own = 0;
    for (std::size_t k = 0; k < swaps.size(); ++k) {
        lowest = std::min(lowest, swaps[k].place);
        layout.swapped |= std::uint64_t{1} << swaps[k].place;
        place_zero |= std::uint64_t{swaps[k].place_zero} << k;
        bit_zero |= std::uint64_t{swaps[k].bit_zero} << k;
        own |= (part_ >> swaps[k].bit & 1) << k;
    }
    const std::uint64_t all = (std::uint64_t{1} << inside) - 1;
    const std::uint64_t within = (std::uint64_t{1} << lowest) - 1;
    layout.rows = all & ~within & ~layout.swapped & ~zero_places;
    layout.run_reals = 2 * (within + 1);
    layout.runs = std::uint64_t{1} << std::popcount(layout.rows);
    const auto values_of = [&](std::uint64_t value) {
        std::uint64_t places = 0;
        for (std::size_t k = 0; k < swaps.size(); ++k) places |= (value >> k & 1) << swaps[k].place;
        return places;
    };
    for (std::uint64_t step = 1; step < std::uint64_t{1} << swaps.size(); ++step) {
        const std::uint64_t other = own ^ step;
        std::uint64_t partner = part_;
        for (std::size_t k = 0; k < swaps.size(); ++k)
            if ((step >> k & 1) != 0) partner ^= std::uint64_t{1} << swaps[k].bit;
        Trade trade;
        trade.partner = ranks_[partner];
        trade.mine = values_of(other);
        trade.theirs = values_of(own);
        trade.give = ((other & place_zero) | (own & bit_zero)) == 0;
        trade.take = ((own & place_zero) | (other & bit_zero)) == 0;
        if (!trade.give && !trade.take) continue;
        if (layout.runs > 1 && !window.of(trade.partner).empty())
            through_window(data, layout, trade, window);
        else
            through_messages(data, layout, trade);
    }
}

template class RankExchange<float>;
template class RankExchange<double>;

}  // namespace carillon::engine
