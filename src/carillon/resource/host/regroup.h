// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "carillon/resource/host/ranks.h"

namespace carillon::host {

/// What ranks that lost others agreed on.
struct Survivors {
    std::vector<int> ranks;     ///< that go on, lowest first: members of a new Group
    std::int64_t progress = 0;  ///< least of what they said
};

/// Progress of one that has done its part. When it is the least, all have: a rank that loses others
/// in the last barrier need not wait for those that are past it.
inline constexpr std::int64_t kThrough = INT64_MAX;

/// After PeerLost: the ranks that live agree on who is dead, and go on without these.
///
/// Every survivor that catches PeerLost calls it. When it returns, waits no longer end because of
/// the dead that were agreed on, and messages from before are never taken for new ones. Another
/// death, also one during the call, ends a later wait with PeerLost, and the survivors call again:
/// the n-th answer is the same on all ranks that get it.
///
/// Args:
///     progress: how far this rank has got, such as the number of its last checkpoint. Ranks may
///         be apart when one dies; the least progress is where all can go on together.
/// Throws: PeerLost of this rank itself when the others took it for dead.
///
/// How: the lowest living rank gathers from every other living rank whom this knows to be dead and
/// which answer it had last. When all know the same dead and had the same answer, these dead are
/// the next answer, which it tells to all. It may die while it tells: then the next lowest gathers
/// again, and finds the new answer with those who heard it; whoever did not gets it from it first.
/// A rank that has heard it cannot run ahead by two answers: the next one needs all that live.
Survivors regroup(Ranks& ranks, std::int64_t progress);

/// The same where all know how far they are.
inline std::vector<int> survivors(Ranks& ranks) {
    return regroup(ranks, 0).ranks;
}

/// regroup() in steps, for a rank that has other things to attend to meanwhile.
class Regroup {
  public:
    Regroup(Ranks& ranks, std::int64_t progress) : ranks_(&ranks), progress_(progress) {}
    /// Sees posted messages off.
    ~Regroup();
    Regroup(const Regroup&) = delete;
    Regroup& operator=(const Regroup&) = delete;

    /// Does what can be done without waiting.
    ///
    /// Returns: whether there is an answer, in Ranks::agreement(), or nothing to agree on.
    bool step();

  private:
    using Words = std::vector<std::int64_t>;  ///< as they travel
    struct Answer;
    struct Report;
    struct Posted {
        Words words;
        Ticket ticket;
    };

    static Words packed(const Answer& answer);
    static Words packed(const Report& report);
    static Answer take_answer(Words::const_iterator& at);
    static Answer as_answer(const Words& words);
    static Report as_report(const Words& words);
    static bool newer(const Answer& one, const Answer& other);

    void look(const std::vector<int>& dead);
    void take_reports();
    std::optional<Answer> told_answer();
    std::optional<Answer> newer_answer();
    std::optional<Answer> common_answer();
    std::optional<Answer> gathered_answer();
    void pass_on(const Answer& answer);
    template <class Visit>
    void for_reports(const Visit& visit);
    void post(Words words, int to, int tag);
    Answer before() const;

    Ranks* ranks_;
    std::int64_t progress_;
    std::vector<int> seen_;  ///< whom this rank knows to be dead, as it last reported
    int gatherer_ = -1;
    std::vector<Posted> posted_;
};

}  // namespace carillon::host
