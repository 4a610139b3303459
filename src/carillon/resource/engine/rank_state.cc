// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/rank_state.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

#include "carillon/base/error.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/tile.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/passes/run.h"
#include "carillon/resource/engine/passes/stages.h"
#include "carillon/resource/engine/passes/undone_flips.h"
#include "carillon/resource/engine/state_vector.h"
#include "carillon/resource/engine/wide_matrix.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::offset_of;

namespace {

constexpr int kSpareAxes = 3;              ///< a new window has room for this many more
constexpr double kMessageBytes = 1 << 14;  ///< could be sent in the time a message takes to begin
constexpr int kManyZeros = 4;

std::vector<int> first_ranks(int outside) {
    std::vector<int> list(std::size_t{1} << outside);
    std::iota(list.begin(), list.end(), 0);
    return list;
}

int ranks_on_node(const host::Ranks& ranks) {
    int count = 0;
    for (int r = 0; r < ranks.size(); ++r)
        if (ranks.node_of(r) == ranks.node_of(ranks.rank())) ++count;
    return count;
}

/// How many of `swaps` exchange together: w at once send 2^w - 1 messages and 1 - 2^-w of a part,
/// so all at once is best for large parts, and several smaller exchanges for small ones.
std::size_t most_at_once(std::size_t swaps, std::uint64_t part_bytes) {
    std::size_t best = 1;
    double least = std::numeric_limits<double>::max();
    for (std::size_t most = 1; most <= swaps; ++most) {
        double cost = 0;
        for (std::size_t left = swaps; left > 0; left -= std::min(most, left)) {
            const double ranks = std::exp2(std::min(most, left));
            cost += (ranks - 1) * kMessageBytes + (1 - 1 / ranks) * static_cast<double>(part_bytes);
        }
        if (cost > least) continue;
        least = cost;
        best = most;
    }
    return best;
}

}  // namespace

template <class Real>
int RankState<Real>::outside_axes(const host::Ranks& ranks) {
    return std::bit_width(static_cast<unsigned>(ranks.size())) - 1;
}

template <class Real>
RankState<Real>::RankState(host::Ranks& ranks, std::shared_ptr<ThreadTeam> team,
                           std::uint64_t max_bytes)
    : RankState(host::Group::world(ranks), first_ranks(outside_axes(ranks)), std::move(team),
                max_bytes) {}

template <class Real>
RankState<Real>::RankState(host::Group all, std::vector<int> holders,
                           std::shared_ptr<ThreadTeam> team, std::uint64_t max_bytes)
    : ranks_(&all.ranks()),
      world_(std::move(all)),
      holders_(std::move(holders)),
      team_(std::move(team)),
      max_bytes_(max_bytes),
      part_(static_cast<std::uint64_t>(std::ranges::find(holders_, ranks_->rank()) -
                                       holders_.begin())),
      outside_(std::countr_zero(holders_.size())) {}

template <class Real>
std::unique_ptr<LargeState<Real>> RankState<Real>::clone() const {
    auto copy = std::make_unique<RankState>(world_, holders_, team_, max_bytes_);
    copy->trace_ = trace_;
    copy->make_room(inside_);
    copy->axes_ = axes_;
    copy->inside_ = inside_;
    copy->axis_at_ = axis_at_;
    copy->fresh_ = fresh_;
    copy->passes_ = passes_;
    copy->used_bytes_ = 2 * sizeof(Real) << inside_;
    if (has_part()) std::memcpy(copy->data(), data(), copy->used_bytes_);
    return copy;
}

// Where things are.

template <class Real>
std::uint64_t RankState<Real>::mask_inside() const {
    std::uint64_t mask = 0;
    for (int place = 0; place < inside_; ++place)
        mask |= std::uint64_t{1} << axis_at_[static_cast<std::size_t>(place)];
    return mask;
}

template <class Real>
std::uint64_t RankState<Real>::values_outside() const {
    std::uint64_t values = 0;
    for (int bit = 0; bit < outside_; ++bit)
        values |= (part_ >> bit & 1) << axis_at_[static_cast<std::size_t>(inside_ + bit)];
    return values;
}

template <class Real>
std::vector<int> RankState<Real>::places() const {
    std::vector<int> place(static_cast<std::size_t>(axes_), -1);
    for (int p = 0; p < inside_; ++p)
        place[static_cast<std::size_t>(axis_at_[static_cast<std::size_t>(p)])] = p;
    return place;
}

template <class Real>
std::uint64_t RankState<Real>::zero_places() const {
    std::uint64_t zero = 0;
    for (int p = 0; p < inside_; ++p)
        zero |= (fresh_ >> axis_at_[static_cast<std::size_t>(p)] & 1) << p;
    return zero;
}

// Room.

/// All ranks throw when one has no room.
template <class Real>
void RankState<Real>::check_fits(int inside) const {
    const std::uint64_t bytes = 2 * sizeof(Real) << inside;
    const auto nearby = static_cast<std::uint64_t>(ranks_on_node(*ranks_));
    const std::uint64_t limit =
        max_bytes_ != 0 ? max_bytes_ : available_memory_bytes() / nearby + used_bytes_;
    std::string error;
    if (bytes > limit)
        error = "a state of " + std::to_string(inside + outside_) + " qubits over " +
                std::to_string(std::size_t{1} << outside_) + " ranks needs " + bytes_text(bytes) +
                " on each, and " + bytes_text(limit) +
                (max_bytes_ != 0 ? " are allowed" : " are available");
    world_.agree(error);
}

template <class Real>
void RankState<Real>::make_room(int inside) {
    const std::uint64_t bytes = 2 * sizeof(Real) << inside;
    if (bytes <= peak_bytes_) return;
    check_fits(inside);
    peak_bytes_ = bytes;
    if (bytes <= room_bytes_) return;
    // A window is only addresses until its pages are touched, so a larger one costs nothing.
    room_bytes_ = bytes << kSpareAxes;
    auto window = ranks_->open_window(has_part() ? room_bytes_ : 0);
    if (window_ && has_part()) std::memcpy(window->own().data(), data(), used_bytes_);
    window_ = std::move(window);
}

template <class Real>
void RankState<Real>::begin(const Real* stored, int axes, std::uint64_t zero) {
    inside_ = axes - outside_;
    axes_ = axes;
    axis_at_.resize(static_cast<std::size_t>(axes));
    std::iota(axis_at_.begin(), axis_at_.end(), 0);
    fresh_ = zero;
    make_room(inside_);
    used_bytes_ = std::max<std::uint64_t>(used_bytes_, 2 * sizeof(Real) << inside_);
    if (has_part())
        std::memcpy(data(), stored + offset_of(part_ << inside_), 2 * sizeof(Real) << inside_);
}

template <class Real>
void RankState<Real>::copy_out(Real* stored) const {
    const std::size_t bytes = has_part() ? 2 * sizeof(Real) << inside_ : 0;
    const auto parts =
        world_.all_gather({reinterpret_cast<const std::byte*>(window_->own().data()), bytes});
    for (std::size_t part = 0; part < std::size_t{1} << outside_; ++part) {
        const auto* from = reinterpret_cast<const Real*>(parts[part].data());
        std::uint64_t base = 0;
        for (int bit = 0; bit < outside_; ++bit)
            base |= std::uint64_t{part >> bit & 1}
                    << axis_at_[static_cast<std::size_t>(inside_ + bit)];
        for (std::uint64_t i = 0; i < std::uint64_t{1} << inside_; ++i) {
            std::uint64_t index = base;
            for (std::uint64_t rest = i; rest != 0; rest &= rest - 1)
                index |= std::uint64_t{1}
                         << axis_at_[static_cast<std::size_t>(std::countr_zero(rest))];
            stored[offset_of(index)] = from[offset_of(i)];
            stored[offset_of(index) + kBlock] = from[offset_of(i) + kBlock];
        }
    }
}

template <class Real>
void RankState<Real>::add_axis() {
    make_room(inside_ + 1);
    const std::uint64_t before = 2 * sizeof(Real) << inside_, after = 2 * before;
    if (has_part() && used_bytes_ > before)
        std::memset(window_->own().data() + before, 0, std::min(used_bytes_, after) - before);
    used_bytes_ = std::max(used_bytes_, after);
    axis_at_.insert(axis_at_.begin() + inside_, axes_);
    fresh_ |= std::uint64_t{1} << axes_;
    ++inside_;
    ++axes_;
    // While all is 0 any order is right: in this one a part is a stretch of the whole state.
    if (fresh_ == (std::uint64_t{1} << axes_) - 1) std::ranges::sort(axis_at_);
}

template <class Real>
void RankState<Real>::remove_axis(int axis, bool value, double factor) {
    bring_inside(std::uint64_t{1} << axis);
    const int place = places()[static_cast<std::size_t>(axis)];
    ++passes_;
    if (has_part())
        kernels::collapse(kernels::StateView<Real>{data(), inside_, team_.get()}, place, value,
                          factor);
    axis_at_[static_cast<std::size_t>(place)] = axis_at_[static_cast<std::size_t>(inside_ - 1)];
    axis_at_.erase(axis_at_.begin() + inside_ - 1);
    --inside_;
    --axes_;
    const std::uint64_t bit = std::uint64_t{1} << axis, last = std::uint64_t{1} << axes_;
    std::ranges::replace(axis_at_, axes_, axis);
    const bool last_fresh = (fresh_ & last) != 0;
    fresh_ &= ~(bit | last);
    if (last_fresh && bit != last) fresh_ |= bit;
}

// Stages.

/// Makes room above the fixed places: axes of `wanted` there change places with others below.
template <class Real>
void RankState<Real>::lift_unwanted(std::uint64_t wanted, int room) {
    const auto is_wanted = [&](int place) {
        return (wanted >> axis_at_[static_cast<std::size_t>(place)] & 1) != 0;
    };
    for (int p = kFixedPlaces; p < inside_; ++p)
        if (!is_wanted(p)) --room;
    int low = 0;
    for (int high = kFixedPlaces; room > 0 && high < inside_; ++high) {
        if (!is_wanted(high)) continue;
        while (low < kFixedPlaces && is_wanted(low)) ++low;
        if (low == kFixedPlaces) return;
        const std::uint64_t both = std::uint64_t{1} << high | std::uint64_t{1} << low;
        const Condition differ{both, true};
        if (has_part() && !all_zero())
            kernels::shift(kernels::StateView<Real>{data(), inside_, team_.get()}, both,
                           {&differ, 1});
        ++passes_;
        std::swap(axis_at_[static_cast<std::size_t>(low)],
                  axis_at_[static_cast<std::size_t>(high)]);
        --room;
    }
}

template <class Real>
void RankState<Real>::bring_inside(std::uint64_t axes) {
    const std::uint64_t now = mask_inside();
    std::uint64_t coming = axes & ~now;
    if (coming == 0) return;
    lift_unwanted(axes, std::popcount(coming));
    // Axes that leave: those not wanted, known zeros first, then the highest places.
    std::vector<AxisSwap> swaps;
    std::vector<int> leaving;
    for (int p = inside_ - 1; p >= kFixedPlaces; --p)
        if ((axes >> axis_at_[static_cast<std::size_t>(p)] & 1) == 0) leaving.push_back(p);
    const auto zero_at = [&](int place) {
        return (fresh_ >> axis_at_[static_cast<std::size_t>(place)] & 1) != 0;
    };
    std::ranges::stable_partition(leaving, zero_at);
    std::vector<int> bits;
    for (int bit = 0; bit < outside_; ++bit)
        if ((coming >> axis_at_[static_cast<std::size_t>(inside_ + bit)] & 1) != 0)
            bits.push_back(bit);
    std::ranges::stable_partition(bits, [&](int bit) { return zero_at(inside_ + bit); });
    if (leaving.size() < bits.size())
        throw InternalError("RankState: more axes are wanted inside than there is room for");
    for (std::size_t k = 0; k < bits.size(); ++k)
        swaps.push_back({leaving[k], bits[k], zero_at(leaving[k]), zero_at(inside_ + bits[k])});
    const std::size_t most = most_at_once(swaps.size(), 2 * sizeof(Real) << inside_);
    for (std::span<const AxisSwap> rest(swaps); !rest.empty();) {
        const auto some = rest.first(std::min(most, rest.size()));
        exchange(some);
        rest = rest.subspan(some.size());
    }
}

template <class Real>
void RankState<Real>::exchange(std::span<const AxisSwap> swaps) {
    std::uint64_t coming = 0;
    for (const AxisSwap& s : swaps)
        coming |= std::uint64_t{1} << axis_at_[static_cast<std::size_t>(inside_ + s.bit)];
    ++exchanges_;
    // Parts that trade differ in what they trade alone: all of them are 0, or none for certain.
    if (has_part() && (values_outside() & fresh_ & ~coming) == 0) {
        const auto span = host::open_span(trace_, host::Activity::kExchange, "exchange");
        RankExchange<Real> exchange(*ranks_, holders_, part_);
        exchange.run(data(), inside_, swaps, zero_places(), *window_);
    }
    for (const AxisSwap& s : swaps)
        std::swap(axis_at_[static_cast<std::size_t>(s.place)],
                  axis_at_[static_cast<std::size_t>(inside_ + s.bit)]);
}

template <class Real>
void RankState<Real>::run_here(const passes::Items& items, Complex scalar) {
    const auto span = host::open_span(trace_, host::Activity::kCompute, "stage");
    const kernels::StateView<Real> view{data(), inside_, team_.get()};
    const auto geometry = passes::make_geometry(inside_, kernels::lane_bits<Real>(),
                                                2 * sizeof(Real), team_->threads());
    const std::vector<passes::Pass> plan = passes::plan(items, geometry);
    std::uint64_t zero = zero_places();
    for (std::size_t k = 0; k < plan.size(); ++k) {
        passes::run_pass(data(), geometry, items, plan[k],
                         k + 1 == plan.size() ? scalar : Complex{1}, zero, *team_);
        zero &= ~plan[k].flips;
    }
    passes_ += plan.size();
    if (plan.empty() && scalar != Complex{1}) {
        ++passes_;
        kernels::scale(view, scalar, {});
    }
}

template <class Real>
void RankState<Real>::run(const passes::Items& wide, Complex scalar) {
    const passes::Items items = passes::narrowed(passes::without_undone_flips(wide), kMostFlips);
    // Hardly anything moves while many axes are 0, so any axes may be inside at first.
    const bool any_first = std::popcount(fresh_) >= kManyZeros;
    const auto start = std::chrono::steady_clock::now();
    const auto stages = passes::plan_stages(
        items, {.axes = axes_, .inside = inside_, .cost = kExchange, .any_first = any_first},
        mask_inside());
    planning_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (std::size_t k = 0; k < stages.size(); ++k) {
        bring_inside(stages[k].axes);
        Complex factor = k + 1 == stages.size() ? scalar : Complex{1};
        if (has_part() && !all_zero()) {
            const passes::Items mine =
                passes::localise(items, stages[k].items, places(), values_outside(), factor);
            run_here(mine, factor);
        }
        for (const std::uint32_t at : stages[k].items) fresh_ &= ~items.list[at].flips;
    }
    if (stages.empty() && scalar != Complex{1} && has_part()) run_here({}, scalar);
}

template <class Real>
std::span<const std::byte> RankState<Real>::stored() const {
    if (!has_part() || !window_) return {};
    return window_->own().first(2 * sizeof(Real) << inside_);
}

template <class Real>
void RankState<Real>::restore(const RankLayout& layout,
                              const std::function<void(std::span<std::byte>)>& read) {
    axes_ = layout.axes;
    inside_ = layout.inside;
    axis_at_ = layout.axis_at;
    fresh_ = layout.zero;
    make_room(inside_);
    used_bytes_ = std::max<std::uint64_t>(used_bytes_, 2 * sizeof(Real) << inside_);
    if (has_part()) read(window_->own().first(2 * sizeof(Real) << inside_));
}

template <class Real>
void RankState<Real>::apply_wide(const Matrix& matrix, std::span<const int> targets,
                                 std::span<const Condition> conditions) {
    std::uint64_t axes = 0;
    for (const int t : targets) axes |= std::uint64_t{1} << t;
    if (std::popcount(axes) > inside_) {
        // A part that is so small that a gate does not fit makes a state that fits anywhere.
        StateVector<Real> whole({.threads = team_->threads()});
        whole.reset(axes_);
        copy_out(whole.reals().data());
        whole.apply(matrix, targets, conditions);
        return begin(whole.stored(), axes_, 0);
    }
    bring_inside(axes);
    ++passes_;
    std::vector<Condition> inside;
    if (has_part() && !all_zero() &&
        passes::localise(conditions, places(), values_outside(), inside)) {
        const std::vector<int> place = places();
        std::vector<int> at;
        for (const int t : targets) at.push_back(place[static_cast<std::size_t>(t)]);
        wide_matrix(kernels::StateView<Real>{data(), inside_, team_.get()}, matrix, at, inside);
    }
    fresh_ &= ~axes;
}

template <class Real>
void RankState<Real>::sum(std::span<double> values) const {
    const auto span = host::open_span(trace_, host::Activity::kWait, "sum");
    world_.sum(values);
}

template <class Real>
double RankState<Real>::weight(std::span<const Condition> conditions) {
    double weight = 0;
    std::vector<Condition> inside;
    ++passes_;
    if (has_part() && !all_zero() &&
        passes::localise(conditions, places(), values_outside(), inside)) {
        const auto span = host::open_span(trace_, host::Activity::kCompute, "weight");
        weight = kernels::weight(kernels::StateView<Real>{data(), inside_, team_.get()}, inside);
    }
    sum({&weight, 1});
    return weight;
}

template <class Real>
void RankState<Real>::visit(std::uint64_t inside,
                            const std::function<void(const Piece<Real>&)>& look) {
    bring_inside(inside);
    if (!has_part()) return;
    const auto span = host::open_span(trace_, host::Activity::kCompute, "visit");
    look(piece());
}

template <class Real>
void RankState<Real>::rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) {
    fresh_ = 0;
    if (has_part()) change(piece(), data());
}

template class RankState<float>;
template class RankState<double>;

}  // namespace carillon::engine
