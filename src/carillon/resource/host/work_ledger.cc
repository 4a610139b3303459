// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/work_ledger.h"

#include <algorithm>
#include <cmath>

namespace carillon::host {

namespace {

/// Time that workers have to tell a new collector what they have, and that a worker's word that it
/// began a chunk may take, before their units are done again.
constexpr double kPatience = 1.0;

bool contains(const std::vector<int>& list, int value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

double WorkReport::imbalance() const {
    double most = 0, sum = 0;
    int living = 0;
    for (const WorkerTally& w : workers) {
        if (w.dead) continue;
        ++living;
        most = std::max(most, w.seconds);
        sum += w.seconds;
    }
    return sum > 0 ? most * living / sum : 1;
}

WorkLedger::WorkLedger(const ChunkPlan& plan, int workers, const RecoveryOptions& recovery,
                       bool first)
    : plan_(plan),
      recovery_(recovery),
      held_(at(workers)),
      speeds_(at(workers)),
      heard_(at(workers), first),
      failures_in_a_row_(at(workers)),
      blames_(at(workers)) {
    report_.policy = plan.policy();
    report_.count = plan.count();
    report_.workers.resize(at(workers));
}

int WorkLedger::usable_workers() const {
    int number = 0;
    for (int w = 0; w < static_cast<int>(held_.size()); ++w) number += usable(w) ? 1 : 0;
    return number;
}

double WorkLedger::total_speed() const {
    double sum = 0;
    for (int w = 0; w < static_cast<int>(held_.size()); ++w)
        if (usable(w)) sum += speed(w);
    return sum;
}

bool WorkLedger::cover(UnitRange range) {
    const auto gap = first_gap(range);
    if (!gap || *gap != range) return false;
    auto [it, made] = done_.emplace(range.begin, range.end);
    if (const auto after = std::next(it); after != done_.end() && after->first == it->second) {
        it->second = after->second;
        done_.erase(after);
    }
    if (it != done_.begin())
        if (const auto before = std::prev(it); before->second == it->first) {
            before->second = it->second;
            done_.erase(it);
        }
    done_units_ += range.size();
    return true;
}

std::optional<UnitRange> WorkLedger::first_gap(UnitRange range) const {
    auto next = done_.upper_bound(range.begin);
    if (next != done_.begin()) range.begin = std::max(range.begin, std::prev(next)->second);
    if (range.begin >= range.end) return std::nullopt;
    if (next != done_.end()) range.end = std::min(range.end, next->first);
    return range;
}

void WorkLedger::took(int worker, UnitRange range, double now) {
    heard_[at(worker)] = true;
    if (tally(worker).dead)  // its last words
        retries_.push_front({range, 0, 0, {}});
    else
        held_[at(worker)] = {range, now};
}

bool WorkLedger::delivered(int worker, WorkPiece piece, double seconds, std::uint64_t failures) {
    constexpr double kNew = 0.5;  // weight of the newest measurement
    const UnitRange range = piece.range;
    WorkerTally& tally = report_.workers[at(worker)];
    heard_[at(worker)] = true;
    held_[at(worker)].reset();
    failures_in_a_row_[at(worker)] = 0;
    tally.seconds += seconds;
    if (seconds > 0) {
        double& speed = speeds_[at(worker)];
        const double measured = static_cast<double>(range.size()) / seconds;
        speed = speed > 0 ? kNew * measured + (1 - kNew) * speed : measured;
    }
    if (!cover(range)) {
        ++report_.duplicates;
        return false;
    }
    ++tally.chunks;
    tally.units += range.size();
    delivered_seconds_ += seconds;
    delivered_units_ += range.size();
    pieces_.emplace(range.begin, std::move(piece));
    if (const auto it = begun_again_.find(range.begin);
        it != begun_again_.end() && it->second.range == range) {
        for (const int other : it->second.failed_on) {
            if (other == worker) continue;
            ++blames_[at(other)];
            drain_if_sick(other);
        }
        begun_again_.erase(it);
    }
    count_failures(failures);
    return true;
}

void WorkLedger::count_failures(std::uint64_t units) {
    failures_ += units;
    report_.stopped |= failures_ > recovery_.max_failures;
}

/// A worker is sick when chunks fail on it again and again while others do theirs. The last one is
/// kept, and so nothing waits for ever.
void WorkLedger::drain_if_sick(int worker) {
    std::uint64_t by_others = 0;
    for (std::size_t w = 0; w < held_.size(); ++w)
        if (w != at(worker)) by_others += report_.workers[w].chunks;
    const bool sick = blames_[at(worker)] >= recovery_.sick_after ||
                      (failures_in_a_row_[at(worker)] >= recovery_.sick_after && by_others > 0);
    if (sick && usable(worker) && usable_workers() > 1) report_.workers[at(worker)].sick = true;
}

void WorkLedger::give_up(UnitRange range, const std::string& message, int worker) {
    if (!cover(range)) return;
    report_.failed.push_back({range, message, worker});
    count_failures(range.size());
}

void WorkLedger::failed(int worker, UnitRange range, const std::string& message, double seconds,
                        double now) {
    heard_[at(worker)] = true;
    held_[at(worker)].reset();
    WorkerTally& tally = report_.workers[at(worker)];
    ++tally.failures;
    ++failures_in_a_row_[at(worker)];
    tally.seconds += seconds;
    Retry retry{range, 0, 0, {}};
    if (const auto it = begun_again_.find(range.begin);
        it != begun_again_.end() && it->second.range == range) {
        retry = it->second;
        begun_again_.erase(it);
    }
    ++retry.attempts;
    retry.failed_on.push_back(worker);
    retry.not_before = now + recovery_.backoff_s * std::ldexp(1.0, retry.attempts - 1);
    drain_if_sick(worker);
    if (first_gap(range) != range) return;  // another worker did it
    if (range.size() == 1) {
        if (retry.attempts > recovery_.retries) return give_up(range, message, worker);
        retries_.push_back(std::move(retry));
    } else if (retry.attempts == 1 && recovery_.retries > 0) {
        retries_.push_back(std::move(retry));
    } else {  // halves, until the units that fail stand alone
        const std::uint64_t middle = range.begin + range.size() / 2;
        retries_.push_back({{range.begin, middle}, 0, retry.not_before, {}});
        retries_.push_back({{middle, range.end}, 0, retry.not_before, {}});
    }
}

void WorkLedger::died(int worker) {
    if (tally(worker).dead) return;
    report_.workers[at(worker)].dead = true;
    report_.deaths.push_back(worker);
    heard_[at(worker)] = true;
    if (held_[at(worker)]) {
        retries_.push_front({held_[at(worker)]->range, 0, 0, {}});
        held_[at(worker)].reset();
    }
    if (usable_workers() == 0)  // better a sick one than none
        for (WorkerTally& w : report_.workers) w.sick = false;
}

void WorkLedger::idle(int worker, double now) {
    heard_[at(worker)] = true;
    if (exhausted_at_ < 0) exhausted_at_ = now;
}

UnitRange WorkLedger::begin_chunk(int worker, UnitRange range, double now) {
    held_[at(worker)] = {range, now};
    return range;
}

std::optional<UnitRange> WorkLedger::next_for(int worker, double now) {
    if (finished() || !usable(worker)) return std::nullopt;
    if (auto range = from_retries(worker, now)) return range;
    if (auto range = from_orphans(worker, now)) return range;
    return from_stragglers(worker, now);
}

std::optional<UnitRange> WorkLedger::from_retries(int worker, double now) {
    for (auto it = retries_.begin(); it != retries_.end();) {
        const auto gap = first_gap(it->range);
        if (!gap) {
            it = retries_.erase(it);
            continue;
        }
        bool elsewhere = false;  // a worker on which it did not fail
        for (int w = 0; w < static_cast<int>(held_.size()); ++w)
            elsewhere |= usable(w) && !contains(it->failed_on, w);
        if (it->not_before > now || (elsewhere && contains(it->failed_on, worker))) {
            ++it;
            continue;
        }
        Retry retry = std::move(*it);
        retries_.erase(it);
        if (gap->end != retry.range.end)
            retries_.push_front({{gap->end, retry.range.end}, 0, 0, {}});
        retry.range = *gap;
        ++(retry.attempts > 0 ? report_.retries : report_.redone);
        begun_again_[gap->begin] = std::move(retry);
        return begin_chunk(worker, *gap, now);
    }
    return std::nullopt;
}

/// Whether units of a worker's share, or of the counter (-1), will not be done by themselves.
bool WorkLedger::lost(int owner, double now) const {
    if (owner >= 0) return !usable(owner);
    if (exhausted_at_ < 0) return false;
    const bool all_heard = std::find(heard_.begin(), heard_.end(), false) == heard_.end();
    if (all_heard && !report_.deaths.empty()) return true;
    return now - exhausted_at_ > kPatience;
}

/// The first units that are not done, that nobody works on, and that are not waiting to be done
/// again.
std::optional<UnitRange> WorkLedger::first_orphan(double now) const {
    std::map<std::uint64_t, std::uint64_t> taken;
    const auto take = [&](UnitRange range) {
        std::uint64_t& end = taken[range.begin];
        end = std::max(end, range.end);
    };
    for (const auto& [begin, end] : done_) take({begin, end});
    for (const auto& held : held_)
        if (held) take(held->range);
    for (const Retry& retry : retries_) take(retry.range);
    if (plan_.policy() == WorkPolicy::kStatic) {
        for (int w = 0; w < static_cast<int>(held_.size()); ++w)
            if (!lost(w, now)) take(plan_.share(w));
    } else if (!lost(-1, now)) {
        return std::nullopt;
    }
    std::uint64_t begin = 0;
    for (const auto& [from, to] : taken) {
        if (from > begin) return UnitRange{begin, from};
        begin = std::max(begin, to);
    }
    if (begin >= plan_.count()) return std::nullopt;
    return UnitRange{begin, plan_.count()};
}

std::optional<UnitRange> WorkLedger::from_orphans(int worker, double now) {
    const auto gap = first_orphan(now);
    if (!gap) return std::nullopt;
    const auto sharers = static_cast<std::uint64_t>(2 * std::max(usable_workers(), 1));
    const std::uint64_t size = std::max(plan_.least_chunk(), gap->size() / sharers);
    ++report_.redone;
    return begin_chunk(worker, {gap->begin, std::min(gap->end, gap->begin + size)}, now);
}

double WorkLedger::expected_seconds(UnitRange range) const {
    return delivered_seconds_ / static_cast<double>(delivered_units_) *
           static_cast<double>(range.size());
}

std::optional<UnitRange> WorkLedger::from_stragglers(int worker, double now) {
    if (delivered_units_ == 0 || plan_.policy() == WorkPolicy::kStatic) return std::nullopt;
    const Held* oldest = nullptr;
    for (std::size_t w = 0; w < held_.size(); ++w) {
        if (!held_[w] || w == at(worker)) continue;
        const Held& held = *held_[w];
        const auto copies = std::count_if(held_.begin(), held_.end(), [&](const auto& other) {
            return other && other->range == held.range;
        });
        const bool late =
            now - held.since > std::max(recovery_.straggler_s,
                                        recovery_.straggler_factor * expected_seconds(held.range));
        if (copies > 1 || !late || first_gap(held.range) != held.range) continue;
        if (oldest == nullptr || held.since < oldest->since) oldest = &held;
    }
    if (oldest == nullptr) return std::nullopt;
    ++report_.redone;
    return begin_chunk(worker, oldest->range, now);
}

std::vector<WorkPiece> WorkLedger::take_pieces() {
    std::vector<WorkPiece> pieces;
    for (auto& [begin, piece] : pieces_) pieces.push_back(std::move(piece));
    pieces_.clear();
    return pieces;
}

}  // namespace carillon::host
