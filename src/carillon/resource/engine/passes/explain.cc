// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/explain.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

#include "carillon/resource/engine/kernels/kernels.h"

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

namespace {

template <class Work>
double seconds(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Least of a few runs, so that what else the machine does shows little.
template <class Work>
double least_seconds(const Work& work) {
    double least = seconds(work);
    for (int run = 0; run < 4; ++run) least = std::min(least, seconds(work));
    return least;
}

}  // namespace

template <class Real>
Speeds measure_speeds(ThreadTeam& team) {
    constexpr int kTileAxes = 14, kRounds = 32, kSteps = 6;
    constexpr std::size_t kReals = std::size_t{1} << 24;
    const auto threads = static_cast<std::size_t>(team.threads());
    const std::uint64_t vectors = std::uint64_t{1} << (kTileAxes - kernels::lane_bits<Real>());
    kernels::GroupStep rotation;
    rotation.tangent[0] = 0.25;
    const std::vector<const kernels::GroupStep*> steps(kSteps, &rotation);
    Speeds speeds;
    const double busy = least_seconds([&] {
        team.parallel_for(threads, 1, [&](std::size_t, std::size_t) {
            const kernels::AlignedReals<Real> tile(std::size_t{2} << kTileAxes);
            std::fill_n(tile.get(), std::size_t{2} << kTileAxes, Real{0});
            for (int round = 0; round < kRounds; ++round)
                kernels::run_group<Real>(tile.get(), kTileAxes, {{0, 1, 2}, steps});
        });
    });
    const double ops = kMove + kRotation * kSteps;
    speeds.vector_ops_per_s = ops * kRounds * static_cast<double>(vectors) / busy;

    const kernels::AlignedReals<Real> memory(kReals);
    std::fill_n(memory.get(), kReals, Real{0});
    const kernels::StateView<Real> view{memory.get(), std::countr_zero(kReals) - 1, &team};
    const double pass = least_seconds([&] { kernels::scale<Real>(view, 0.5, {}); });
    speeds.bytes_per_s = 2.0 * kReals * sizeof(Real) / pass;
    return speeds;
}

template Speeds measure_speeds<float>(ThreadTeam&);
template Speeds measure_speeds<double>(ThreadTeam&);

double predict(const PassCost& cost, const Speeds& speeds, const Geometry& geometry, int threads,
               double part) {
    constexpr double kPacking = 2 * kMove + kProduct;  // to the tile and back
    const double vectors = std::ldexp(part, geometry.axes - geometry.lane_bits);
    const double tiles = std::ldexp(part, geometry.axes - geometry.tile_axes);
    const double sharing = std::min(std::max(tiles, 1.0), static_cast<double>(threads));
    return vectors * (cost.cycles + kPacking) / speeds.vector_ops_per_s / sharing +
           part * cost.bytes / speeds.bytes_per_s;
}

}  // namespace carillon::engine::passes
