// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_state.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/resource/engine/rank_state.h"
#include "carillon/resource/engine/safe_copies.h"
#include "carillon/resource/engine/safe_folder.h"
#include "carillon/resource/engine/safe_step.h"
#include "carillon/resource/host/regroup.h"

namespace carillon::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kEnd = 0xffffffff;  ///< in the place of a version: there are no more
constexpr int kGroup = 64;  ///< id of the group of all that live; eras tell them apart
constexpr double kBytesPerSecond = 1e11;  ///< of state that an item goes over, roughly, at best
constexpr double kLeastItems = 64, kMostItems = 1 << 15;  ///< in a step

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

template <class Real>
class SafeState<Real>::Core {
  public:
    using State = RankState<Real>;

    Core(host::Ranks& ranks, std::shared_ptr<ThreadTeam> team, std::uint64_t max_bytes,
         const SafetyOptions& options, host::RankTrace* trace)
        : ranks_(&ranks),
          team_(std::move(team)),
          max_bytes_(max_bytes),
          options_(options),
          trace_(trace) {
        if (!options_.report) options_.report = std::make_shared<SafetyReport>();
        number_ = ++options_.report->states;
        start_anew(host::Group::living(ranks).members());
        if (!options_.resume.empty()) resume_ = SafeFolder(options_.resume).manifest();
    }

    State& inner() const { return *inner_; }
    int axes() const { return axes_; }

    void begin(const Real* stored, int axes, std::uint64_t zero) {
        axes_ = axes;
        if (skipping()) return;
        again([&] {
            if (copies_.version != 0) return;  // done, and a death came after
            inner_->begin(stored, axes, zero);
            checkpoint();
        });
    }
    /// A step without a value.
    void step(Step step) {
        axes_ += step.kind == Step::Kind::kAddAxis      ? 1
                 : step.kind == Step::Kind::kRemoveAxis ? -1
                                                        : 0;
        if (count(step)) return;
        again([&] { execute(step); });
        log_.push_back(std::move(step));
    }
    /// Many items are several steps, cut in the same way for any number of ranks.
    void run(const passes::Items& wide, Complex scalar) {
        const passes::Items items = passes::narrowed(wide, State::kMostFlips);
        const std::size_t together = items_together();
        std::vector<std::uint32_t> chosen;
        std::size_t at = 0;
        do {
            chosen.clear();
            while (at < items.list.size() && chosen.size() < together)
                chosen.push_back(static_cast<std::uint32_t>(at++));
            const bool last = at == items.list.size();
            step({.kind = Step::Kind::kItems,
                  .factor = last ? scalar : Complex{1},
                  .items = passes::subset(items, chosen)});
            items_since_ += chosen.size();
            if (items_since_ >= together && !skipping()) scheduled_checkpoint();
        } while (at < items.list.size());
    }
    double weight(std::span<const Condition> conditions) {
        Step step{.kind = Step::Kind::kWeight};
        step.conditions.assign(conditions.begin(), conditions.end());
        double result = 0;
        valued(std::move(step), std::as_writable_bytes(std::span(&result, 1)),
               [&] { result = inner_->weight(conditions); });
        return result;
    }
    void collect(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look,
                 std::span<double> values) {
        Step step{.kind = Step::Kind::kCollect, .inside = inside};
        if (given(std::as_writable_bytes(values))) {
            count(step);
            note(std::as_bytes(values));
            return;
        }
        count(step);
        again([&] {
            inner_->visit(inside, [](const Piece<Real>&) {});
            if (others_have_collected({}, values)) return;
            std::ranges::fill(values, 0.0);
            inner_->visit(inside, look);
            inner_->sum(values);
        });
        step.values.assign(values.begin(), values.end());
        log_.push_back(std::move(step));
        note(std::as_bytes(values));
    }
    void copy_out(Real* stored) {
        valued({.kind = Step::Kind::kCopyOut},
               std::as_writable_bytes(std::span(stored, std::size_t{2} << axes_)),
               [&] { inner_->copy_out(stored); });
    }
    void visit(std::uint64_t inside, const std::function<void(const Piece<Real>&)>& look) {
        Step step{.kind = Step::Kind::kVisit, .inside = inside};
        if (count(step)) return;
        again([&] { inner_->visit(inside, look); });
        log_.push_back(std::move(step));
    }
    void rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) {
        if (count({.kind = Step::Kind::kRewrite})) return;
        again([&] {
            inner_->rewrite(change);
            checkpoint();
        });
    }
    void close() {
        if (count({.kind = Step::Kind::kClose})) return;
        closing_ = true;
        again([&] {
            if (!closed_) group_->barrier();
        });
        closed_ = true;
    }

  private:
    /// Does something that all ranks do; when one dies meanwhile, again on what is left.
    template <class Body>
    void again(const Body& body) {
        for (;;) {
            try {
                return body();
            } catch (const host::PeerLost&) {
                recover();
            }
        }
    }
    template <class Body>
    void valued(Step step, std::span<std::byte> value, const Body& body) {
        const bool skipped = given(value);
        count(step);
        if (!skipped) {
            again(body);
            log_.push_back(std::move(step));
        }
        note(value);
    }
    /// After a death some may have done a collect() that others have still to do. Who did cannot do
    /// it again, but knows what it gave.
    ///
    /// Args:
    ///     mine: what it gave to this rank; empty when it has still to do it.
    /// Returns: true when `to` has it now.
    bool others_have_collected(std::span<const double> mine, std::span<double> to) {
        if (ranks_->agreed_dead().empty()) return false;
        std::vector<std::uint64_t> have(static_cast<std::size_t>(group_->size()));
        have[static_cast<std::size_t>(group_->index())] = mine.empty() ? 0 : 1;
        group_->sum(std::span<std::uint64_t>(have));
        const auto first = std::ranges::find(have, 1U);
        if (first == have.end()) return false;
        std::vector<double> values(mine.begin(), mine.end());
        values.resize(std::max(mine.size(), to.size()));
        group_->broadcast(std::as_writable_bytes(std::span(values)),
                          static_cast<int>(first - have.begin()));
        if (mine.empty()) std::ranges::copy(values, to.begin());
        return true;
    }
    void execute(const Step& step) {
        switch (step.kind) {
            case Step::Kind::kAddAxis:
                return inner_->add_axis();
            case Step::Kind::kRemoveAxis:
                return inner_->remove_axis(step.axis, step.value, step.factor.real());
            case Step::Kind::kItems:
                return inner_->run(step.items, step.factor);
            case Step::Kind::kWide:
                return inner_->apply_wide(step.matrix, step.targets, step.conditions);
            case Step::Kind::kWeight:
                inner_->weight(step.conditions);
                return;
            case Step::Kind::kVisit:
                return inner_->visit(step.inside, [](const Piece<Real>&) {});
            case Step::Kind::kCollect:
                inner_->visit(step.inside, [](const Piece<Real>&) {});
                others_have_collected(step.values, {});
                return;
            case Step::Kind::kCopyOut: {
                std::vector<Real> room(std::size_t{2} << inner_->axes());
                return inner_->copy_out(room.data());
            }
            case Step::Kind::kRewrite:  // a checkpoint follows each, so that it is never repeated
            case Step::Kind::kClose:
                return;
        }
    }
    /// Depends on nothing that another run of the program, on other ranks, could have different.
    std::size_t items_together() const {
        const double bytes = std::ldexp(2.0 * sizeof(Real), axes_);
        return static_cast<std::size_t>(
            std::clamp(options_.seconds * kBytesPerSecond / bytes, kLeastItems, kMostItems));
    }

    // Going on from a folder.

    bool skipping() const { return resume_ && steps_ < resume_->step; }
    /// Counts a step. Returns: true when it belongs to what a checkpoint already has.
    bool count(const Step& step) {
        const bool skipped = skipping();
        ++steps_;
        mark_ = step.mark(mark_);
        if (skipped && !skipping()) enter();
        return skipped;
    }
    /// While skipping: the next value that a step gave.
    bool given(std::span<std::byte> value) {
        if (!skipping()) return false;
        if (values_at_ + value.size() > resume_->values.size()) refuse();
        std::memcpy(value.data(), resume_->values.data() + values_at_, value.size());
        values_at_ += value.size();
        return true;
    }
    void note(std::span<const std::byte> value) {
        if (!options_.folder.empty()) values_.insert(values_.end(), value.begin(), value.end());
    }
    [[noreturn]] void refuse() const {
        throw InputError(options_.resume +
                         ": the checkpoint is of another program or precision, or was made with "
                         "another time between checkpoints");
    }
    /// The step of the checkpoint has come: its state is read.
    void enter() {
        const SafeManifest& from = *resume_;
        if (mark_ != from.mark || axes_ != from.layout.axes || from.real_bytes != sizeof(Real))
            refuse();
        RankLayout layout = from.layout;
        again([&] {
            if (copies_.version != 0) return;
            layout.inside = layout.axes - std::countr_zero(holders_.size());
            if (layout.inside < State::kLeastInside)
                throw InputError(options_.resume + ": " + std::to_string(holders_.size()) +
                                 " ranks are too many for a state of " +
                                 std::to_string(layout.axes) + " qubits");
            inner_->restore(layout, [&](std::span<std::byte> part) {
                SafeFolder(options_.resume)
                    .read(from, static_cast<std::uint64_t>(inner_->part()) * part.size(), part);
            });
            checkpoint();
        });
        options_.report->resumed_at = from.step;
    }

    // Checkpoints.

    /// All ranks come here at the same step, and a checkpoint is taken there once.
    void scheduled_checkpoint() {
        items_since_ = 0;
        adopted_ = false;
        again([&] {
            if (!adopted_) checkpoint();
        });
    }
    /// All ranks finish it, or none counts it as finished.
    void checkpoint() {
        const auto span = host::open_span(trace_, host::Activity::kCheckpoint, "checkpoint");
        const auto begin = Clock::now();
        next_ = {};
        next_.version = copies_.version + 1;
        next_.holders = holders_;
        next_.layout = inner_->layout();
        next_.keep(*ranks_, inner_->stored(), options_.after_copy);
        const bool to_disk = !options_.folder.empty();
        if (to_disk && inner_->part() >= 0)
            SafeFolder(options_.folder).write_part(next_.version, inner_->part(), inner_->stored());
        next_.complete = true;
        group_->barrier();
        const std::size_t parts_before = copies_.holders.size();
        copies_ = std::exchange(next_, {});
        log_.clear();
        if (to_disk && group_->index() == 0) write_manifest(parts_before);
        ++options_.report->checkpoints;
        options_.report->checkpoint_s += seconds_since(begin);
    }
    /// Once all parts are there, the first rank that lives says that they are what counts.
    void write_manifest(std::size_t parts_before) const {
        SafeManifest manifest;
        manifest.version = copies_.version;
        manifest.parts = holders_.size();
        manifest.real_bytes = sizeof(Real);
        manifest.layout = copies_.layout;
        manifest.step = steps_;
        manifest.mark = mark_;
        manifest.values = values_;
        const SafeFolder folder(options_.folder);
        folder.write(manifest);
        folder.forget(copies_.version - 1, parts_before);
    }

    // After a death.

    void start_anew(const std::vector<int>& alive) {
        group_.emplace(*ranks_, alive, kGroup);
        holders_.assign(alive.begin(),
                        alive.begin() + static_cast<std::ptrdiff_t>(std::bit_floor(alive.size())));
        inner_ = std::make_unique<State>(*group_, holders_, team_, max_bytes_);
        inner_->keep_diary(trace_);
    }
    /// Steps noted since the checkpoint are to be done again.
    void take_back_log() {
        replay_.insert(replay_.begin(), std::make_move_iterator(log_.begin()),
                       std::make_move_iterator(log_.end()));
        log_.clear();
    }
    void recover() {
        Recovery recovery;
        auto begin = Clock::now();
        const auto lap = [&] {
            const double seconds = seconds_since(begin);
            begin = Clock::now();
            return seconds;
        };
        take_back_log();
        for (;;) {
            try {
                const host::Survivors survivors = host::regroup(*ranks_, progress());
                recovery.agree_s += lap();
                recovery.mended += settle(survivors);
                recovery.restore_s += lap();
                recovery.repeated = replay_.size();
                while (!replay_.empty()) {
                    execute(replay_.front());
                    log_.push_back(std::move(replay_.front()));
                    replay_.pop_front();
                }
                recovery.repeat_s += lap();
                break;
            } catch (const host::PeerLost&) {
                take_back_log();
            }
        }
        if (closed_) return;
        recovery.dead = ranks_->agreed_dead();
        recovery.parts = holders_.size();
        options_.report->recoveries.push_back(std::move(recovery));
    }
    /// States come one after another, and so do their checkpoints; a state's end comes after them.
    std::int64_t progress() const {
        const std::uint64_t version = closing_         ? kEnd
                                      : next_.complete ? next_.version
                                                       : copies_.version;
        return static_cast<std::int64_t>(number_ * (kEnd + 1) + version);
    }
    /// The last checkpoint that all have finished becomes everyone's.
    void adopt(std::uint64_t version) {
        if (next_.complete && next_.version == version) {
            copies_ = std::exchange(next_, {});
            if (!settling_) {
                adopted_ = true;
                replay_.clear();  // what was done before is in it
            }
        }
        next_ = {};
    }
    /// Puts the copies of the last checkpoint onto those that live. Returns: damaged copies.
    std::size_t settle(const host::Survivors& survivors) {
        group_.emplace(*ranks_, survivors.ranks, kGroup);
        const auto least = static_cast<std::uint64_t>(survivors.progress);
        const std::uint64_t version = least % (kEnd + 1);
        if (least / (kEnd + 1) == number_ && version == kEnd) {
            closed_ = true;  // all have come to the end of this state
            replay_.clear();
            return 0;
        }
        if (least / (kEnd + 1) != number_ || version == 0) {
            // Some rank has not finished the first checkpoint of this state, or is about to end the
            // one before: nothing has been done to this one that cannot be done again.
            start_anew(survivors.ranks);
            return 0;
        }
        adopt(version);
        settling_ = true;
        const auto span = host::open_span(trace_, host::Activity::kCheckpoint, "restore");
        const Placing placing = place_copies(*group_, copies_);
        RankLayout layout = copies_.layout;
        if (placing.holders.size() < copies_.holders.size()) {
            // The highest bit of the parts' numbers becomes the last place inside.
            const int axis = layout.axis_at.back();
            layout.axis_at.pop_back();
            layout.axis_at.insert(layout.axis_at.begin() + layout.inside, axis);
            ++layout.inside;
        }
        holders_ = placing.holders;
        inner_ = std::make_unique<State>(*group_, holders_, team_, max_bytes_);
        inner_->keep_diary(trace_);
        inner_->restore(layout, [&](std::span<std::byte> part) {
            bring_copies(*ranks_, copies_, placing, part);
        });
        if (inner_->part() < 0) bring_copies(*ranks_, copies_, placing, {});
        checkpoint();
        settling_ = false;
        return placing.mended;
    }

    host::Ranks* ranks_;
    std::shared_ptr<ThreadTeam> team_;
    std::uint64_t max_bytes_;
    SafetyOptions options_;
    host::RankTrace* trace_;
    std::optional<host::Group> group_;  ///< of all that live
    std::vector<int> holders_;          ///< by part
    std::unique_ptr<State> inner_;
    int axes_ = 0;              ///< also while steps are skipped
    std::uint64_t number_ = 1;  ///< of this state among those of the run
    bool closing_ = false, closed_ = false;

    Copies copies_, next_;
    bool settling_ = false;    ///< the checkpoint under way is of copies that were put in place
    bool adopted_ = false;     ///< a checkpoint that was under way turned out to be finished
    std::vector<Step> log_;    ///< since the last checkpoint
    std::deque<Step> replay_;  ///< to be done again
    std::size_t items_since_ = 0;

    std::uint64_t steps_ = 0, mark_ = 0;
    std::vector<std::byte> values_;
    std::optional<SafeManifest> resume_;
    std::size_t values_at_ = 0;
};

template <class Real>
SafeState<Real>::SafeState(host::Ranks& ranks, std::shared_ptr<ThreadTeam> team,
                           std::uint64_t max_bytes, const SafetyOptions& options,
                           host::RankTrace* trace)
    : core_(std::make_unique<Core>(ranks, std::move(team), max_bytes, options, trace)) {}

template <class Real>
SafeState<Real>::~SafeState() = default;

template <class Real>
std::unique_ptr<LargeState<Real>> SafeState<Real>::clone() const {
    throw InternalError("SafeState: there is one safe state at a time, without copies");
}

template <class Real>
int SafeState<Real>::axes() const {
    return core_->axes();
}

template <class Real>
void SafeState<Real>::begin(const Real* stored, int axes, std::uint64_t zero) {
    core_->begin(stored, axes, zero);
}

template <class Real>
void SafeState<Real>::copy_out(Real* stored) const {
    core_->copy_out(stored);
}

template <class Real>
void SafeState<Real>::add_axis() {
    core_->step({.kind = Step::Kind::kAddAxis});
}

template <class Real>
void SafeState<Real>::remove_axis(int axis, bool value, double factor) {
    core_->step({.kind = Step::Kind::kRemoveAxis, .axis = axis, .value = value, .factor = factor});
}

template <class Real>
void SafeState<Real>::run(const passes::Items& items, Complex scalar) {
    core_->run(items, scalar);
}

template <class Real>
void SafeState<Real>::apply_wide(const Matrix& matrix, std::span<const int> targets,
                                 std::span<const Condition> conditions) {
    core_->step({.kind = Step::Kind::kWide,
                 .matrix = matrix,
                 .targets = {targets.begin(), targets.end()},
                 .conditions = {conditions.begin(), conditions.end()}});
}

template <class Real>
double SafeState<Real>::weight(std::span<const Condition> conditions) {
    return core_->weight(conditions);
}

template <class Real>
void SafeState<Real>::visit(std::uint64_t inside,
                            const std::function<void(const Piece<Real>&)>& look) {
    core_->visit(inside, look);
}

template <class Real>
void SafeState<Real>::rewrite(const std::function<void(const Piece<Real>&, Real*)>& change) {
    core_->rewrite(change);
}

template <class Real>
void SafeState<Real>::collect(std::uint64_t inside,
                              const std::function<void(const Piece<Real>&)>& look,
                              std::span<double> values, const typename LargeState<Real>::Wanted&) {
    core_->collect(inside, look, values);
}

template <class Real>
void SafeState<Real>::sum(std::span<double>) const {
    throw InternalError("SafeState::sum: what dead ranks had is lost; collect() visits again");
}

template <class Real>
void SafeState<Real>::close() {
    core_->close();
}

template <class Real>
int SafeState<Real>::inside_axes() const {
    return core_->inner().inside_axes();
}

template <class Real>
int SafeState<Real>::room_inside() const {
    return core_->inner().room_inside();
}

template <class Real>
std::uint64_t SafeState<Real>::bytes() const {
    return core_->inner().bytes();
}

template <class Real>
std::uint64_t SafeState<Real>::peak_bytes() const {
    return core_->inner().peak_bytes();
}

template <class Real>
std::uint64_t SafeState<Real>::passes() const {
    return core_->inner().passes();
}

template class SafeState<float>;
template class SafeState<double>;

}  // namespace carillon::engine
