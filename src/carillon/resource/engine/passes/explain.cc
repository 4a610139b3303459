// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/explain.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace carillon::engine::passes {

namespace {

using Kind = kernels::GroupStep::Kind;

// Vector instructions for each complex vector, counted from the kernels.
constexpr double kMove = 4;      ///< two loads, two stores
constexpr double kRotation = 2;  ///< a fused multiply-add for each number
constexpr double kShuffle = 2;   ///< of the lanes, one for each number
constexpr double kProduct = 4;   ///< of two complex vectors

double share(unsigned controls, std::uint64_t ones) {
    return std::ldexp(1.0, -std::popcount(controls) - std::popcount(ones));
}

class Counter {
  public:
    explicit Counter(double amplitudes) : amplitudes_(amplitudes) {}

    PassCost cost;

    void operator()(const TileGroup& group) {
        ++cost.groups;
        cost.cycles += kMove;
        for (const TileStep& s : group.steps) step(s.step);
    }
    void operator()(const TileSweep& sweep) {
        ++cost.sweeps;
        cost.sweep_phases += sweep.phases;
        const double products = sweep.sweep.fixed.empty() ? 1 : 2;
        cost.cycles += kProduct * products;
        cost.flops += 6 * products * amplitudes_;
    }
    void operator()(const TileItem& work) {
        ++cost.items;
        const double part = std::ldexp(1.0, -static_cast<int>(work.conditions.size()));
        const double width = work.item.kind == ItemKind::kMatrix
                                 ? std::ldexp(1.0, static_cast<int>(work.targets.size()))
                                 : 2;
        cost.cycles += part * (kMove + kProduct * width);
        if (work.item.kind != ItemKind::kShift) cost.flops += part * 8 * width * amplitudes_;
    }

  private:
    void step(const kernels::GroupStep& s) {
        switch (s.kind) {
            case Kind::kRotate:
            case Kind::kExchange:
                ++cost.rotations;
                add(kRotation, 4, 1);
                break;
            case Kind::kLaneRotate:
            case Kind::kLaneExchange:
                ++cost.lane_rotations;
                add(kRotation + kShuffle, 4, 1);
                break;
            case Kind::kInteract:
                ++cost.interactions;
                add(kRotation, 4, 1);
                break;
            case Kind::kLaneInteract:
            case Kind::kLanesInteract:
                ++cost.lane_interactions;
                add(kRotation + (s.exchanged[0] || s.exchanged[1] ? 3 : 1) * kShuffle, 4, 1);
                break;
            case Kind::kPhase:
                ++cost.group_phases;
                add(kProduct, 6, share(s.controls, s.ones));
                break;
            case Kind::kSign:
                ++cost.group_phases;
                add(2, 2, share(s.controls, s.ones));
                break;
            case Kind::kFlip:
                ++cost.flips;
                break;
        }
    }
    void add(double cycles, double flops, double part) {
        cost.cycles += cycles * part;
        cost.flops += flops * part * amplitudes_;
    }

    double amplitudes_;
};

}  // namespace

PassCost cost_of(const Pass& pass, const Geometry& geometry, std::size_t bytes_per_amplitude) {
    const double amplitudes = std::ldexp(1.0, geometry.axes);
    Counter count(amplitudes);
    for (const auto& work : pass.work) std::visit(count, work);
    count.cost.tile_axes = pass.whole ? 0 : static_cast<int>(pass.axes.size());
    count.cost.bytes = 2 * amplitudes * static_cast<double>(bytes_per_amplitude);
    return count.cost;
}

}  // namespace carillon::engine::passes
