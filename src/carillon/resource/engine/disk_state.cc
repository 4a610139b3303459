// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/disk_state.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/tile.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/passes/run.h"
#include "carillon/resource/engine/passes/stages.h"
#include "carillon/resource/engine/wide_matrix.h"

namespace carillon::engine {

namespace {

std::uint64_t to_places(std::uint64_t axes, std::span<const int> places) {
    std::uint64_t mask = 0;
    for (; axes != 0; axes &= axes - 1)
        if (const int place = places[static_cast<std::size_t>(std::countr_zero(axes))]; place >= 0)
            mask |= std::uint64_t{1} << place;
    return mask;
}

std::uint64_t flips_of(const passes::Items& items, std::span<const std::uint32_t> chosen) {
    std::uint64_t flips = 0;
    for (const std::uint32_t at : chosen) flips |= items.list[at].flips;
    return flips;
}

/// `mask` without the bit of `axis`; the highest one, `last`, takes its place.
std::uint64_t without_axis(std::uint64_t mask, int axis, int last) {
    const std::uint64_t moved = mask >> last & 1;
    mask &= ~(std::uint64_t{1} << axis | std::uint64_t{1} << last);
    return axis == last ? mask : mask | moved << axis;
}

}  // namespace

template <class Real>
DiskState<Real>::DiskState(const DiskOptions& options, std::shared_ptr<ThreadTeam> team)
    : pieces_(std::make_unique<DiskPieces<Real>>(options, std::move(team))) {}

template <class Real>
std::unique_ptr<LargeState<Real>> DiskState<Real>::clone() const {
    std::unique_ptr<DiskState> copy(new DiskState);
    copy->pieces_ = pieces_->clone();
    copy->owed_ = owed_;
    copy->zero_ = zero_;
    return copy;
}

template <class Real>
void DiskState<Real>::begin(const Real* stored, int axes, std::uint64_t zero) {
    pieces_->begin(stored, axes);
    owed_ = 1;
    zero_ = zero & ~pieces_->places().without();
}

template <class Real>
void DiskState<Real>::remove_axis(int axis, bool value, double factor) {
    zero_ = without_axis(zero_, axis, axes() - 1);
    pieces_->remove_axis(axis, value);
    pieces_->scale_error(std::abs(factor));
    owed_ *= factor;
}

template <class Real>
void DiskState<Real>::run(const passes::Items& given, Complex scalar) {
    owed_ *= scalar;
    if (given.list.empty()) return;
    const passes::Items items =
        passes::narrowed(given, pieces_->inside_axes() - pieces_->run_axes());
    std::vector<std::uint32_t> all(items.list.size());
    std::iota(all.begin(), all.end(), 0U);
    const std::uint64_t fresh = pieces_->places().without() & flips_of(items, all);
    pieces_->store(fresh);
    zero_ |= fresh;
    if (pieces_->places().places() <= pieces_->inside_axes()) return run_stage(items, 0, all, true);
    const auto stages = passes::plan_stages(
        items,
        {.axes = axes(), .inside = pieces_->inside_axes(), .always = pieces_->always(), .cost = {}},
        pieces_->now());
    for (const passes::Stage& stage : stages)
        run_stage(items, stage.axes, stage.items, &stage == &stages.back());
}

/// Does some items, whose flips are within `axes` or all of the state is one piece.
template <class Real>
void DiskState<Real>::run_stage(const passes::Items& items, std::uint64_t axes,
                                std::span<const std::uint32_t> chosen, bool last) {
    const std::uint64_t bits = pieces_->bits_with(axes);
    const std::vector<int> places = pieces_->places_in_piece(bits);
    const auto piece_axes = static_cast<int>(pieces_->axes_of_piece(bits).size());
    const auto local = [&](std::uint64_t outside, Complex& scalar) {
        return passes::localise(items, chosen, places, outside, scalar);
    };
    const auto changed = pieces_->pieces(bits, [&](std::uint64_t outside) {
        Complex scalar = 1;
        return !local(outside, scalar).list.empty() || scalar != Complex{1};
    });
    // What is owed is paid when that needs no piece more.
    Complex paid = 1;
    if (last && changed.size() == pieces_->pieces(bits).size()) paid = std::exchange(owed_, 1);
    const std::uint64_t zero = to_places(zero_, places);
    std::size_t most = 0;
    pieces_->sweep(bits, changed, [&](Real* piece, std::uint64_t outside) {
        Complex scalar = paid;
        const passes::Items here = local(outside, scalar);
        most = std::max(most, run_piece(piece, piece_axes, here, scalar, zero));
        return true;
    });
    zero_ &= ~flips_of(items, chosen);
    passes_ += most;
}

/// Returns: how many passes it took.
template <class Real>
std::size_t DiskState<Real>::run_piece(Real* piece, int axes, const passes::Items& items,
                                       Complex scalar, std::uint64_t zero) {
    ThreadTeam& team = pieces_->team();
    // Passes need a few axes: the rest of a run, which is zero, may stand for them.
    for (; axes < pieces_->run_axes(); ++axes) zero |= std::uint64_t{1} << axes;
    const auto geometry =
        passes::make_geometry(axes, kernels::lane_bits<Real>(), 2 * sizeof(Real), team.threads());
    const std::vector<passes::Pass> plan = passes::plan(items, geometry);
    for (std::size_t k = 0; k < plan.size(); ++k) {
        passes::run_pass(piece, geometry, items, plan[k],
                         k + 1 == plan.size() ? scalar : Complex{1}, zero, team);
        zero &= ~plan[k].flips;
    }
    if (plan.empty() && scalar != Complex{1})
        kernels::scale(kernels::StateView<Real>{piece, axes, &team}, scalar, {});
    return std::max<std::size_t>(plan.size(), 1);
}

template <class Real>
void DiskState<Real>::apply_wide(const Matrix& matrix, std::span<const int> targets,
                                 std::span<const Condition> conditions) {
    std::uint64_t axes = 0;
    for (const int target : targets) axes |= std::uint64_t{1} << target;
    pieces_->bring_inside(axes);
    zero_ &= ~axes;
    const std::uint64_t bits = pieces_->bits_with(axes);
    const std::vector<int> places = pieces_->places_in_piece(bits);
    const auto piece_axes = static_cast<int>(pieces_->axes_of_piece(bits).size());
    std::vector<int> at;
    for (const int target : targets) at.push_back(places[static_cast<std::size_t>(target)]);
    const auto local = [&](std::uint64_t outside, std::vector<Condition>& inside) {
        return passes::localise(conditions, places, outside, inside);
    };
    const auto changed = pieces_->pieces(bits, [&](std::uint64_t outside) {
        std::vector<Condition> inside;
        return local(outside, inside);
    });
    pieces_->sweep(bits, changed, [&](Real* piece, std::uint64_t outside) {
        std::vector<Condition> inside;
        local(outside, inside);
        const kernels::StateView<Real> view{piece, piece_axes, &pieces_->team()};
        wide_matrix(view, matrix, at, inside);
        return true;
    });
    ++passes_;
}

template <class Real>
double DiskState<Real>::weight(std::span<const Condition> conditions) {
    // A condition on one axis spares half of the reads where that axis is outside.
    std::uint64_t single = 0;
    for (const Condition& c : conditions)
        if (std::has_single_bit(c.mask)) single |= c.mask;
    const std::uint64_t bits = pieces_->bits_with(0, single);
    const std::vector<int> places = pieces_->places_in_piece(bits);
    const auto piece_axes = static_cast<int>(pieces_->axes_of_piece(bits).size());
    const auto met = pieces_->pieces(bits, [&](std::uint64_t outside) {
        std::vector<Condition> inside;
        return passes::localise(conditions, places, outside, inside);
    });
    std::vector<std::pair<std::uint64_t, double>> weights;
    pieces_->sweep(bits, met, [&](Real* piece, std::uint64_t outside) {
        std::vector<Condition> inside;
        passes::localise(conditions, places, outside, inside);
        const kernels::StateView<Real> view{piece, piece_axes, &pieces_->team()};
        weights.emplace_back(outside, kernels::weight(view, inside));
        return false;
    });
    ++passes_;
    // Added up in one order, whatever order the pieces came in.
    std::ranges::sort(weights);
    double sum = 0;
    for (const auto& [outside, weight] : weights) sum += weight;
    return sum * std::norm(owed_);
}

template <class Real>
void DiskState<Real>::visit(std::uint64_t inside,
                            const std::function<void(const Piece<Real>&)>& look) {
    pieces_->bring_inside(inside);
    const std::uint64_t bits = pieces_->bits_with(inside);
    look_at(bits, pieces_->pieces(bits), look);
    ++passes_;
}

template <class Real>
void DiskState<Real>::visit_where(const std::function<bool(std::uint64_t, std::uint64_t)>& wanted,
                                  const std::function<void(const Piece<Real>&)>& look) {
    const std::uint64_t bits = pieces_->bits_with(0);
    std::uint64_t inside = 0;
    for (const int axis : pieces_->axes_of_piece(bits)) inside |= std::uint64_t{1} << axis;
    const std::uint64_t all = (std::uint64_t{1} << axes()) - 1;
    look_at(bits,
            pieces_->pieces(bits,
                            [&](std::uint64_t outside) { return wanted(all & ~inside, outside); }),
            look);
    ++passes_;
}

/// What is owed is paid on the way to `look`: for good when all is in memory.
template <class Real>
void DiskState<Real>::look_at(std::uint64_t bits, std::vector<std::uint64_t> pieces,
                              const std::function<void(const Piece<Real>&)>& look) const {
    const std::vector<int> axis_at = pieces_->axes_of_piece(bits);
    const auto axes = static_cast<int>(axis_at.size());
    const Complex owed = owed_;
    const bool owes = owed != Complex{1};
    const bool for_good = owes && pieces.size() == 1 && pieces_->all_pieces(bits).size() == 1;
    if (for_good) owed_ = 1;
    if (owes && !for_good) pieces_->drop();
    pieces_->sweep(bits, std::move(pieces), [&](Real* piece, std::uint64_t outside) {
        if (owes) kernels::scale(kernels::StateView<Real>{piece, axes, &pieces_->team()}, owed, {});
        look({piece, axis_at, outside});
        return for_good;
    });
    if (owes && !for_good) pieces_->drop();
}

template <class Real>
void DiskState<Real>::rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) {
    pieces_->store(pieces_->places().without());
    zero_ = 0;
    const std::uint64_t bits = pieces_->bits_with(0);
    const std::vector<int> axis_at = pieces_->axes_of_piece(bits);
    const auto axes = static_cast<int>(axis_at.size());
    const Complex paid = std::exchange(owed_, 1);
    pieces_->sweep(bits, pieces_->all_pieces(bits), [&](Real* piece, std::uint64_t outside) {
        if (paid != Complex{1})
            kernels::scale(kernels::StateView<Real>{piece, axes, &pieces_->team()}, paid, {});
        change({piece, axis_at, outside}, piece);
        return true;
    });
    ++passes_;
}

template <class Real>
void DiskState<Real>::copy_out(Real* stored) const {
    using kernels::kBlock;
    using kernels::offset_of;
    const std::uint64_t size = std::uint64_t{1} << axes();
    std::memset(stored, 0, 2 * std::max(size, kBlock) * sizeof(Real));
    const std::uint64_t bits = pieces_->bits_with(0);
    look_at(bits, pieces_->pieces(bits), [&](const Piece<Real>& piece) {
        const std::uint64_t count = std::uint64_t{1} << piece.axis_at.size();
        constexpr std::uint64_t kStretch = 1 << 12;
        pieces_->team().parallel_for(count, kStretch, [&](std::size_t begin, std::size_t end) {
            for (std::uint64_t i = begin; i < end; ++i) {
                std::uint64_t index = piece.outside;
                for (std::uint64_t rest = i; rest != 0; rest &= rest - 1)
                    index |= std::uint64_t{1}
                             << piece.axis_at[static_cast<std::size_t>(std::countr_zero(rest))];
                stored[offset_of(index)] = piece.stored[offset_of(i)];
                stored[offset_of(index) + kBlock] = piece.stored[offset_of(i) + kBlock];
            }
        });
    });
}

template class DiskState<float>;
template class DiskState<double>;

}  // namespace carillon::engine
