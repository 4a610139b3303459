// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/state_vector.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

#include "carillon/base/error.h"
#include "carillon/resource/engine/disk_state.h"
#include "carillon/resource/engine/kernels/kernels.h"
#include "carillon/resource/engine/kernels/tile.h"
#include "carillon/resource/engine/passes/planner.h"
#include "carillon/resource/engine/passes/run.h"
#include "carillon/resource/engine/passes/undone_flips.h"
#include "carillon/resource/engine/rank_state.h"
#include "carillon/resource/engine/safe_state.h"
#include "carillon/resource/engine/wide_matrix.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::offset_of;

namespace {

constexpr int kMaxAxes = 48;
constexpr std::size_t kGrain = 1 << 14;  ///< amplitudes per chunk in loops without a kernel

constexpr std::size_t kMostHeld = 1 << 15;  ///< operations
constexpr int kMostHeldTargets = 4;         ///< of a matrix that is held back

constexpr int kSpreadInside = 14;      ///< smaller parts are done sooner by every rank alone
constexpr int kSpreadOnAnyRanks = 22;  ///< fits up to 1,024 of them
constexpr int kStaySpread = 2;         ///< axes that may go before a spread state comes back
constexpr int kStayOnDisk = 4;    ///< the same on disk: what is left must fit beside two pieces
constexpr int kOthersShare = 16;  ///< this part of the memory is not for a state on disk
constexpr int kDiskThreads = 4;   ///< that read and write; packing takes one for each core

/// Axes beyond which a state is spread over ranks.
int spread_from(const StateOptions& options) {
    if (options.ranks == nullptr || options.ranks->size() == 1)
        return std::numeric_limits<int>::max();
    const int outside = RankState<double>::outside_axes(*options.ranks);
    const int least = outside + RankState<double>::kLeastInside + kStaySpread;
    // A run that goes on from a folder may have other ranks, and must take the same steps.
    const bool any_ranks = !options.safety.folder.empty() || !options.safety.resume.empty();
    const int standard = any_ranks ? kSpreadOnAnyRanks : outside + kSpreadInside;
    return std::max(options.spread_axes != 0 ? options.spread_axes : standard, least);
}

template <class Real>
kernels::StateView<Real> view(Real* data, int axes, ThreadTeam& team) {
    return {data, axes, &team};
}

}  // namespace

template <class Real>
StateVector<Real>::StateVector(const StateOptions& options)
    : buffer_(options.locality.pages),
      team_(std::make_shared<ThreadTeam>(options.threads, options.locality.thread_start)),
      options_(options) {
    buffer_.grow(bytes_for(0));
    data()[0] = 1;
    peak_bytes_ = bytes_for(0);
}

template <class Real>
std::uint64_t StateVector<Real>::bytes_for(int axes) {
    return 2 * sizeof(Real) * std::max(std::uint64_t{1} << axes, kBlock);
}

/// Memory that the state may take.
template <class Real>
std::uint64_t StateVector<Real>::limit() const {
    return options_.max_memory_bytes != 0 ? options_.max_memory_bytes
                                          : available_memory_bytes() + buffer_.capacity();
}

template <class Real>
bool StateVector<Real>::goes_to_disk(int axes) const {
    if (!options_.spill || axes > kMaxAxes) return false;
    const std::uint64_t most = limit();
    return bytes_for(axes) > most - most / kOthersShare;
}

/// Most axes of a state that is in this process' memory.
template <class Real>
int StateVector<Real>::most_near() const {
    int most = spread_from(options_);
    if (options_.spill) most = std::min(most, kMaxAxes);
    while (most > 0 && goes_to_disk(most)) --most;
    return most;
}

/// The amplitudes go to the other ranks, or to disk.
template <class Real>
void StateVector<Real>::go_far() {
    std::unique_ptr<LargeState<Real>> large;
    if (axes_ >= spread_from(options_)) {
        large = make_spread();
    } else {
        const std::uint64_t most = limit();
        large = std::make_unique<DiskState<Real>>(
            DiskOptions{.folders = options_.spill->folders,
                        .compression = options_.spill->compression,
                        .error_bound = options_.spill->error_bound,
                        .max_memory_bytes = most - most / kOthersShare,
                        .io_threads = options_.spill->compression == host::Compression::kNone
                                          ? kDiskThreads
                                          : std::max(kDiskThreads, team_->threads())},
            team_);
    }
    large->begin(data(), axes_, fresh_);
    large_ = std::move(large);
    buffer_.shrink(0);
}

template <class Real>
void StateVector<Real>::check_fits(int axes) const {
    const bool representable = axes <= kMaxAxes;
    const std::uint64_t needed = representable ? bytes_for(axes) : ~std::uint64_t{0};
    if (representable && needed <= buffer_.capacity()) return;
    constexpr std::uint64_t kSmall = std::uint64_t{64} << 20;
    if (representable && options_.max_memory_bytes == 0 && needed <= kSmall) return;
    const std::uint64_t limit = this->limit();
    if (representable && needed <= limit) return;
    int fits = axes - 1;
    while (fits > 0 && (fits > kMaxAxes || bytes_for(fits) > limit)) --fits;
    std::string message =
        "a state of " + std::to_string(axes) + " qubits in " +
        (sizeof(Real) == 4 ? "single" : "double") + " precision needs " +
        (representable ? bytes_text(needed) : "more memory than any machine has") + ", and " +
        bytes_text(limit) + (options_.max_memory_bytes != 0 ? " are allowed" : " are available") +
        "; " + std::to_string(fits) + " qubits would fit";
    if (sizeof(Real) == 8) message += ", single precision needs half";
    if (representable && options_.ranks == nullptr)
        message += "; --spill FOLDER would keep it on disk, " + bytes_text(needed) + " for " +
                   std::to_string(axes) + " qubits and twice that for each one more";
    throw ResourceError(message);
}

/// True when the next operation is to be held back.
template <class Real>
bool StateVector<Real>::hold() {
    if (held_.operations() >= kMostHeld) flush();
    return axes_ >= kHeldAxes;
}

template <class Real>
void StateVector<Real>::run(const passes::Items& items, const passes::Geometry& geometry,
                            const passes::Pass& pass, Complex scalar) const {
    if (options_.record && speeds_.bytes_per_s == 0) speeds_ = passes::measure_speeds<Real>(*team_);
    const auto span = host::open_span(options_.locality.trace, host::Activity::kCompute, "pass");
    const auto start = std::chrono::steady_clock::now();
    passes::run_pass(data(), geometry, items, pass, scalar, fresh_, *team_);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (options_.record) {
        passes::PassRecord record{.cost = passes::cost_of(pass, geometry, 2 * sizeof(Real)),
                                  .state_axes = axes_};
        for (const int axis : pass.axes) record.axes |= std::uint64_t{1} << axis;
        record.part = std::ldexp(1.0, -std::popcount(fresh_ & ~record.axes));
        record.predicted_s =
            passes::predict(record.cost, speeds_, geometry, team_->threads(), record.part);
        record.measured_s = elapsed.count();
        records_.push_back(record);
    }
    fresh_ &= ~pass.flips;
}

template <class Real>
void StateVector<Real>::flush() const {
    if (held_.empty()) return;
    Complex scalar;
    const passes::Items held = held_.take(scalar);
    if (large_) return large_->run(held, scalar);
    const passes::Items items = passes::without_undone_flips(held);
    const auto geometry = passes::make_geometry(axes_, kernels::lane_bits<Real>(), 2 * sizeof(Real),
                                                team_->threads());
    const std::vector<passes::Pass> plan = passes::plan(items, geometry);
    for (std::size_t k = 0; k < plan.size(); ++k)
        run(items, geometry, plan[k], k + 1 == plan.size() ? scalar : Complex{1});
    passes_ += plan.size();
    if (plan.empty() && scalar != Complex{1}) {
        ++passes_;
        kernels::scale(view(data(), axes_, *team_), scalar, {});
    }
}

template <class Real>
Complex StateVector<Real>::amplitude(std::uint64_t index) const {
    flush();
    if (!large_) return stored_amplitude(index);
    Complex value;
    read({&index, 1}, {&value, 1});
    return value;
}

template <class Real>
void StateVector<Real>::set_amplitude(std::uint64_t index, Complex value) {
    flush();
    need_one_memory("set_amplitude");
    store_amplitude(index, value);
}

template <class Real>
Complex StateVector<Real>::stored_amplitude(std::uint64_t index) const {
    const Real* at = data() + offset_of(index);
    return {static_cast<double>(at[0]), static_cast<double>(at[kBlock])};
}

template <class Real>
void StateVector<Real>::store_amplitude(std::uint64_t index, Complex value) {
    fresh_ = 0;
    Real* at = data() + offset_of(index);
    at[0] = static_cast<Real>(value.real());
    at[kBlock] = static_cast<Real>(value.imag());
}

template <class Real>
std::vector<Complex> StateVector<Real>::amplitudes() const {
    flush();
    std::vector<std::uint64_t> indices(size());
    std::iota(indices.begin(), indices.end(), std::uint64_t{0});
    std::vector<Complex> result(size());
    read(indices, result);
    return result;
}

template <class Real>
void StateVector<Real>::read(std::span<const std::uint64_t> indices, std::span<Complex> out) const {
    flush();
    if (!large_) {
        for (std::size_t k = 0; k < indices.size(); ++k) out[k] = stored_amplitude(indices[k]);
        return;
    }
    std::vector<double> values(2 * indices.size());
    const auto wanted = [&](std::uint64_t outside, std::uint64_t piece) {
        return std::ranges::any_of(indices, [&](auto i) { return (i & outside) == piece; });
    };
    const auto look = [&](const Piece<Real>& piece) {
        std::uint64_t inside = 0;
        std::vector<int> place(static_cast<std::size_t>(axes_));
        for (std::size_t p = 0; p < piece.axis_at.size(); ++p) {
            inside |= std::uint64_t{1} << piece.axis_at[p];
            place[static_cast<std::size_t>(piece.axis_at[p])] = static_cast<int>(p);
        }
        for (std::size_t k = 0; k < indices.size(); ++k) {
            if ((indices[k] & ~inside) != piece.outside) continue;
            std::uint64_t at = 0;
            for (std::uint64_t rest = indices[k] & inside; rest != 0; rest &= rest - 1)
                at |= std::uint64_t{1} << place[static_cast<std::size_t>(std::countr_zero(rest))];
            values[2 * k] = static_cast<double>(piece.stored[offset_of(at)]);
            values[2 * k + 1] = static_cast<double>(piece.stored[offset_of(at) + kBlock]);
        }
    };
    large_->collect(0, look, values, wanted);
    for (std::size_t k = 0; k < indices.size(); ++k) out[k] = {values[2 * k], values[2 * k + 1]};
}

template <class Real>
void StateVector<Real>::fill(
    const std::function<void(std::uint64_t first, std::span<Complex> out)>& read) {
    constexpr int kChunkAxes = 14;
    flush();
    std::vector<Complex> chunk(std::size_t{1} << std::min(axes_, kChunkAxes));
    if (!large_) {
        for (std::uint64_t first = 0; first < size(); first += chunk.size()) {
            read(first, chunk);
            for (std::uint64_t i = 0; i < chunk.size(); ++i) store_amplitude(first + i, chunk[i]);
        }
        return;
    }
    large_->rewrite([&](const Piece<Real>& piece, Real* to) {
        // As many of the lowest axes as are in order come in one stretch.
        const int inside = static_cast<int>(piece.axis_at.size());
        int ordered = 0;
        while (ordered < std::min(inside, kChunkAxes) &&
               piece.axis_at[static_cast<std::size_t>(ordered)] == ordered)
            ++ordered;
        const std::span<Complex> stretch(chunk.data(), std::size_t{1} << ordered);
        for (std::uint64_t high = 0; high < std::uint64_t{1} << (inside - ordered); ++high) {
            std::uint64_t first = piece.outside;
            for (std::uint64_t rest = high; rest != 0; rest &= rest - 1)
                first |=
                    std::uint64_t{1}
                    << piece.axis_at[static_cast<std::size_t>(ordered + std::countr_zero(rest))];
            read(first, stretch);
            for (std::uint64_t i = 0; i < stretch.size(); ++i) {
                Real* const at = to + offset_of(high << ordered | i);
                at[0] = static_cast<Real>(stretch[i].real());
                at[kBlock] = static_cast<Real>(stretch[i].imag());
            }
        }
    });
}

/// What would need all amplitudes side by side.
template <class Real>
void StateVector<Real>::need_one_memory(const char* what) const {
    if (large_)
        throw InternalError(std::string("StateVector::") + what +
                            ": the amplitudes are not in the memory of one process");
}

/// Over ranks.
template <class Real>
std::unique_ptr<LargeState<Real>> StateVector<Real>::make_spread() const {
    host::RankTrace* const trace = options_.locality.trace;
    if (options_.safety.on)
        return std::make_unique<SafeState<Real>>(*options_.ranks, team_, options_.max_memory_bytes,
                                                 options_.safety, trace);
    auto state =
        std::make_unique<RankState<Real>>(*options_.ranks, team_, options_.max_memory_bytes);
    state->keep_diary(trace);
    return state;
}

template <class Real>
void StateVector<Real>::add_far_axis() {
    large_->add_axis();
    ++axes_;
    peak_axes_ = std::max(peak_axes_, axes_);
    peak_bytes_ = std::max(peak_bytes_, large_->peak_bytes());
}

/// The state is small enough again to be in every rank's own memory.
template <class Real>
void StateVector<Real>::come_back() {
    const LargeStatePart<Real> large = std::move(large_);
    large_ = {};
    buffer_.grow(bytes_for(axes_));
    large->copy_out(data());
    large->close();
    fresh_ = 0;
    peak_bytes_ = std::max(peak_bytes_, large->peak_bytes());
    if (const std::optional<DiskCounts> counts = large->disk())
        disk_ = disk_ ? * disk_ += *counts : *counts;
    passes_ += large->passes();
}

template <class Real>
void StateVector<Real>::add_axis() {
    if (!large_ && (axes_ >= spread_from(options_) || goes_to_disk(axes_ + 1))) go_far();
    if (large_) return add_far_axis();
    check_fits(axes_ + 1);
    const std::size_t before = bytes_for(axes_), after = bytes_for(axes_ + 1);
    const std::size_t held = buffer_.capacity();
    buffer_.grow(after);
    // Fresh pages are zero; what was there before may hold an old state.
    const std::size_t stale = std::min(held, after);
    if (stale > before)
        team_->parallel_for(stale - before, kGrain * sizeof(Real), [&](auto begin, auto end) {
            std::memset(static_cast<char*>(buffer_.data()) + before + begin, 0, end - begin);
        });
    fresh_ |= std::uint64_t{1} << axes_;
    ++axes_;
    peak_axes_ = std::max(peak_axes_, axes_);
    peak_bytes_ = std::max<std::uint64_t>(peak_bytes_, after);
}

template <class Real>
void StateVector<Real>::reset(int axes) {
    held_ = {};
    large_ = {};
    if (const int most = most_near(); axes > most) {
        reset(most);
        while (axes_ < axes) add_axis();
        return;
    }
    check_fits(axes);
    const std::size_t bytes = bytes_for(axes);
    buffer_.grow(bytes);
    team_->parallel_for(bytes, kGrain * sizeof(Real), [&](auto begin, auto end) {
        std::memset(static_cast<char*>(buffer_.data()) + begin, 0, end - begin);
    });
    axes_ = axes;
    peak_axes_ = std::max(peak_axes_, axes_);
    peak_bytes_ = std::max<std::uint64_t>(peak_bytes_, bytes);
    store_amplitude(0, 1);
    fresh_ = (std::uint64_t{1} << axes) - 1;
}

template <class Real>
void StateVector<Real>::collapse_small(int axis, bool value, double factor) {
    std::array<Complex, 64> kept{};
    const int last = axes_ - 1;
    for (std::uint64_t i = 0; i < size() / 2; ++i) {
        // In the new index, bit `axis` is the old last axis.
        std::uint64_t old = i & ~(std::uint64_t{1} << axis);
        old |= std::uint64_t{value} << axis;
        if (axis != last) old |= (i >> axis & 1) << last;
        kept[i] = stored_amplitude(old) * factor;
    }
    for (std::uint64_t i = 0; i < std::max(size(), kBlock); ++i)
        store_amplitude(i, i < size() / 2 ? kept[i] : Complex{});
}

template <class Real>
void StateVector<Real>::remove_axis(int axis, bool value, double factor) {
    flush();
    if (large_) {
        large_->remove_axis(axis, value, factor);
        --axes_;
        if (axes_ <= most_near() - (large_->disk() ? kStayOnDisk : kStaySpread)) come_back();
        return;
    }
    ++passes_;
    if (axes_ < 6)
        collapse_small(axis, value, factor);
    else
        kernels::collapse(view(data(), axes_, *team_), axis, value, factor);
    --axes_;
    fresh_ = 0;
    buffer_.shrink(bytes_for(axes_));
}

template <class Real>
void StateVector<Real>::scale(Complex factor, std::span<const Condition> conditions) {
    if (hold()) return held_.scale(factor, conditions);
    ++passes_;
    kernels::scale(view(data(), axes_, *team_), factor, conditions);
}

template <class Real>
void StateVector<Real>::shift(std::uint64_t shift, std::span<const Condition> conditions) {
    if (shift == 0) return;
    if (hold()) return held_.shift(shift, conditions);
    ++passes_;
    fresh_ &= ~shift;
    kernels::shift(view(data(), axes_, *team_), shift, conditions);
}

template <class Real>
void StateVector<Real>::apply_pair(std::uint64_t shift, std::uint64_t parity, bool inverted,
                                   const std::array<Complex, 4>& matrix,
                                   std::span<const Condition> conditions) {
    if (hold()) return held_.pair(shift, parity, inverted, matrix, conditions);
    ++passes_;
    fresh_ &= ~shift;
    kernels::pair(view(data(), axes_, *team_), {shift, parity, inverted, matrix}, conditions);
}

template <class Real>
void StateVector<Real>::apply(const Matrix& matrix, std::span<const int> targets,
                              std::span<const Condition> conditions) {
    if (matrix.qubits != static_cast<int>(targets.size()))
        throw InternalError("StateVector::apply: the matrix does not fit the targets");
    if (matrix.qubits == 0) return scale(matrix.data[0], conditions);
    if (matrix.qubits == 1)
        return apply_one({matrix.data[0], matrix.data[1], matrix.data[2], matrix.data[3]},
                         targets[0], conditions);
    if (hold() && matrix.qubits <= kMostHeldTargets)
        return held_.matrix(matrix, targets, conditions);
    flush();
    if (large_) return large_->apply_wide(matrix, targets, conditions);
    ++passes_;
    for (const int t : targets) fresh_ &= ~(std::uint64_t{1} << t);
    wide_matrix(view(data(), axes_, *team_), matrix, targets, conditions);
}

template <class Real>
double StateVector<Real>::weight(std::span<const Condition> conditions) const {
    flush();
    if (large_) return large_->weight(conditions);
    ++passes_;
    return kernels::weight(view(data(), axes_, *team_), conditions);
}

template <class Real>
Complex StateVector<Real>::inner(const StateVector& other) const {
    if (axes_ != other.axes_) throw InternalError("StateVector::inner: states of different size");
    flush();
    other.flush();
    need_one_memory("inner");
    ++passes_;
    std::vector<Complex> sums(size() / kGrain + 1);
    team_->parallel_for(size(), kGrain, [&](std::size_t begin, std::size_t end) {
        Complex sum = 0;
        for (std::size_t i = begin; i < end; ++i)
            sum += std::conj(stored_amplitude(i)) * other.stored_amplitude(i);
        sums[begin / kGrain] = sum;
    });
    Complex total = 0;
    for (const Complex& sum : sums) total += sum;
    return total;
}

template <class Real>
void StateVector<Real>::add(Complex factor, const StateVector& other) {
    if (axes_ != other.axes_) throw InternalError("StateVector::add: states of different size");
    const std::span<const Real> from = other.reals();
    const std::span<Real> to = reals();
    ++passes_;
    const Real re = static_cast<Real>(factor.real()), im = static_cast<Real>(factor.imag());
    team_->parallel_for(to.size() / (2 * kBlock), kGrain / kBlock, [&](auto begin, auto end) {
        for (std::size_t block = begin; block < end; ++block) {
            Real* const t = to.data() + block * 2 * kBlock;
            const Real* const f = from.data() + block * 2 * kBlock;
            for (std::size_t lane = 0; lane < kBlock; ++lane) {
                t[lane] += re * f[lane] - im * f[kBlock + lane];
                t[kBlock + lane] += re * f[kBlock + lane] + im * f[lane];
            }
        }
    });
}

template <class Real>
std::span<const Real> StateVector<Real>::reals() const {
    flush();
    need_one_memory("reals");
    return {data(), 2 * std::max(size(), kBlock)};
}

template <class Real>
std::span<Real> StateVector<Real>::reals() {
    flush();
    need_one_memory("reals");
    fresh_ = 0;
    return {data(), 2 * std::max(size(), kBlock)};
}

template class StateVector<float>;
template class StateVector<double>;

}  // namespace carillon::engine
