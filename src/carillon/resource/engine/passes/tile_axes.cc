// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/tile_axes.h"

#include <bit>

namespace carillon::engine::passes {

namespace {

constexpr int kFewAxes = 18;    ///< states too small for a search to pay
constexpr int kMostRounds = 3;  ///< of exchanges

/// What the undone items so far keep from being done.
struct Blocked {
    std::uint64_t all = 0;    ///< axes with an undone item that is not diagonal
    std::uint64_t flips = 0;  ///< axes with an undone diagonal item

    bool holds_up(const Footprint& item) const {
        return ((item.flips | item.reads) & all) != 0 || (item.flips & flips) != 0;
    }
    void add(const Footprint& item) {
        all |= item.flips;
        flips |= item.reads;
    }
};

}  // namespace

std::int64_t weight_that_fits(std::span<const Footprint> items, std::uint64_t axes,
                              std::uint64_t all, std::uint64_t& looks) {
    Blocked blocked;
    std::int64_t sum = 0;
    for (const Footprint& item : items) {
        ++looks;
        if ((item.flips & ~axes) != 0 || blocked.holds_up(item)) {
            blocked.add(item);
            if (blocked.all == all) break;
        } else {
            sum += item.weight;
        }
    }
    return sum;
}

std::vector<std::uint32_t> fitting(std::span<const Footprint> items, std::uint64_t axes,
                                   std::uint64_t all) {
    std::vector<std::uint32_t> result;
    Blocked blocked;
    for (std::uint32_t k = 0; k < items.size(); ++k) {
        if ((items[k].flips & ~axes) != 0 || blocked.holds_up(items[k])) {
            blocked.add(items[k]);
            if (blocked.all == all) break;
        } else {
            result.push_back(k);
        }
    }
    return result;
}

std::uint64_t choose_axes(std::span<const Footprint> items, const AxisChoice& choice) {
    const std::uint64_t all = choice.all;
    std::uint64_t axes = choice.always;
    Blocked blocked;
    for (const Footprint& item : items) {
        const bool held_up = blocked.holds_up(item);
        if (!held_up && std::popcount(axes | item.flips) <= choice.count)
            axes |= item.flips;
        else
            blocked.add(item);
        if (blocked.all == all) break;
    }
    if ((items.front().flips & ~axes) != 0) return 0;
    for (std::uint64_t rest = all & ~axes; std::popcount(axes) < choice.count; rest &= rest - 1)
        axes |= rest & -rest;
    if (!choice.exchanges) return axes;
    std::uint64_t looks = 0;
    std::int64_t best = weight_that_fits(items, axes, all, looks);
    for (int round = 0; round < kMostRounds; ++round) {
        const std::int64_t before = best;
        for (std::uint64_t out = axes & ~choice.always; out != 0; out &= out - 1) {
            const std::uint64_t without = axes & ~(out & -out);
            std::uint64_t better = 0;
            for (std::uint64_t in = all & ~axes; in != 0; in &= in - 1) {
                const std::int64_t value =
                    weight_that_fits(items, without | (in & -in), all, looks);
                if (value > best) best = value, better = in & -in;
            }
            if (better != 0) axes = without | better;
        }
        if (best == before) break;
    }
    return axes;
}

std::uint64_t choose_axes(std::span<const Footprint> items, const Geometry& geometry) {
    const std::uint64_t all = (std::uint64_t{1} << geometry.axes) - 1;
    if (geometry.tile_axes == geometry.axes) return all;
    return choose_axes(items, {.all = all,
                               .always = (std::uint64_t{1} << geometry.run_axes) - 1,
                               .count = geometry.tile_axes,
                               .exchanges = geometry.axes >= kFewAxes});
}

}  // namespace carillon::engine::passes
