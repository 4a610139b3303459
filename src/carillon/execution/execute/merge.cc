// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/merge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"

namespace carillon {

namespace {

constexpr std::array<std::string_view, 2> kNames{"shots", "entries"};

/// Sums over the entries in which an outcome came.
struct Sums {
    std::uint64_t count = 0;
    double share = 0;         ///< of the entries' shares
    double share_square = 0;  ///< of their squares
};

double binomial_error(double share, double trials) {
    return trials > 0 ? std::sqrt(share * (1 - share) / trials) : 0;
}

/// Error of the mean of `n` numbers with these sums.
double mean_error(double sum, double squares, double n) {
    const double spread = squares - sum * sum / n;
    return std::sqrt(std::max(0.0, spread) / (n * (n - 1)));
}

MergedOutcome by_shots(const Sums& sums, double shots) {
    MergedOutcome merged;
    merged.probability = static_cast<double>(sums.count) / shots;
    merged.standard_error = binomial_error(merged.probability, shots);
    merged.interval = wilson_interval(merged.probability, shots);
    return merged;
}

/// Args:
///     equal_shots: shots that would have the same error if all entries had the same law.
MergedOutcome by_entries(const Sums& sums, double entries, double equal_shots) {
    MergedOutcome merged;
    const double p = merged.probability = sums.share / entries;
    merged.standard_error = mean_error(sums.share, sums.share_square, entries);
    const double square = merged.standard_error * merged.standard_error;
    const bool certain = square <= 1e-12 * p * (1 - p) || p * (1 - p) <= 0;
    merged.interval = wilson_interval(p, certain ? equal_shots : p * (1 - p) / square);
    return merged;
}

std::optional<MergedExpectation> merge_expectations(std::span<const EntryResult> entries,
                                                    MergeBy by) {
    double weights = 0, sum = 0, number = 0;
    std::optional<double> own_error;
    const auto weight = [&](const EntryResult& entry) {
        const std::uint64_t counted = std::max<std::uint64_t>(entry.tally.expectation.count, 1);
        return by == MergeBy::kEntries ? 1.0
                                       : static_cast<double>(std::max(entry.tally.shots, counted));
    };
    for (const EntryResult& entry : entries) {
        if (!entry.ok() || entry.tally.expectation.count == 0) continue;
        const double w = weight(entry);
        weights += w;
        sum += w * entry.tally.expectation.mean;
        number += 1;
        own_error = entry.tally.expectation.standard_error();
    }
    if (number == 0) return std::nullopt;
    MergedExpectation merged{sum / weights, own_error};
    if (number < 2) return merged;
    double spread = 0;
    for (const EntryResult& entry : entries) {
        if (!entry.ok() || entry.tally.expectation.count == 0) continue;
        const double part = weight(entry) / weights;
        spread += std::pow(part * (entry.tally.expectation.mean - merged.value), 2);
    }
    merged.standard_error = std::sqrt(number / (number - 1) * spread);
    return merged;
}

}  // namespace

std::string_view merge_name(MergeBy by) {
    return kNames[static_cast<std::size_t>(by)];
}

MergeBy merge_from_name(std::string_view name) {
    const auto it = std::find(kNames.begin(), kNames.end(), name);
    if (it == kNames.end())
        throw InputError("entries are merged by shots or by entries, not by \"" +
                         std::string(name) + "\"" + suggestion(name, kNames));
    return static_cast<MergeBy>(it - kNames.begin());
}

Merged merge_entries(std::span<const EntryResult> entries, MergeBy by, std::size_t most) {
    Merged merged;
    merged.by = by;
    std::map<std::string, Sums> all;
    double with_shots = 0, inverse_shots = 0;
    for (const EntryResult& entry : entries) {
        if (!entry.ok()) continue;
        ++merged.entries;
        if (entry.tally.shots == 0) continue;
        const auto shots = static_cast<double>(entry.tally.shots);
        merged.shots += entry.tally.shots;
        with_shots += 1;
        inverse_shots += 1 / shots;
        for (const auto& [outcome, count] : entry.tally.counts) {
            const double share = static_cast<double>(count) / shots;
            Sums& sums = all[outcome];
            sums.count += count;
            sums.share += share;
            sums.share_square += share * share;
        }
    }
    merged.expectation = merge_expectations(entries, by);
    merged.distinct = all.size();
    const bool spread = by == MergeBy::kEntries && with_shots > 1;
    for (const auto& [outcome, sums] : all) {
        merged.outcomes.push_back(
            spread ? by_entries(sums, with_shots, with_shots * with_shots / inverse_shots)
                   : by_shots(sums, static_cast<double>(merged.shots)));
        merged.outcomes.back().outcome = outcome;
        merged.outcomes.back().count = sums.count;
    }
    std::ranges::stable_sort(merged.outcomes, std::greater{}, &MergedOutcome::probability);
    if (most != 0 && merged.outcomes.size() > most) merged.outcomes.resize(most);
    return merged;
}

}  // namespace carillon
