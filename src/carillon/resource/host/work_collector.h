// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "carillon/resource/host/work_ledger.h"
#include "carillon/resource/host/work_messages.h"
#include "carillon/resource/host/work_share.h"

namespace carillon::host {

/// The rank that takes the results: keeps the book, answers the workers, hands out again what was
/// lost, and at the end lets everybody go.
class WorkCollector {
  public:
    using Post = std::function<void(int to, const WorkHeader&, std::span<const std::byte>)>;

    /// Args:
    ///     took_over: another collector died before.
    ///     told_done: that one had said that all was done, so that some workers may have left.
    WorkCollector(Ranks& ranks, const ChunkPlan& plan, const WorkOptions& options, Post post,
                  bool took_over, bool told_done);

    void take(int from, WorkMessage message);
    void died(int rank) { ledger_.died(rank); }
    /// Hands work to the idle. Returns: whether there was any.
    bool serve();

    bool finished() const { return wrong_.has_value() || ledger_.finished(); }
    /// Tells all that everything is done.
    void announce();
    /// Whether every living worker knows.
    bool all_know() const;
    /// Lets the workers go, the next collector last: when this rank dies meanwhile, it either
    /// knows or all others have gone.
    void dismiss();

    /// What was wrong with the user's input, if it was.
    const std::optional<std::string>& wrong() const { return wrong_; }
    WorkResult result(double seconds);

  private:
    void failed(int from, const WorkMessage& message);
    void tell_pace(int to);

    Ranks* ranks_;
    const WorkOptions* options_;
    Post post_;
    WorkLedger ledger_;
    std::set<int> idle_;
    std::set<int> know_;  ///< workers that said good-bye
    std::optional<std::string> wrong_;
    std::optional<double> patient_until_;  ///< then workers that are silent are taken as gone
};

}  // namespace carillon::host
