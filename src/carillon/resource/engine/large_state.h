// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/disk_options.h"
#include "carillon/resource/engine/passes/item.h"

namespace carillon::engine {

/// Amplitudes that lie in one memory: those of all values of some axes, at one value of the others.
template <class Real>
struct Piece {
    const Real* stored = nullptr;  ///< in blocks (kernels/plan.h)
    std::vector<int> axis_at;      ///< by bit of the place: the axis of the state
    std::uint64_t outside = 0;     ///< values of the other axes, each at its own bit
};

/// Where the amplitudes of a StateVector are when they are not all in the memory of this process:
/// spread over ranks, or on disk. Every rank calls the same in the same order.
///
/// Axes that were added and not flipped since are known to be 0 and should cost as little as
/// possible.
template <class Real>
class LargeState {
  public:
    virtual ~LargeState() = default;
    virtual std::unique_ptr<LargeState> clone() const = 0;

    virtual int axes() const = 0;
    /// Becomes the state of `axes` axes that is stored in blocks at `stored`, the same on all
    /// ranks. Amplitudes in which an axis of `zero` is 1 are 0.
    virtual void begin(const Real* stored, int axes, std::uint64_t zero) = 0;
    /// Writes all amplitudes, in blocks, to `stored`, on all ranks.
    virtual void copy_out(Real* stored) const = 0;

    /// Throws: ResourceError when the state would not fit; it is unchanged then.
    virtual void add_axis() = 0;
    virtual void remove_axis(int axis, bool value, double factor) = 0;
    /// Does the items and multiplies by `scalar`.
    virtual void run(const passes::Items& items, Complex scalar) = 0;
    /// A matrix on more axes than an item may have; operand k is axis targets[k].
    virtual void apply_wide(const Matrix& matrix, std::span<const int> targets,
                            std::span<const Condition> conditions) = 0;
    /// Probability that all conditions hold.
    virtual double weight(std::span<const Condition> conditions) = 0;

    /// Calls `look` for pieces that together are the whole state, those of this rank; pieces that
    /// are all zero may be left out. Every piece has all axes of `inside` inside. `look` may use
    /// the threads of the state.
    virtual void visit(std::uint64_t inside,
                       const std::function<void(const Piece<Real>&)>& look) = 0;
    /// Likewise with nothing asked to be inside, and leaves out what it can of pieces that are not
    /// wanted: wanted(axes outside, their values).
    using Wanted = std::function<bool(std::uint64_t axes, std::uint64_t values)>;
    virtual void visit_where(const Wanted& /*wanted*/,
                             const std::function<void(const Piece<Real>&)>& look) {
        visit(0, look);
    }
    /// Calls `change` likewise; it may write to the piece's amplitudes.
    virtual void rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) = 0;
    /// visit() with a `look` that adds to `values`, which are 0 before, then sum() of them. A state
    /// that outlives its ranks may visit again, from 0 on, when one dies meanwhile.
    ///
    /// Args:
    ///     wanted: as for visit_where(), and nothing is asked to be inside; empty: everything is.
    virtual void collect(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look,
                         std::span<double> values, const Wanted& wanted = {}) {
        if (wanted)
            visit_where(wanted, look);
        else
            visit(inside, look);
        sum(values);
    }
    /// Adds up what every rank has, by place.
    virtual void sum(std::span<double> values) const = 0;

    /// The last call: no rank goes on before all have come here.
    virtual void close() {}

    /// Axes of a piece.
    virtual int inside_axes() const = 0;
    /// These, when this process has its whole part in memory as one piece; 0 otherwise.
    virtual std::uint64_t axes_inside() const { return 0; }
    /// Any this many axes can be inside together.
    virtual int room_inside() const = 0;
    /// Memory this process has for amplitudes now, and the most it had.
    virtual std::uint64_t bytes() const = 0;
    virtual std::uint64_t peak_bytes() const = 0;
    /// Passes over this process' part so far.
    virtual std::uint64_t passes() const = 0;
    /// What it took so far, when it is on disk.
    virtual std::optional<DiskCounts> disk() const { return std::nullopt; }
};

/// A LargeState that is copied with what it is part of.
template <class Real>
class LargeStatePart {
  public:
    LargeStatePart() = default;
    LargeStatePart(std::unique_ptr<LargeState<Real>> state) : state_(std::move(state)) {}
    LargeStatePart(const LargeStatePart& other)
        : state_(other.state_ ? other.state_->clone() : nullptr) {}
    LargeStatePart(LargeStatePart&&) noexcept = default;
    LargeStatePart& operator=(const LargeStatePart& other) { return *this = LargeStatePart(other); }
    LargeStatePart& operator=(LargeStatePart&&) noexcept = default;

    explicit operator bool() const { return state_ != nullptr; }
    LargeState<Real>* operator->() const { return state_.get(); }
    LargeState<Real>& operator*() const { return *state_; }

  private:
    std::unique_ptr<LargeState<Real>> state_;
};

}  // namespace carillon::engine
