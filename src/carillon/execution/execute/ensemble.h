// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "carillon/execution/execute/tally.h"
#include "carillon/execution/execute/trials.h"
#include "carillon/resource/host/work_share.h"

namespace carillon {

/// One program of an ensemble, with the values of its inputs.
struct EnsembleEntry {
    std::string label;    ///< unique or not, for reports
    std::string program;  ///< file
    std::map<std::string, std::string> inputs;
    std::uint64_t shots = 1024;
    std::uint64_t seed = 0;
};

/// The seed of entry number `index` of an ensemble: the ensemble's own for the first, so that an
/// ensemble of one has the counts of a plain run; unrelated ones for the others, below 2^53.
std::uint64_t entry_seed(std::uint64_t seed, std::uint64_t index);

/// What one entry gave.
struct EntryResult {
    Tally tally;                 ///< empty when it failed
    std::uint64_t distinct = 0;  ///< outcomes that came
    std::string error;           ///< why it failed; empty: it did not
    bool wrong = false;  ///< the program or its inputs are wrong: no other machine could help
    bool run = true;     ///< false: the work was stopped before

    bool ok() const { return run && error.empty(); }
};

struct EnsembleResult {
    std::vector<EntryResult> entries;  ///< in the order asked for
    std::uint64_t tasks = 0;           ///< pieces that were shared out
    host::WorkReport sharing;
    std::string ranks;   ///< who worked, in words
    double seconds = 0;  ///< until the last result was in, reading included

    std::uint64_t failures() const;
    std::uint64_t shots() const;  ///< of the entries that did not fail
};

struct EnsembleOptions {
    host::WorkOptions sharing;
    /// When it began, for its time: ranks that are threads do not start together.
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

/// Makes an entry ready to run. Called on every rank, in any thread, for the entries that it works
/// on. Throws: InputError when the program or its inputs are wrong, which fails the entry alone.
using OpenEntry = std::function<std::unique_ptr<Trials>(const EnsembleEntry&)>;

/// Runs the entries over all ranks, sharing out their shots where they are fewer than the ranks.
///
/// Shots depend on the seed of their entry and their number alone, so the results do not depend on
/// ranks, policy or deaths; an expectation value is the mean of its shots up to rounding.
///
/// Args:
///     deliver: called on one rank as soon as the last result is in, while another may still be at
///         a chunk that was begun twice. It is called again, on another rank, when that one dies
///         before all others were told.
void run_ensemble(host::Ranks& ranks, std::span<const EnsembleEntry> entries, const OpenEntry& open,
                  const EnsembleOptions& options,
                  const std::function<void(const EnsembleResult&)>& deliver);

}  // namespace carillon
