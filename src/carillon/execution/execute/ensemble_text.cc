// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "carillon/execution/execute/ensemble_report.h"
#include "carillon/execution/execute/format.h"

namespace carillon {

namespace {

constexpr std::size_t kRows = 16, kShownEntries = 24, kShownErrors = 10, kLabelWidth = 48;

std::string shortened(const std::string& label) {
    const std::string text = printable(label);
    return text.size() <= kLabelWidth ? text : "..." + text.substr(text.size() - kLabelWidth + 3);
}

void put_merged(std::string& out, const EnsembleReport& report) {
    const Merged& merged = *report.merged;
    const std::size_t rows = report.top != 0 ? report.top : kRows;
    const std::size_t shown = std::min(rows, merged.outcomes.size());
    std::size_t widest = 7;
    for (std::size_t k = 0; k < shown; ++k)
        widest = std::max(widest, merged.outcomes[k].outcome.size());
    if (shown > 0)
        out += fmt::format("{:<{}} {:>14} {:>12} {:>10}   95 % interval\n", "outcome", widest,
                           "shots", "probability", "+-");
    for (std::size_t k = 0; k < shown; ++k) {
        const MergedOutcome& o = merged.outcomes[k];
        out += fmt::format("{:<{}} {:>14} {:>12.6f} {:>10.6f}   {:.6f} to {:.6f}\n", o.outcome,
                           widest, format_count(o.count), o.probability, o.standard_error,
                           o.interval.low, o.interval.high);
    }
    if (merged.distinct > shown)
        out += fmt::format("({} more outcomes)\n", format_count(merged.distinct - shown));
    if (merged.expectation) {
        out += fmt::format("expectation   {:.12g}", merged.expectation->value);
        if (merged.expectation->standard_error)
            out += fmt::format(" +- {:.3g}", *merged.expectation->standard_error);
        out += '\n';
    }
}

std::string entry_row(const EnsembleEntry& entry, const EntryResult& result, bool expectation,
                      std::size_t width) {
    std::string row = fmt::format("{:<{}} ", shortened(entry.label), width);
    if (!result.ok()) return row + fmt::format("{:>11}\n", result.run ? "failed" : "not run");
    const auto& counts = result.tally.counts;
    row += fmt::format("{:>11} {:>9}", format_count(result.tally.shots),
                       format_count(result.distinct));
    if (expectation) row += fmt::format(" {:>14.9g}", result.tally.expectation.mean + 0.0);
    if (!counts.empty()) {
        const auto best = std::ranges::max_element(
            counts, {}, [](const auto& outcome) { return outcome.second; });
        row += fmt::format(
            "  {:.2f} % {}",
            100.0 * static_cast<double>(best->second) / static_cast<double>(result.tally.shots),
            best->first);
    }
    return row + '\n';
}

void put_entries(std::string& out, const EnsembleReport& report) {
    const auto& results = report.result->entries;
    const std::size_t shown = std::min(kShownEntries, results.size());
    std::size_t width = 5;
    for (std::size_t k = 0; k < shown; ++k)
        width = std::max(width, shortened(report.entries[k].label).size());
    const bool expectation = std::ranges::any_of(
        results, [](const EntryResult& r) { return r.tally.expectation.count > 0; });
    out += fmt::format("{:<{}} {:>11} {:>9}{}  most frequent\n", "entry", width, "shots",
                       "outcomes", expectation ? fmt::format(" {:>14}", "expectation") : "");
    for (std::size_t k = 0; k < shown; ++k)
        out += entry_row(report.entries[k], results[k], expectation, width);
    if (results.size() > shown)
        out += fmt::format("({} more entries; --json has all)\n",
                           format_count(results.size() - shown));
}

/// Every line of a message, indented.
std::string indented(const std::string& message) {
    std::string out;
    for (const char c : message) {
        out += c == '\n' || static_cast<unsigned char>(c) >= 0x20 ? c : '?';
        if (c == '\n') out += "  ";
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
    return "  " + out + "\n";
}

void put_errors(std::string& out, const EnsembleReport& report) {
    std::size_t shown = 0;
    const auto& results = report.result->entries;
    for (std::size_t k = 0; k < results.size(); ++k) {
        if (results[k].error.empty()) continue;
        if (++shown > kShownErrors) continue;
        out += fmt::format("\nentry {} of {} failed: {}\n", k + 1, results.size(),
                           printable(report.entries[k].label));
        out += indented(results[k].error);
    }
    if (shown > kShownErrors)
        out += fmt::format("\n{} more entries failed; --json has all\n",
                           format_count(shown - kShownErrors));
}

void put_sharing(std::string& out, const EnsembleResult& result) {
    const host::WorkReport& sharing = result.sharing;
    std::uint64_t chunks = 0, failures = 0, sick = 0, not_run = 0;
    for (const host::WorkerTally& w : sharing.workers) {
        chunks += w.chunks;
        failures += w.failures;
        sick += w.sick ? 1 : 0;
    }
    for (const EntryResult& entry : result.entries) not_run += entry.run ? 0 : 1;
    out += fmt::format("\nentries       {}", format_count(result.entries.size()));
    if (result.failures() > 0) out += fmt::format(", {} failed", format_count(result.failures()));
    if (not_run > 0)
        out += fmt::format(", {} not run (more failures than allowed)", format_count(not_run));
    out += fmt::format("; {} in all\n", format_plural(result.shots(), "shot"));
    out += fmt::format("workers       {}; {}, {} in {}, imbalance {:.2f}\n", result.ranks,
                       host::work_policy_name(sharing.policy), format_plural(result.tasks, "task"),
                       format_plural(chunks, "chunk"), sharing.imbalance());
    if (!sharing.deaths.empty() || failures > 0 || sharing.redone > 0)
        out += fmt::format(
            "recovery      {} died, {}, {}, {} done again, {} dropped, {} sick\n",
            sharing.deaths.size(), format_plural(failures, "failure"),
            sharing.retries == 1 ? "1 retry" : format_count(sharing.retries) + " retries",
            format_plural(sharing.redone, "chunk"), format_plural(sharing.duplicates, "result"),
            sick);
    out += fmt::format("time          {}", format_duration(result.seconds * 1e9));
    if (result.seconds > 0)
        out += fmt::format("; {:.4g} shots/s, {:.4g} entries/s",
                           static_cast<double>(result.shots()) / result.seconds,
                           static_cast<double>(result.entries.size()) / result.seconds);
    out += '\n';
}

}  // namespace

std::string ensemble_text(const EnsembleReport& report) {
    std::string out;
    if (report.merged) put_merged(out, report);
    if (report.entries.size() > 1) {
        if (!out.empty()) out += '\n';
        put_entries(out, report);
    }
    put_errors(out, report);
    put_sharing(out, *report.result);
    return out;
}

}  // namespace carillon
