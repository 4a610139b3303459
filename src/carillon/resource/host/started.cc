// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/started.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <new>
#include <thread>

#include "carillon/resource/host/launch.h"
#include "carillon/resource/host/mpi_ranks.h"
#include "carillon/resource/host/regroup.h"

namespace carillon::host {

namespace {

using Clock = std::chrono::steady_clock;
using Outcomes = std::map<int, Outcome>;  ///< by rank

constexpr int kOutcomeTag = kLastingTags + 1;
constexpr int kVerdictTag = kLastingTags + 2;
/// What a rank said before it died arrives within this time.
constexpr std::chrono::milliseconds kLastWords{20};
constexpr std::chrono::microseconds kNap{100};

std::vector<std::byte> as_bytes(const Outcome& outcome) {
    std::vector<std::byte> bytes{static_cast<std::byte>(outcome.code),
                                 static_cast<std::byte>(outcome.by_other)};
    for (const char c : outcome.error) bytes.push_back(static_cast<std::byte>(c));
    return bytes;
}

Outcome as_outcome(const std::vector<std::byte>& bytes) {
    Outcome outcome{static_cast<int>(bytes[0]), {}, bytes[1] != std::byte{0}};
    for (std::size_t k = 2; k < bytes.size(); ++k) outcome.error += static_cast<char>(bytes[k]);
    return outcome;
}

/// The lowest rank whose process is there.
int reporter(const Ranks& ranks) {
    int lowest = 0;
    while (ranks.state(lowest) == RankState::kDead) ++lowest;
    return lowest;
}

/// Waits a moment. A rank that is through still takes part when the others agree on who is dead:
/// without it they could not.
void nap(const Ranks& ranks, Regroup& regroup) {
    if (ranks.alive(ranks.rank())) regroup.step();
    std::this_thread::sleep_for(kNap);
}

/// Waits until all ranks have said how they ended, or died.
Outcomes gather(Ranks& ranks, Regroup& regroup, const Outcome& own) {
    Outcomes outcomes{{ranks.rank(), own}};
    std::map<int, Clock::time_point> dead;
    const auto settled = [&](int rank) {
        if (outcomes.contains(rank)) return true;
        if (ranks.state(rank) != RankState::kDead) return false;
        return Clock::now() - dead.emplace(rank, Clock::now()).first->second >= kLastWords;
    };
    for (;;) {
        while (const auto arrival = ranks.poll(kOutcomeTag))
            outcomes[arrival->from] = as_outcome(arrival->bytes);
        int open = 0;
        for (int rank = 0; rank < ranks.size(); ++rank) open += settled(rank) ? 0 : 1;
        if (open == 0) return outcomes;
        nap(ranks, regroup);
    }
}

std::string rank_list(const std::vector<int>& ranks) {
    std::string text = ranks.size() == 1 ? "rank " : "ranks ";
    for (std::size_t k = 0; k < ranks.size(); ++k)
        text += (k == 0 ? "" : ", ") + std::to_string(ranks[k]);
    return text;
}

/// Errors told once each; those that only came from the loss of others when there is nothing else.
Verdict judge(const Outcomes& outcomes) {
    bool own_fault = false;
    for (const auto& [rank, outcome] : outcomes)
        own_fault |= outcome.code != 0 && !outcome.by_other;
    Verdict verdict;
    std::vector<std::pair<std::string, std::vector<int>>> told;
    for (const auto& [rank, outcome] : outcomes) {
        if (outcome.code == 0 || (own_fault && outcome.by_other)) continue;
        if (verdict.code == 0) verdict.code = outcome.code;
        if (outcome.error.empty() || (!own_fault && !told.empty())) continue;
        auto at = told.begin();
        while (at != told.end() && at->first != outcome.error) ++at;
        if (at == told.end()) at = told.insert(at, {outcome.error, {}});
        at->second.push_back(rank);
    }
    for (const auto& [error, ranks] : told) {
        // Rank 0 speaks for all, and often works alone.
        const bool of_all = !own_fault || ranks.size() == outcomes.size() || ranks.back() == 0;
        verdict.errors.push_back(of_all ? error : rank_list(ranks) + ": " + error);
    }
    return verdict;
}

/// The verdict's code, once the reporter sends it; nothing when the reporter dies.
std::optional<int> wait_for_verdict(Ranks& ranks, Regroup& regroup, int from) {
    for (;;) {
        if (const auto arrival = ranks.poll(kVerdictTag))
            return static_cast<int>(arrival->bytes[0]);
        if (ranks.state(from) == RankState::kDead) return std::nullopt;
        nap(ranks, regroup);
    }
}

/// Sends something short to a rank that may be dying: nobody waits for it to arrive.
void post(Ranks& ranks, const std::vector<std::byte>& bytes, int to, int tag) {
    try {
        const Ticket ticket = ranks.start_send(bytes, to, tag, Traffic::kControl);
        while (!ticket->done()) std::this_thread::sleep_for(kNap);
    } catch (const ResourceError&) {
    }
}

}  // namespace

Outcome outcome_of(const std::function<int()>& body) {
    try {
        return {body(), {}, false};
    } catch (const InputError& error) {
        return {kBadInput, error.what(), false};
    } catch (const PeerLost& error) {
        return {kFailed, error.what(), true};
    } catch (const std::bad_alloc&) {
        return {kFailed, "out of memory", false};
    } catch (const std::exception& error) {
        return {kFailed, error.what(), false};
    }
}

Verdict conclude(Ranks& ranks, const Outcome& own) {
    if (ranks.state(ranks.rank()) == RankState::kDead)  // for the others, who may be through
        return {own.code == 0 ? kFailed : own.code, {own.error}};
    Regroup regroup(ranks, kThrough);
    Verdict verdict;
    for (bool told = false; !told;) {
        const int to = reporter(ranks);
        if (to != ranks.rank()) post(ranks, as_bytes(own), to, kOutcomeTag);
        if (own.code != 0) ranks.leave();
        if (to != ranks.rank()) {
            const auto code = wait_for_verdict(ranks, regroup, to);
            verdict.code = code.value_or(0);
            told = code.has_value();
        } else {
            const Outcomes outcomes = gather(ranks, regroup, own);
            verdict = judge(outcomes);
            for (const auto& [rank, outcome] : outcomes)
                if (rank != ranks.rank())
                    post(ranks, {static_cast<std::byte>(verdict.code)}, rank, kVerdictTag);
            told = true;
        }
    }
    ranks.leave();  // all are here, and nobody needs this rank any more
    return verdict;
}

namespace {

const char* variable(const char* name) {
    return std::getenv(name);
}

/// Whether another process was started that says the same.
bool is_echo() {
    try {
        return launch_from(variable).rank != 0;
    } catch (const InputError&) {
        return false;
    }
}

}  // namespace

std::unique_ptr<Ranks> started_ranks() {
    const Launch launch = launch_from(variable);
    if (!launch.several()) return single_rank();
    if (!launch.connected)
        throw ResourceError(
            "srun started " + std::to_string(launch.size) +
            " tasks that cannot find each other: use srun --mpi=pmix or mpirun, "
            "or CARILLON_MPI=off for tasks that have nothing to do with each other");
    return mpi_ranks(launch, mpi_options(variable));
}

int run_as_started(const std::string& program, const std::function<int(Ranks&)>& body) {
    std::unique_ptr<Ranks> ranks;
    const Outcome start = outcome_of([&] {
        ranks = started_ranks();
        return 0;
    });
    if (!ranks) {
        if (!is_echo()) std::cerr << program << ": " << start.error << std::endl;
        return start.code;
    }
    const Outcome own = outcome_of([&] { return body(*ranks); });
    std::cout.flush();
    const Verdict verdict = conclude(*ranks, own);
    for (const std::string& error : verdict.errors)
        std::cerr << program << ": " << error << std::endl;
    ranks->close(verdict.code);
    return verdict.code;
}

}  // namespace carillon::host
