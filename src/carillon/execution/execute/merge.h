// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/execution/execute/ensemble.h"
#include "carillon/execution/execute/estimate.h"

namespace carillon {

/// What counts the same when entries become one distribution.
enum class MergeBy : std::uint8_t {
    kShots,    ///< every shot: entries are parts of one experiment
    kEntries,  ///< every entry, however many shots it had: P = (1/K) sum P_i, as for trajectories,
               ///< twirled circuits, or an average over parameters
};

std::string_view merge_name(MergeBy by);
/// Throws: InputError for any other name than "shots" and "entries".
MergeBy merge_from_name(std::string_view name);

struct MergedOutcome {
    std::string outcome;
    std::uint64_t count = 0;  ///< over all entries
    double probability = 0;
    double standard_error = 0;
    Interval interval;  ///< 95 %
};

struct MergedExpectation {
    double value = 0;
    /// None when there is one entry, whose value has no statistical error.
    std::optional<double> standard_error;
};

/// Entries as one distribution; those that failed are left out.
struct Merged {
    MergeBy by = MergeBy::kShots;
    std::uint64_t entries = 0;
    std::uint64_t shots = 0;
    std::uint64_t distinct = 0;
    std::vector<MergedOutcome> outcomes;  ///< most probable first, among equals in order
    std::optional<MergedExpectation> expectation;
};

/// Merges the entries that did not fail.
///
/// By shots the counts are added: the standard error is that of a binomial share, the interval
/// Wilson's. By entries the standard error is that of a mean of K numbers, which holds whatever the
/// entries have for shots and also covers what differs between entries; of a single entry it is
/// binomial. The interval is then Wilson's for the number of shots that would have that error.
///
/// An expectation value is the mean over entries, weighted in the same way; its standard error
/// comes from the spread of the entries, or, in a single entry of many trajectories, of those.
///
/// Args:
///     most: outcomes to keep; 0: all.
Merged merge_entries(std::span<const EntryResult> entries, MergeBy by, std::size_t most = 0);

}  // namespace carillon
