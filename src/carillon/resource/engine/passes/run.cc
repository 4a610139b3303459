// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/passes/run.h"

#include <algorithm>
#include <bit>

#include "carillon/resource/engine/kernels/kernels.h"

namespace carillon::engine::passes {

namespace {

/// Takes the bits of `value` to the positions of the bits of `mask`, lowest first.
std::uint64_t deposit(std::uint64_t value, std::uint64_t mask) {
    std::uint64_t result = 0;
    for (; mask != 0 && value != 0; mask &= mask - 1, value >>= 1)
        if ((value & 1) != 0) result |= mask & -mask;
    return result;
}

/// A pass made ready for one precision.
template <class Real>
class TileRun {
  public:
    TileRun(const Geometry& geometry, const Items& items, const Pass& pass, Complex scalar,
            std::uint64_t zero)
        : geometry_(geometry), items_(items), pass_(pass), factor_(scalar * pass.factor) {
        std::uint64_t axes = 0;
        for (const int axis : pass.axes) axes |= std::uint64_t{1} << axis;
        outside_ = ((std::uint64_t{1} << geometry.axes) - 1) & ~axes & ~zero;
        const std::uint64_t above = axes & ~((std::uint64_t{1} << pass.run_axes) - 1);
        starts_.resize(std::size_t{1} << std::popcount(above));
        for (std::size_t k = 0; k < starts_.size(); ++k) starts_[k] = 2 * deposit(k, above);
        for (const auto& work : pass.work)
            if (const auto* sweep = std::get_if<TileSweep>(&work))
                tables_.push_back(kernels::prepare_sweep<Real>(sweep->sweep));
    }

    std::uint64_t tiles() const { return std::uint64_t{1} << std::popcount(outside_); }

    void operator()(Real* data, std::uint64_t number, Real* room) const {
        const std::uint64_t base = deposit(number, outside_);
        Real* const from = data + kernels::offset_of(base);
        const bool in_place = starts_.size() == 1;
        Real* const tile = in_place ? from : room;
        if (!in_place) kernels::pack<Real>(from, starts_, pass_.run_axes, tile);
        auto tables = tables_.begin();
        for (const auto& work : pass_.work) {
            if (const auto* group = std::get_if<TileGroup>(&work))
                run(*group, base, tile);
            else if (const auto* sweep = std::get_if<TileSweep>(&work))
                run(*sweep, *tables++, base, tile);
            else
                run(std::get<TileItem>(work), base, tile);
        }
        if (!in_place || factor_ != Complex{1})
            kernels::unpack<Real>(tile, starts_, pass_.run_axes, factor_, from);
    }

  private:
    int axes() const { return geometry_.tile_axes; }

    void run(const TileGroup& group, std::uint64_t base, Real* tile) const {
        std::vector<const kernels::GroupStep*> steps;
        for (const TileStep& s : group.steps)
            if ((base & s.outside) == s.outside) steps.push_back(&s.step);
        if (!steps.empty()) kernels::run_group<Real>(tile, axes(), {group.bits, steps});
    }
    void run(const TileSweep& sweep, const kernels::SweepTables<Real>& tables, std::uint64_t base,
             Real* tile) const {
        Complex scalar = sweep.scalar;
        std::vector<Complex> factors = sweep.factors;
        for (const OutsidePhase& p : sweep.varying)
            if ((base & p.outside) == p.outside)
                (p.axis < 0 ? scalar : factors[static_cast<std::size_t>(p.axis)]) *= p.factor;
        kernels::run_sweep<Real>(tile, axes(), sweep.sweep, tables, scalar, factors);
    }
    void run(const TileItem& work, std::uint64_t base, Real* tile) const {
        std::vector<Condition> conditions;
        for (const TileItem::Where& w : work.conditions) {
            const bool odd = w.inside.odd != odd_parity(base & w.outside);
            if (w.inside.mask != 0)
                conditions.push_back({w.inside.mask, odd});
            else if (odd)
                return;
        }
        const kernels::StateView<Real> view{tile, axes(), nullptr};
        const Item& item = work.item;
        switch (item.kind) {
            case ItemKind::kScale:
                kernels::scale(view, item.factor, conditions);
                break;
            case ItemKind::kShift:
                kernels::shift(view, item.flips, conditions);
                break;
            case ItemKind::kPair: {
                const auto& m = items_.matrices[item.matrix].data;
                const bool inverted = item.inverted != odd_parity(base & work.outside_parity);
                kernels::pair(view, {item.flips, item.parity, inverted, {m[0], m[1], m[2], m[3]}},
                              conditions);
                break;
            }
            default:
                kernels::matrix(view, work.targets, items_.matrices[item.matrix], conditions);
        }
    }

    const Geometry& geometry_;
    const Items& items_;
    const Pass& pass_;
    Complex factor_;
    std::uint64_t outside_ = 0;
    std::vector<std::uint64_t> starts_;
    std::vector<kernels::SweepTables<Real>> tables_;
};

template <class Real>
void run_whole(Real* data, const Geometry& geometry, const Items& items, const Pass& pass,
               Complex scalar, ThreadTeam& team) {
    const kernels::StateView<Real> view{data, geometry.axes, &team};
    const auto& work = std::get<TileItem>(pass.work.front());
    const Item& item = work.item;
    const auto conditions = items.conditions_of(item);
    if (item.kind == ItemKind::kShift) {
        kernels::shift(view, item.flips, conditions);
    } else if (item.kind == ItemKind::kPair) {
        const auto& m = items.matrices[item.matrix].data;
        kernels::pair(view, {item.flips, item.parity, item.inverted, {m[0], m[1], m[2], m[3]}},
                      conditions);
    } else {
        kernels::matrix(view, work.targets, items.matrices[item.matrix], conditions);
    }
    if (scalar != Complex{1}) kernels::scale(view, scalar, {});
}

}  // namespace

template <class Real>
void run_pass(Real* data, const Geometry& geometry, const Items& items, const Pass& pass,
              Complex scalar, std::uint64_t zero, ThreadTeam& team) {
    if (pass.whole) return run_whole(data, geometry, items, pass, scalar, team);
    const TileRun<Real> run(geometry, items, pass, scalar, zero);
    team.parallel_for(run.tiles(), 1, [&](std::size_t begin, std::size_t end) {
        thread_local kernels::AlignedReals<Real> room;
        thread_local int room_axes = -1;
        if (pass.axes.size() < static_cast<std::size_t>(geometry.axes) &&
            room_axes < geometry.tile_axes) {
            room = kernels::AlignedReals<Real>(std::size_t{2} << geometry.tile_axes);
            room_axes = geometry.tile_axes;
        }
        for (std::size_t tile = begin; tile < end; ++tile) run(data, tile, room.get());
    });
}

template void run_pass(float*, const Geometry&, const Items&, const Pass&, Complex, std::uint64_t,
                       ThreadTeam&);
template void run_pass(double*, const Geometry&, const Items&, const Pass&, Complex, std::uint64_t,
                       ThreadTeam&);

}  // namespace carillon::engine::passes
