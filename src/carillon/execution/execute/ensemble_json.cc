// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "carillon/execution/execute/ensemble_report.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

Json counts_json(const std::map<std::string, std::uint64_t>& counts, std::uint64_t top) {
    if (top == 0 || counts.size() <= top) return counts;
    std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
    std::ranges::stable_sort(sorted, std::greater{}, &decltype(sorted)::value_type::second);
    sorted.resize(top);
    return std::map<std::string, std::uint64_t>(sorted.begin(), sorted.end());
}

Json entry_json(const EnsembleEntry& entry, const EntryResult& result, std::uint64_t top) {
    Json j{{"label", entry.label}, {"program", entry.program}};
    if (!entry.inputs.empty()) j["inputs"] = entry.inputs;
    j["seed"] = entry.seed;
    j["shots"] = entry.shots;
    if (!result.error.empty()) j["error"] = result.error;
    if (!result.run) j["not_run"] = true;
    if (!result.ok()) return j;
    const Tally& tally = result.tally;
    if (!tally.counts.empty()) {
        j["counts"] = counts_json(tally.counts, top);
        j["distinct"] = result.distinct;
    }
    if (tally.expectation.count > 0) {
        j["expectation"] = {{"value", tally.expectation.mean}};
        if (const auto error = tally.expectation.standard_error())
            j["expectation"]["standard_error"] = *error;
    }
    if (tally.pairs > 0) j["pairs"] = tally.pairs;
    if (tally.classical_bits > 0) j["classical_bits"] = tally.classical_bits;
    return j;
}

Json merged_json(const Merged& merged) {
    Json j{{"by", merge_name(merged.by)},
           {"entries", merged.entries},
           {"shots", merged.shots},
           {"distinct", merged.distinct},
           {"outcomes", Json::object()}};
    for (const MergedOutcome& o : merged.outcomes)
        j["outcomes"][o.outcome] = {{"count", o.count},
                                    {"probability", o.probability},
                                    {"standard_error", o.standard_error},
                                    {"interval", {o.interval.low, o.interval.high}}};
    if (merged.expectation) {
        j["expectation"] = {{"value", merged.expectation->value}};
        if (merged.expectation->standard_error)
            j["expectation"]["standard_error"] = *merged.expectation->standard_error;
    }
    return j;
}

Json sharing_json(const EnsembleResult& result) {
    const host::WorkReport& sharing = result.sharing;
    Json j{{"workers", result.ranks},
           {"policy", host::work_policy_name(sharing.policy)},
           {"tasks", result.tasks},
           {"seconds", result.seconds},
           {"imbalance", sharing.imbalance()},
           {"retries", sharing.retries},
           {"chunks_done_again", sharing.redone},
           {"results_dropped", sharing.duplicates},
           {"deaths", sharing.deaths},
           {"collector", sharing.collector},
           {"stopped", sharing.stopped},
           {"by_worker", Json::array()}};
    for (const host::WorkerTally& w : sharing.workers)
        j["by_worker"].push_back({{"chunks", w.chunks},
                                  {"tasks", w.units},
                                  {"seconds", w.seconds},
                                  {"failures", w.failures},
                                  {"died", w.dead},
                                  {"sick", w.sick}});
    return j;
}

}  // namespace

std::string ensemble_json(const EnsembleReport& report) {
    Json j{{"seed", report.seed}};
    if (report.merged) j["merged"] = merged_json(*report.merged);
    j["entries"] = Json::array();
    for (std::size_t k = 0; k < report.entries.size(); ++k)
        j["entries"].push_back(
            entry_json(report.entries[k], report.result->entries[k], report.top));
    j["failures"] = report.result->failures();
    j["sharing"] = sharing_json(*report.result);
    return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
