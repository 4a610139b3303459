// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/rank_trace.h"

#include <chrono>

namespace carillon::host {

std::string_view activity_name(Activity kind) {
    static constexpr std::array<std::string_view, kActivities> kNames{"compute", "exchange", "wait",
                                                                      "disk", "checkpoint"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::uint64_t steady_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

RankTrace::RankTrace(bool keep_spans, Clock clock)
    : clock_(clock), keep_spans_(keep_spans), begin_(clock()), last_(begin_) {}

/// Adds the time since the last event to what is open.
void RankTrace::advance(std::uint64_t now, Sums& sums) const {
    const std::uint64_t passed = now - last_;
    for (std::size_t k = 0; k < kActivities; ++k) {
        const auto kind = static_cast<Activity>(k);
        const bool counts = kind != Activity::kWait || !is_open(Activity::kCompute);
        if (is_open(kind) && counts) sums.ns[k] += passed;
    }
    if (is_open(Activity::kCompute) && is_open(Activity::kExchange)) sums.hidden_ns += passed;
}

RankTrace::Scope RankTrace::open(Activity kind, const char* name, std::uint64_t bytes) {
    const std::uint64_t now = clock_();
    advance(now, sums_);
    last_ = now;
    ++open_[static_cast<std::size_t>(kind)];
    return {this, {now, now, name, bytes, kind}};
}

void RankTrace::finish(Span& span) {
    span.end_ns = clock_();
    advance(span.end_ns, sums_);
    last_ = span.end_ns;
    --open_[static_cast<std::size_t>(span.kind)];
    if (!keep_spans_) return;
    if (spans_.size() < kMostSpans)
        spans_.push_back(span);
    else
        ++left_out_;
}

RankTimes RankTrace::times() const {
    const std::uint64_t now = clock_();
    Sums sums = sums_;
    advance(now, sums);
    RankTimes times;
    for (std::size_t k = 0; k < kActivities; ++k)
        times.seconds[k] = 1e-9 * static_cast<double>(sums.ns[k]);
    times.hidden_s = 1e-9 * static_cast<double>(sums.hidden_ns);
    times.total_s = 1e-9 * static_cast<double>(now - begin_);
    return times;
}

}  // namespace carillon::host
