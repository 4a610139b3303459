// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/sweep_of.h"

#include <algorithm>
#include <bit>

namespace carillon::engine::passes {

namespace {

constexpr int kRowBits = 6;

class SweepBuilder {
  public:
    explicit SweepBuilder(const Geometry& geometry)
        : row_axes_(geometry.lane_bits +
                    std::min(kRowBits, geometry.tile_axes - geometry.lane_bits)),
          inner_((std::uint64_t{1} << row_axes_) - 1) {
        made_.sweep.row_bits = row_axes_ - geometry.lane_bits;
        made_.sweep.pairs.resize(static_cast<std::size_t>(geometry.tile_axes - row_axes_));
        made_.factors.assign(static_cast<std::size_t>(geometry.tile_axes), Complex{1});
    }

    bool add(const TilePhase& phase) {
        ++made_.phases;
        const int bits = std::popcount(phase.inside);
        if (phase.outside != 0) return add_varying(phase, bits);
        if (bits == 0) {
            made_.scalar *= phase.factor;
        } else if ((phase.inside & ~inner_) == 0) {
            within_.push_back(phase);
        } else if (bits == 1) {
            made_.factors[std::countr_zero(phase.inside)] *= phase.factor;
        } else if (bits == 2) {
            const int high = std::bit_width(phase.inside) - 1, low = std::countr_zero(phase.inside);
            made_.sweep.pairs[high - row_axes_].push_back({low, phase.factor});
            made_.sweep.coupled |= (std::uint64_t{1} << low) & inner_;
        } else {
            return false;
        }
        return true;
    }

    TileSweep finish() {
        for (const TilePhase& phase : within_) {
            if (std::has_single_bit(phase.inside) && (phase.inside & made_.sweep.coupled) != 0)
                made_.factors[std::countr_zero(phase.inside)] *= phase.factor;
            else
                multiply_fixed(phase);
        }
        return std::move(made_);
    }

  private:
    bool add_varying(const TilePhase& phase, int bits) {
        if (bits > 1) return false;
        made_.varying.push_back(
            {phase.outside, bits == 0 ? -1 : std::countr_zero(phase.inside), phase.factor});
        made_.sweep.coupled |= phase.inside & inner_;
        return true;
    }
    void multiply_fixed(const TilePhase& phase) {
        auto& fixed = made_.sweep.fixed;
        if (fixed.empty()) fixed.assign(std::size_t{1} << row_axes_, Complex{1});
        for (std::size_t x = 0; x < fixed.size(); ++x)
            if ((x & phase.inside) == phase.inside) fixed[x] *= phase.factor;
    }

    int row_axes_;
    std::uint64_t inner_;
    TileSweep made_;
    std::vector<TilePhase> within_;
};

}  // namespace

TileSweep sweep_of(std::span<const TilePhase> phases, const Geometry& geometry,
                   std::vector<TilePhase>& others) {
    SweepBuilder builder(geometry);
    for (const TilePhase& phase : phases)
        if (!builder.add(phase)) others.push_back(phase);
    return builder.finish();
}

}  // namespace carillon::engine::passes
