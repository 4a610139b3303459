// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/kernels/plan.h"
#include "carillon/resource/engine/large_state.h"
#include "carillon/resource/engine/locality.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/engine/passes/collector.h"
#include "carillon/resource/engine/passes/explain.h"
#include "carillon/resource/engine/safety.h"
#include "carillon/resource/engine/thread_team.h"

namespace carillon::host {
class Ranks;
}

namespace carillon::engine {

/// What a state may use.
struct StateOptions {
    int threads = 0;                     ///< 0: one per core
    std::uint64_t max_memory_bytes = 0;  ///< 0: what the machine has available
    bool record = false;                 ///< every pass is timed and kept, see records()
    /// Large states are spread over these; every rank calls the same in the same order. Then
    /// max_memory_bytes is for each rank.
    host::Ranks* ranks = nullptr;
    int spread_axes = 0;        ///< axes beyond which a state is spread; 0: when it pays
    SafetyOptions safety = {};  ///< of states that are spread
    Locality locality = {};
    /// States that do not fit in max_memory_bytes go to these folders; a sixteenth of that is left
    /// to everything else then. Null: they are refused. Only folders and how blocks are packed are
    /// taken from it.
    std::shared_ptr<const DiskOptions> spill = {};
};

/// A dense state over a number of axes that grows and shrinks: 2^axes complex amplitudes, axis 0
/// the least significant bit of an index.
///
/// Operations on states of more than a few axes are held back until something reads the state;
/// then they are rewritten, and done in passes over memory that each take many (see passes/).
///
/// Results do not depend on the number of threads beyond rounding.
template <class Real>
class StateVector {
  public:
    /// Axes from which operations are held back.
    static constexpr int kHeldAxes = 10;

    /// A state without axes: the single amplitude 1.
    explicit StateVector(const StateOptions& options = {});

    int axes() const { return axes_; }
    std::uint64_t size() const { return std::uint64_t{1} << axes_; }
    std::uint64_t bytes() const { return large_ ? large_->bytes() : buffer_.capacity(); }
    std::uint64_t peak_bytes() const {
        return large_ ? std::max(peak_bytes_, large_->peak_bytes()) : peak_bytes_;
    }
    /// Not null when the amplitudes are not all in this process' memory, see LargeState.
    LargeState<Real>* large() const {
        flush();
        return large_ ? &*large_ : nullptr;
    }
    int peak_axes() const { return peak_axes_; }
    /// What the kernel gave of the pages that the options ask for, when they want to know.
    std::optional<host::PageReport> pages() const { return buffer_.report(); }
    /// What having it on disk took, if it ever was.
    std::optional<DiskCounts> disk() const {
        flush();
        return large_ && large_->disk() ? large_->disk() : disk_;
    }
    /// Passes over memory so far; a pass over a part of the state counts as one.
    std::uint64_t passes() const {
        flush();
        return passes_ + (large_ ? large_->passes() : 0);
    }
    ThreadTeam& team() const { return *team_; }
    /// The passes of held-back operations so far, when the options ask for them.
    const std::vector<passes::PassRecord>& records() const { return records_; }

    Complex amplitude(std::uint64_t index) const;
    void set_amplitude(std::uint64_t index, Complex value);
    std::vector<Complex> amplitudes() const;
    /// Many amplitudes at once.
    void read(std::span<const std::uint64_t> indices, std::span<Complex> out) const;
    /// Sets all amplitudes: read(first, out) gives those from `first` on.
    void fill(const std::function<void(std::uint64_t first, std::span<Complex> out)>& read);

    /// Adds an axis in |0> as the last one.
    ///
    /// Throws: ResourceError when the state would not fit; it is unchanged then.
    void add_axis();
    /// Becomes |0...0> over `axes` axes, in memory that is touched.
    void reset(int axes);
    /// Keeps the half where `axis` is `value`, times `factor`. The last axis takes its number.
    void remove_axis(int axis, bool value, double factor);

    /// Multiplies the amplitudes that meet the conditions by `factor`.
    void scale(Complex factor, std::span<const Condition> conditions = {});
    /// Moves the amplitude of i to i ^ shift where the conditions hold: X, CX, SWAP (shift {a, b}
    /// where a and b differ), and any fan-out of X. No condition may change under the shift.
    void shift(std::uint64_t shift, std::span<const Condition> conditions = {});
    /// A 2x2 matrix on the qubit whose value is parity(parity & i) ^ inverted and whose flip is
    /// i ^ shift. No condition may change under the shift.
    void apply_pair(std::uint64_t shift, std::uint64_t parity, bool inverted,
                    const std::array<Complex, 4>& matrix,
                    std::span<const Condition> conditions = {});
    /// A matrix on axes; operand k of the matrix is axis targets[k]. Conditions must not involve
    /// the targets.
    void apply(const Matrix& matrix, std::span<const int> targets,
               std::span<const Condition> conditions = {});
    /// A 2x2 matrix (row major) on one axis.
    void apply_one(const std::array<Complex, 4>& matrix, int axis,
                   std::span<const Condition> conditions = {}) {
        const std::uint64_t bit = std::uint64_t{1} << axis;
        apply_pair(bit, bit, false, matrix, conditions);
    }

    /// Probability that all conditions hold (the squared norm when there are none).
    double weight(std::span<const Condition> conditions = {}) const;
    /// <this|other>.
    Complex inner(const StateVector& other) const;

    /// Adds factor * other, of the same size.
    void add(Complex factor, const StateVector& other);

    /// The amplitudes as they are stored: blocks of 16 real parts and 16 imaginary parts (offset_of
    /// in kernels/plan.h), valid until the next call.
    std::span<const Real> reals() const;
    std::span<Real> reals();

    /// Does what is held back.
    void flush() const;
    /// The last call on a state over ranks: no rank goes on before all have come here.
    void close() {
        flush();
        if (large_) large_->close();
    }
    /// All amplitudes as they are stored (see kernels/plan.h), up to the next change.
    const Real* stored() const {
        flush();
        need_one_memory("stored");
        return data();
    }

    /// Bytes of a state of `axes` axes in one memory.
    static std::uint64_t bytes_for(int axes);

  private:
    Real* data() const { return static_cast<Real*>(buffer_.data()); }
    void check_fits(int axes) const;
    void need_one_memory(const char* what) const;
    std::unique_ptr<LargeState<Real>> make_spread() const;
    std::uint64_t limit() const;
    bool goes_to_disk(int axes) const;
    int most_near() const;
    void go_far();
    void add_far_axis();
    void come_back();
    void collapse_small(int axis, bool value, double factor);
    bool hold();
    void run(const passes::Items& items, const passes::Geometry& geometry, const passes::Pass& pass,
             Complex scalar) const;
    Complex stored_amplitude(std::uint64_t index) const;
    void store_amplitude(std::uint64_t index, Complex value);

    int axes_ = 0;
    PageBuffer buffer_;
    mutable LargeStatePart<Real> large_;  ///< has the amplitudes instead of the buffer
    std::shared_ptr<ThreadTeam> team_;
    StateOptions options_;
    std::optional<DiskCounts> disk_;  ///< of earlier times on disk
    std::uint64_t peak_bytes_ = 0;
    int peak_axes_ = 0;
    mutable std::vector<passes::PassRecord> records_;
    mutable passes::Speeds speeds_;  ///< measured at the first pass that is recorded
    mutable passes::Collector held_;
    mutable std::uint64_t fresh_ = 0;  ///< axes that are 0 in all that is stored

    mutable std::uint64_t passes_ = 0;
};

extern template class StateVector<float>;
extern template class StateVector<double>;

}  // namespace carillon::engine
