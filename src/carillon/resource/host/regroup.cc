// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/regroup.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

namespace carillon::host {

namespace {

constexpr int kReportTag = kLastingTags + 3;
constexpr int kAnswerTag = kLastingTags + 4;

using List = std::vector<int>;

std::vector<std::int64_t> as_words(const std::vector<std::byte>& bytes) {
    std::vector<std::int64_t> words(bytes.size() / sizeof(std::int64_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::int64_t));
    return words;
}

void rest(int turn) {
    constexpr int kEager = 2000;
    if (turn < kEager)
        sched_yield();
    else
        std::this_thread::sleep_for(std::chrono::microseconds(50));
}

}  // namespace

/// Who is dead, and the least progress.
struct Regroup::Answer {
    List dead;
    std::int64_t progress = 0;
};

/// Whom a rank knows to be dead, how far it is, and which answer it had last.
struct Regroup::Report {
    List dead;
    std::int64_t progress = 0;
    Answer had;
};

Regroup::Words Regroup::packed(const Answer& answer) {
    Words words{answer.progress, static_cast<std::int64_t>(answer.dead.size())};
    words.insert(words.end(), answer.dead.begin(), answer.dead.end());
    return words;
}

Regroup::Words Regroup::packed(const Report& report) {
    Words words = packed(Answer{report.dead, report.progress});
    const Words had = packed(report.had);
    words.insert(words.end(), had.begin(), had.end());
    return words;
}

/// Takes an answer from the words at `at` on, and steps behind it.
Regroup::Answer Regroup::take_answer(Words::const_iterator& at) {
    Answer answer;
    answer.progress = *at++;
    for (std::int64_t left = *at++; left > 0; --left)
        answer.dead.push_back(static_cast<int>(*at++));
    return answer;
}

Regroup::Answer Regroup::as_answer(const Words& words) {
    auto at = words.begin();
    return take_answer(at);
}

Regroup::Report Regroup::as_report(const Words& words) {
    auto at = words.begin();
    Answer now = take_answer(at);
    return {std::move(now.dead), now.progress, take_answer(at)};
}

/// Each answer has more dead than those before.
bool Regroup::newer(const Answer& one, const Answer& other) {
    return one.dead.size() > other.dead.size();
}

Regroup::Answer Regroup::before() const {
    return {ranks_->agreement().dead, ranks_->agreement().progress};
}

bool Regroup::step() {
    const List dead = ranks_->lost();
    if (std::binary_search(dead.begin(), dead.end(), ranks_->rank()))
        throw PeerLost(ranks_->rank(), "rank " + std::to_string(ranks_->rank()) +
                                           " was taken for dead by the others");
    if (dead == before().dead) return true;
    if (dead != seen_ || gatherer_ < 0) look(dead);
    take_reports();  // all ranks do, so that a later call as the gatherer has them
    auto answer = told_answer();
    if (gatherer_ == ranks_->rank()) {
        if (!answer) answer = gathered_answer();
        if (answer) pass_on(*answer);
    }
    if (!answer) return false;
    ranks_->agreement().dead = answer->dead;
    ranks_->agreement().progress = answer->progress;
    ranks_->acknowledge(answer->dead);
    gatherer_ = -1;
    return true;
}

/// Finds the gatherer among those who live now, and tells it what this rank knows.
void Regroup::look(const List& dead) {
    seen_ = dead;
    gatherer_ = 0;
    while (std::binary_search(dead.begin(), dead.end(), gatherer_)) ++gatherer_;
    if (gatherer_ != ranks_->rank())
        post(packed(Report{dead, progress_, before()}), gatherer_, kReportTag);
}

void Regroup::take_reports() {
    while (const auto arrival = ranks_->poll(kReportTag))
        ranks_->agreement().reports[arrival->from] = as_words(arrival->bytes);
}

/// An answer that the gatherer tells, or one that was it and died.
std::optional<Regroup::Answer> Regroup::told_answer() {
    while (const auto arrival = ranks_->poll(kAnswerTag)) {
        Answer answer = as_answer(as_words(arrival->bytes));
        if (newer(answer, before())) return answer;  // an older one may come twice
    }
    return std::nullopt;
}

std::optional<Regroup::Answer> Regroup::gathered_answer() {
    if (auto answer = newer_answer()) return answer;
    pass_on(before());  // to those who did not hear it: they come again
    return common_answer();
}

template <class Visit>
void Regroup::for_reports(const Visit& visit) {
    for (const auto& [rank, words] : ranks_->agreement().reports)
        if (ranks_->alive(rank)) visit(rank, as_report(words));
}

/// An answer that another rank has already, from a gatherer that died.
std::optional<Regroup::Answer> Regroup::newer_answer() {
    std::optional<Answer> answer;
    for_reports([&](int, const Report& other) {
        if (newer(other.had, before())) answer = other.had;
    });
    return answer;
}

/// The next answer, when all living ranks know the same dead and had the same one before.
std::optional<Regroup::Answer> Regroup::common_answer() {
    std::size_t alike = 0;
    Answer answer{seen_, progress_};
    for_reports([&](int, const Report& other) {
        alike += other.dead == seen_ && other.had.dead == before().dead;
        answer.progress = std::min(answer.progress, other.progress);
    });
    if (alike + seen_.size() + 1 < static_cast<std::size_t>(ranks_->size())) return std::nullopt;
    return answer;
}

/// Tells an answer to all who wait for it.
void Regroup::pass_on(const Answer& answer) {
    std::vector<int> waiting;
    for_reports([&](int rank, const Report& other) {
        if (newer(answer, other.had)) waiting.push_back(rank);
    });
    for (const int rank : waiting) {
        post(packed(answer), rank, kAnswerTag);
        ranks_->agreement().reports.erase(rank);
    }
}

/// Sends without waiting: the receiver may be dying.
void Regroup::post(Words words, int to, int tag) {
    Posted& posted = posted_.emplace_back();
    posted.words = std::move(words);
    posted.ticket = ranks_->start_send(std::as_bytes(std::span<const std::int64_t>(posted.words)),
                                       to, tag, Traffic::kControl);
}

Regroup::~Regroup() {
    for (Posted& posted : posted_) {
        try {
            for (int turn = 0; posted.ticket && !posted.ticket->done(); ++turn) rest(turn);
        } catch (const Error&) {  // the receiver is dead
        }
    }
}

Survivors regroup(Ranks& ranks, std::int64_t progress) {
    Survivors living;
    {
        Regroup regroup(ranks, progress);
        for (int turn = 0; !regroup.step(); ++turn) rest(turn);
    }
    const List& dead = ranks.agreement().dead;
    living.progress = dead.empty() ? progress : ranks.agreement().progress;
    for (int r = 0; r < ranks.size(); ++r)
        if (!std::binary_search(dead.begin(), dead.end(), r)) living.ranks.push_back(r);
    return living;
}

}  // namespace carillon::host
