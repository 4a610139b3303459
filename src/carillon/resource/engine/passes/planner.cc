// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/planner.h"

#include <algorithm>
#include <bit>

#include "carillon/resource/engine/passes/fill.h"
#include "carillon/resource/engine/passes/tile_axes.h"

namespace carillon::engine::passes {

namespace {

constexpr std::size_t kTileBytes = std::size_t{1} << 20;  ///< well within a core's second cache
constexpr int kSmallestShared = 13;                       ///< axes from which several threads pay
constexpr int kTilesPerThread = 2;                        ///< log2
constexpr int kRunAxes = 5;                               ///< of memory read in one stretch

int weight(const Item& item) {
    return item.kind == ItemKind::kPhase                                             ? 0
           : item.kind == ItemKind::kRotation || item.kind == ItemKind::kInteraction ? 2
                                                                                     : 3;
}

/// Items not yet in a pass, as far as the planner looks ahead.
class Window {
  public:
    Window(const Items& items, int axes)
        : items_(items), size_(256 + 64 * static_cast<std::size_t>(axes)) {
        refill();
    }
    bool empty() const { return at_.empty(); }
    std::span<const Footprint> footprints() const { return footprints_; }
    std::uint32_t item(std::size_t position) const { return at_[position]; }
    /// True when nothing waits beyond the window and all but `taken` items of it are phases.
    bool ends_with(std::span<const std::uint32_t> taken) const {
        if (next_ < items_.list.size()) return false;
        std::size_t k = 0;
        for (std::uint32_t p = 0; p < at_.size(); ++p) {
            if (k < taken.size() && taken[k] == p)
                ++k;
            else if (footprints_[p].flips != 0)
                return false;
        }
        return true;
    }
    void remove(std::vector<std::uint32_t> positions) {
        std::sort(positions.begin(), positions.end());
        std::size_t to = 0, k = 0;
        for (std::size_t p = 0; p < at_.size(); ++p) {
            if (k < positions.size() && positions[k] == p) {
                ++k;
                continue;
            }
            at_[to] = at_[p];
            footprints_[to++] = footprints_[p];
        }
        at_.resize(to);
        footprints_.resize(to);
        refill();
    }

  private:
    void refill() {
        for (; at_.size() < size_ && next_ < items_.list.size(); ++next_) {
            const Item& item = items_.list[next_];
            at_.push_back(static_cast<std::uint32_t>(next_));
            footprints_.push_back({item.flips, item.reads, weight(item)});
        }
    }

    const Items& items_;
    std::size_t size_, next_ = 0;
    std::vector<std::uint32_t> at_;
    std::vector<Footprint> footprints_;
};

Pass whole_state(const Items& items, std::uint32_t at) {
    const Item& item = items.list[at];
    Pass pass;
    pass.whole = true;
    pass.flips = item.flips;
    TileItem work;
    work.item = item;
    for (const Condition& c : items.conditions_of(item)) work.conditions.push_back({c, 0});
    if (item.kind == ItemKind::kMatrix) {
        const auto targets = items.targets_of(item);
        work.targets.assign(targets.begin(), targets.end());
    }
    pass.work.emplace_back(std::move(work));
    return pass;
}

}  // namespace

Geometry make_geometry(int axes, int lane_bits, std::size_t bytes_per_amplitude, int threads) {
    Geometry g{.axes = axes, .lane_bits = lane_bits};
    const int largest = std::countr_zero(kTileBytes / bytes_per_amplitude);
    g.tile_axes = std::min(axes, largest);
    if (threads > 1 && axes >= kSmallestShared) {
        const int shared =
            axes - std::bit_width(static_cast<unsigned>(threads - 1)) - kTilesPerThread;
        g.tile_axes = std::min(g.tile_axes, shared);
    }
    g.run_axes = g.tile_axes == axes ? axes : std::min(kRunAxes, g.tile_axes - 3);
    return g;
}

std::vector<Pass> plan(const Items& items, const Geometry& geometry) {
    std::vector<Pass> passes;
    const std::uint64_t all = (std::uint64_t{1} << geometry.axes) - 1;
    for (Window window(items, geometry.axes); !window.empty();) {
        const std::uint64_t axes = choose_axes(window.footprints(), geometry);
        if (axes == 0) {
            passes.push_back(whole_state(items, window.item(0)));
            window.remove({0});
            continue;
        }
        const auto positions = fitting(window.footprints(), axes, all);
        std::vector<std::uint32_t> chosen;
        for (const std::uint32_t p : positions) chosen.push_back(window.item(p));
        // Phases wait for company, unless nothing comes after them or they are all there is to do.
        const bool last = window.ends_with(positions) ||
                          std::all_of(positions.begin(), positions.end(), [&](std::uint32_t p) {
                              return window.footprints()[p].flips == 0;
                          });
        std::vector<bool> done;
        passes.push_back(fill_pass(items, chosen, axes, geometry, last, done));
        std::vector<std::uint32_t> taken;
        for (std::size_t k = 0; k < positions.size(); ++k)
            if (done[k]) taken.push_back(positions[k]);
        window.remove(std::move(taken));
    }
    return passes;
}

}  // namespace carillon::engine::passes
