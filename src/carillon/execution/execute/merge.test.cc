// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/merge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon {
namespace {

EntryResult entry(std::map<std::string, std::uint64_t> counts) {
    EntryResult result;
    for (const auto& [outcome, count] : counts) result.tally.shots += count;
    result.tally.counts = std::move(counts);
    return result;
}

const MergedOutcome& outcome(const Merged& merged, const std::string& name) {
    for (const MergedOutcome& o : merged.outcomes)
        if (o.outcome == name) return o;
    throw InternalError("no outcome " + name);
}

TEST(Merge, by_shots_every_shot_counts_the_same) {
    const std::vector<EntryResult> entries{entry({{"0", 30}, {"1", 70}}), entry({{"0", 300}})};
    const Merged merged = merge_entries(entries, MergeBy::kShots);
    EXPECT_EQ(merged.shots, 400);
    const MergedOutcome& zero = outcome(merged, "0");
    EXPECT_EQ(zero.count, 330);
    EXPECT_DOUBLE_EQ(zero.probability, 0.825);
    EXPECT_DOUBLE_EQ(zero.standard_error, std::sqrt(0.825 * 0.175 / 400));
    EXPECT_EQ(merged.outcomes[0].outcome, "0");  // the most probable first
    EXPECT_LT(zero.interval.low, 0.825);
    EXPECT_GT(zero.interval.high, 0.825);
}

TEST(Merge, by_entries_every_entry_counts_the_same) {
    const std::vector<EntryResult> entries{entry({{"0", 30}, {"1", 70}}), entry({{"0", 300}}),
                                           entry({{"0", 2}, {"1", 2}})};
    const Merged merged = merge_entries(entries, MergeBy::kEntries);
    const MergedOutcome& zero = outcome(merged, "0");
    EXPECT_DOUBLE_EQ(zero.probability, (0.3 + 1 + 0.5) / 3);  // 0.6
    // Sample deviation of 0.3, 1, 0.5 around 0.6 over the root of 3.
    EXPECT_DOUBLE_EQ(zero.standard_error, std::sqrt((0.09 + 0.16 + 0.01) / 2 / 3));
    EXPECT_DOUBLE_EQ(outcome(merged, "1").probability, 0.4);
    EXPECT_NEAR(outcome(merged, "1").standard_error, zero.standard_error, 1e-15);
}

TEST(Merge, standard_errors_are_those_of_many_repetitions) {
    // Entries with probabilities of their own, and unequal shots, repeated often: the deviation of
    // the merged probability is what the errors say on average.
    for (const MergeBy by : {MergeBy::kShots, MergeBy::kEntries}) {
        Random random(9);
        Moments found, told;
        for (int run = 0; run < 3000; ++run) {
            std::vector<EntryResult> entries;
            for (int e = 0; e < 20; ++e) {
                const double p = by == MergeBy::kShots ? 0.3 : 0.2 + 0.4 * random.uniform();
                const int shots = 5 + 10 * (e % 4);
                std::uint64_t ones = 0;
                for (int s = 0; s < shots; ++s) ones += random.uniform() < p ? 1 : 0;
                entries.push_back(entry({{"0", static_cast<std::uint64_t>(shots) - ones}}));
                if (ones > 0) entries.back().tally.counts["1"] = ones;
                entries.back().tally.shots = static_cast<std::uint64_t>(shots);
            }
            const Merged merged = merge_entries(entries, by);
            found.add(outcome(merged, "1").probability);
            told.add(std::pow(outcome(merged, "1").standard_error, 2));
        }
        const double variance = found.squares / static_cast<double>(found.count - 1);
        EXPECT_NEAR(told.mean / variance, 1, 0.1) << merge_name(by);
        EXPECT_NEAR(found.mean, by == MergeBy::kShots ? 0.3 : 0.4, 0.005);
    }
}

TEST(Merge, entries_that_failed_are_left_out) {
    std::vector<EntryResult> entries{entry({{"0", 10}}), entry({{"1", 10}}), entry({{"1", 10}})};
    entries[1].error = "no memory";
    entries[2].run = false;
    const Merged merged = merge_entries(entries, MergeBy::kShots);
    EXPECT_EQ(merged.entries, 1);
    EXPECT_EQ(merged.distinct, 1);
    EXPECT_EQ(merged.outcomes[0].probability, 1);
    EXPECT_LT(merged.outcomes[0].interval.low, 0.75);  // ten shots prove little
    EXPECT_TRUE(merge_entries({}, MergeBy::kEntries).outcomes.empty());
}

TEST(Merge, expectation_values_are_weighted_and_have_the_error_of_their_spread) {
    std::vector<EntryResult> entries{entry({{"0", 100}}), entry({{"0", 300}})};
    entries[0].tally.expectation.add(1.0);
    entries[1].tally.expectation.add(0.5);
    const auto by_shots = *merge_entries(entries, MergeBy::kShots).expectation;
    EXPECT_DOUBLE_EQ(by_shots.value, 0.625);
    // Weights 1/4 and 3/4: 2/1 * ((1/4 * 3/8)^2 + (3/4 * 1/8)^2).
    EXPECT_DOUBLE_EQ(*by_shots.standard_error, std::sqrt(2 * 2 * 9.0 / 1024));
    const auto by_entries = *merge_entries(entries, MergeBy::kEntries).expectation;
    EXPECT_DOUBLE_EQ(by_entries.value, 0.75);
    EXPECT_DOUBLE_EQ(*by_entries.standard_error, 0.25);  // |1 - 1/2| / 2
    entries.pop_back();
    EXPECT_FALSE(merge_entries(entries, MergeBy::kShots).expectation->standard_error.has_value());
    for (const double value : {0.0, 1.0, -1.0}) entries[0].tally.expectation.add(value);
    EXPECT_TRUE(merge_entries(entries, MergeBy::kShots).expectation->standard_error.has_value());
}

TEST(Merge, only_the_most_probable_outcomes_are_kept_on_request) {
    const std::vector<EntryResult> entries{entry({{"00", 5}, {"01", 50}, {"10", 20}, {"11", 1}})};
    const Merged merged = merge_entries(entries, MergeBy::kShots, 2);
    EXPECT_EQ(merged.distinct, 4);
    ASSERT_EQ(merged.outcomes.size(), 2);
    EXPECT_EQ(merged.outcomes[1].outcome, "10");
}

TEST(Merge, names_go_both_ways) {
    for (const MergeBy by : {MergeBy::kShots, MergeBy::kEntries})
        EXPECT_EQ(merge_from_name(merge_name(by)), by);
    EXPECT_THROW(merge_from_name("shot"), InputError);
}

}  // namespace
}  // namespace carillon
