// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "carillon/resource/engine/large_state.h"
#include "carillon/resource/engine/passes/stage_search.h"
#include "carillon/resource/engine/passes/stages.h"
#include "carillon/resource/engine/rank_exchange.h"
#include "carillon/resource/engine/safe_copies.h"
#include "carillon/resource/engine/thread_team.h"
#include "carillon/resource/host/group.h"
#include "carillon/resource/host/rank_trace.h"

namespace carillon::engine {

/// A state spread over ranks: each has the amplitudes of one value of the axes that are outside.
///
/// What is held back is done in stages (passes/stages.h); between them some axes change places with
/// some outside, all at once. Within a stage every rank does passes over its part as a single
/// process would. Diagonal gates and controls on axes outside never move anything.
///
/// Parts are in windows, and no rank has a second copy of its part.
template <class Real>
class RankState : public LargeState<Real> {
  public:
    /// Fewest axes inside.
    static constexpr int kLeastInside = 10;
    /// Lowest places, which are not exchanged: runs in memory are at least this long. An axis there
    /// that is to leave goes to a higher place first.
    static constexpr int kFixedPlaces = 5;

    /// Of an exchange: what it moves, and a little for every wait.
    static constexpr passes::ChangeCost kExchange{.each = 1.0 / 64, .by_axes = true};

    /// Args:
    ///     ranks: the first 2^k of them, k as large as possible, have parts; the others follow.
    ///     max_bytes: of a part; 0: what this rank's share of the machine holds.
    RankState(host::Ranks& ranks, std::shared_ptr<ThreadTeam> team, std::uint64_t max_bytes);
    /// Args:
    ///     all: ranks that take part.
    ///     holders: of them, by part; a power of two.
    RankState(host::Group all, std::vector<int> holders, std::shared_ptr<ThreadTeam> team,
              std::uint64_t max_bytes);

    /// What this rank does goes into this diary; null: into none.
    void keep_diary(host::RankTrace* trace) { trace_ = trace; }

    std::unique_ptr<LargeState<Real>> clone() const override;
    int axes() const override { return axes_; }
    void begin(const Real* stored, int axes, std::uint64_t zero) override;
    void copy_out(Real* stored) const override;
    void add_axis() override;
    void remove_axis(int axis, bool value, double factor) override;
    void run(const passes::Items& items, Complex scalar) override;
    void apply_wide(const Matrix& matrix, std::span<const int> targets,
                    std::span<const Condition> conditions) override;
    double weight(std::span<const Condition> conditions) override;
    void visit(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look) override;
    void rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) override;
    void sum(std::span<double> values) const override;
    int inside_axes() const override { return inside_; }
    std::uint64_t axes_inside() const override { return mask_inside(); }
    int room_inside() const override { return inside_; }
    std::uint64_t bytes() const override { return used_bytes_; }
    std::uint64_t peak_bytes() const override { return peak_bytes_; }
    std::uint64_t passes() const override { return passes_; }

    /// Items that flip more axes are written as several.
    static constexpr int kMostFlips = 4;

    const std::vector<int>& holders() const { return holders_; }
    /// By number of the part that this rank has, or -1.
    int part() const { return has_part() ? static_cast<int>(part_) : -1; }
    RankLayout layout() const { return {axes_, inside_, axis_at_, fresh_}; }
    /// Bytes of a part; empty on ranks without one.
    std::span<const std::byte> stored() const;
    /// Becomes what `layout` says; `read` writes this rank's part.
    void restore(const RankLayout& layout, const std::function<void(std::span<std::byte>)>& read);
    /// Times that parts were exchanged, and seconds spent on choosing how.
    std::uint64_t exchanges() const { return exchanges_; }
    double planning_s() const { return planning_s_; }

    /// Axes that number the parts.
    static int outside_axes(const host::Ranks& ranks);

  private:
    Real* data() const { return reinterpret_cast<Real*>(window_->own().data()); }
    bool has_part() const { return part_ < (std::uint64_t{1} << outside_); }
    std::uint64_t mask_inside() const;
    /// Values of the axes outside, each at its own bit.
    std::uint64_t values_outside() const;
    /// By axis: its place, or -1 when it is outside.
    std::vector<int> places() const;
    std::uint64_t zero_places() const;
    /// True when all amplitudes of this part are known to be 0.
    bool all_zero() const { return (values_outside() & fresh_) != 0; }

    void check_fits(int inside) const;
    void make_room(int inside);
    void lift_unwanted(std::uint64_t wanted, int room);
    void bring_inside(std::uint64_t axes);
    void exchange(std::span<const AxisSwap> swaps);
    void run_here(const passes::Items& items, Complex scalar);
    Piece<Real> piece() const {
        return {data(), {axis_at_.begin(), axis_at_.begin() + inside_}, values_outside()};
    }

    host::Ranks* ranks_;
    mutable host::Group world_;
    host::RankTrace* trace_ = nullptr;
    std::vector<int> holders_;  ///< by part
    std::shared_ptr<ThreadTeam> team_;
    std::uint64_t max_bytes_;
    std::uint64_t part_;  ///< of this rank; beyond the last when it has none
    int axes_ = 0, inside_ = 0, outside_ = 0;
    std::vector<int> axis_at_;  ///< by place: the axis; places from inside_ on number the parts
    std::uint64_t fresh_ = 0;   ///< axes that are 0 in all amplitudes that are not
    std::unique_ptr<host::Window> window_;
    std::uint64_t room_bytes_ = 0;  ///< of a part's window
    std::uint64_t used_bytes_ = 0;  ///< of those, touched since it was opened
    std::uint64_t peak_bytes_ = 0;
    std::uint64_t passes_ = 0;
    std::uint64_t exchanges_ = 0;
    double planning_s_ = 0;
};

extern template class RankState<float>;
extern template class RankState<double>;

}  // namespace carillon::engine
