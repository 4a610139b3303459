// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace carillon::host {

/// What a rank does with its time.
enum class Activity : std::uint8_t {
    kCompute,     ///< works
    kExchange,    ///< a message of its is under way, whatever else it does
    kWait,        ///< does nothing but wait for another rank
    kDisk,        ///< blocks are read or written, whatever else it does
    kCheckpoint,  ///< makes or restores a checkpoint
};
inline constexpr std::size_t kActivities = 5;

/// "compute", "exchange", ...
std::string_view activity_name(Activity kind);

/// Nanoseconds of a clock that never goes back.
std::uint64_t steady_ns();

/// Seconds by activity. Spans of one kind that overlap count once.
struct RankTimes {
    std::array<double, kActivities> seconds{};  ///< kWait: without what is computed meanwhile
    double hidden_s = 0;                        ///< messages under way while the rank computes
    double total_s = 0;                         ///< from the start of the trace on

    double of(Activity kind) const { return seconds[static_cast<std::size_t>(kind)]; }
};

/// A rank's diary: sums are kept as time goes by, spans only on request. One object a rank; it
/// belongs to one thread.
///
///     RankTrace trace;
///     { const auto work = trace.open(Activity::kCompute, "pass"); ... }
///     auto message = trace.open(Activity::kExchange, "swap", bytes);  // with start_send
///     ... other spans ...
///     message.close();                                                // when the ticket is done
///
/// Code that may run without a diary calls open_span(trace_or_null, ...).
class RankTrace {
  public:
    using Clock = std::uint64_t (*)();
    static constexpr std::size_t kMostSpans = std::size_t{1} << 20;

    struct Span {
        std::uint64_t begin_ns = 0, end_ns = 0;
        const char* name = "";
        std::uint64_t bytes = 0;
        Activity kind = Activity::kCompute;
    };

    /// Open until closed or gone.
    class Scope {
      public:
        Scope() = default;
        Scope(RankTrace* trace, Span span) : trace_(trace), span_(span) {}
        Scope(Scope&& other) noexcept
            : trace_(std::exchange(other.trace_, nullptr)), span_(other.span_) {}
        Scope& operator=(Scope&& other) noexcept {
            close();
            trace_ = std::exchange(other.trace_, nullptr);
            span_ = other.span_;
            return *this;
        }
        ~Scope() { close(); }
        void close() {
            if (RankTrace* trace = std::exchange(trace_, nullptr)) trace->finish(span_);
        }

      private:
        RankTrace* trace_ = nullptr;
        Span span_;
    };

    /// Args:
    ///     keep_spans: for a picture; the first kMostSpans of them.
    explicit RankTrace(bool keep_spans = false, Clock clock = &steady_ns);

    /// Args:
    ///     name: a literal: it is not copied.
    ///     bytes: moved meanwhile; for the picture.
    [[nodiscard]] Scope open(Activity kind, const char* name, std::uint64_t bytes = 0);

    /// Up to now, open spans included.
    RankTimes times() const;
    const std::vector<Span>& spans() const { return spans_; }
    std::uint64_t spans_left_out() const { return left_out_; }
    std::uint64_t now_ns() const { return clock_(); }
    std::uint64_t begin_ns() const { return begin_; }

  private:
    /// Nanoseconds by kind, and of messages hidden behind computing.
    struct Sums {
        std::array<std::uint64_t, kActivities> ns{};
        std::uint64_t hidden_ns = 0;
    };
    bool is_open(Activity kind) const { return open_[static_cast<std::size_t>(kind)] > 0; }
    void advance(std::uint64_t now, Sums& sums) const;
    void finish(Span& span);

    Clock clock_;
    bool keep_spans_;
    std::uint64_t begin_, last_;
    std::array<int, kActivities> open_{};
    Sums sums_;
    std::vector<Span> spans_;
    std::uint64_t left_out_ = 0;
};

/// A span of `trace`, or nothing where there is no trace.
[[nodiscard]] inline RankTrace::Scope open_span(RankTrace* trace, Activity kind, const char* name,
                                                std::uint64_t bytes = 0) {
    return trace != nullptr ? trace->open(kind, name, bytes) : RankTrace::Scope();
}

}  // namespace carillon::host
