// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "carillon/resource/host/metrics.h"

namespace carillon::host {

namespace {

/// A rank's spans as they travel: head, spans, names one after the other, each ended by a zero.
struct Head {
    int rank = 0, node = 0;
    std::uint64_t mark_ns = 0;  ///< its clock after a barrier
    std::uint64_t spans = 0, left_out = 0;
};
struct FlatSpan {
    std::uint64_t begin_ns = 0, end_ns = 0, bytes = 0;
    std::uint32_t name = 0;
    std::uint32_t kind = 0;
};

void append(std::vector<std::byte>& out, const void* data, std::size_t bytes) {
    const auto* begin = static_cast<const std::byte*>(data);
    out.insert(out.end(), begin, begin + bytes);
}

std::vector<std::byte> pack(const Ranks& ranks, const RankTrace& trace, std::uint64_t mark_ns) {
    std::vector<std::byte> out;
    const Head head{ranks.rank(), ranks.node_of(ranks.rank()), mark_ns, trace.spans().size(),
                    trace.spans_left_out()};
    append(out, &head, sizeof head);
    std::map<std::string_view, std::uint32_t> numbers;
    std::string names;
    for (const RankTrace::Span& span : trace.spans()) {
        const auto [it, fresh] =
            numbers.try_emplace(span.name, static_cast<std::uint32_t>(numbers.size()));
        if (fresh) names += std::string(span.name) + '\0';
        const FlatSpan flat{span.begin_ns, span.end_ns, span.bytes, it->second,
                            static_cast<std::uint32_t>(span.kind)};
        append(out, &flat, sizeof flat);
    }
    append(out, names.data(), names.size());
    return out;
}

struct Unpacked {
    Head head;
    std::vector<FlatSpan> spans;
    std::vector<std::string> names;
};

Unpacked unpack(const std::vector<std::byte>& bytes) {
    Unpacked trace;
    const std::byte* at = bytes.data();
    std::memcpy(&trace.head, at, sizeof trace.head);
    at += sizeof trace.head;
    trace.spans.resize(trace.head.spans);
    if (!trace.spans.empty())
        std::memcpy(trace.spans.data(), at, trace.spans.size() * sizeof(FlatSpan));
    at += trace.spans.size() * sizeof(FlatSpan);
    const auto* text = reinterpret_cast<const char*>(at);
    const auto* end = reinterpret_cast<const char*>(bytes.data() + bytes.size());
    while (text < end) {
        trace.names.emplace_back(text);
        text += trace.names.back().size() + 1;
    }
    return trace;
}

/// Clocks of one node are one clock; those of others are set to that of the first by the marks.
std::map<int, std::int64_t> clock_offsets(const std::vector<Unpacked>& traces) {
    std::map<int, std::int64_t> offsets;
    for (const Unpacked& t : traces)
        offsets.try_emplace(t.head.node, static_cast<std::int64_t>(traces[0].head.mark_ns) -
                                             static_cast<std::int64_t>(t.head.mark_ns));
    return offsets;
}

class TraceText {
  public:
    explicit TraceText(std::vector<Unpacked> traces)
        : traces_(std::move(traces)), offsets_(clock_offsets(traces_)) {}

    std::string write() {
        origin_ = std::numeric_limits<std::int64_t>::max();
        for (const Unpacked& t : traces_)
            for (const FlatSpan& s : t.spans) origin_ = std::min(origin_, place(t, s.begin_ns));
        out_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
        for (const Unpacked& t : traces_) write_rank(t);
        out_ += "{\"ph\":\"M\",\"name\":\"trace_config\",\"pid\":0,\"tid\":0,\"args\":{}}\n]}\n";
        return std::move(out_);
    }

  private:
    std::int64_t place(const Unpacked& t, std::uint64_t ns) const {
        return static_cast<std::int64_t>(ns) + offsets_.at(t.head.node);
    }
    void write_rank(const Unpacked& t) {
        out_ += fmt::format(
            "{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{0},\"tid\":0,\"args\":{{\"name\":"
            "\"rank {0} on node {1}\"}}}},\n",
            t.head.rank, t.head.node);
        std::set<std::uint32_t> kinds;
        for (const FlatSpan& s : t.spans) kinds.insert(s.kind);
        for (const std::uint32_t kind : kinds)
            out_ += fmt::format(
                "{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{},\"tid\":{},\"args\":{{\"name\":"
                "\"{}\"}}}},\n",
                t.head.rank, kind, activity_name(static_cast<Activity>(kind)));
        for (const FlatSpan& s : t.spans) write_span(t, s);
        if (t.head.left_out > 0)
            out_ += fmt::format(
                "{{\"ph\":\"i\",\"s\":\"p\",\"name\":\"{} spans left out\",\"pid\":{},\"tid\":0,"
                "\"ts\":0}},\n",
                t.head.left_out, t.head.rank);
    }
    /// Messages may overlap on one row: they are asynchronous events, other spans complete ones.
    void write_span(const Unpacked& t, const FlatSpan& s) {
        const std::string name = nlohmann::json(t.names.at(s.name)).dump();
        const std::string_view kind = activity_name(static_cast<Activity>(s.kind));
        const std::string where =
            fmt::format("\"cat\":\"{}\",\"pid\":{},\"tid\":{}", kind, t.head.rank, s.kind);
        const std::string args =
            s.bytes > 0 ? fmt::format(",\"args\":{{\"bytes\":{}}}", s.bytes) : "";
        const std::string begin = microseconds(place(t, s.begin_ns) - origin_);
        if (static_cast<Activity>(s.kind) == Activity::kExchange) {
            const std::uint64_t id = ++last_id_;
            out_ += fmt::format("{{\"ph\":\"b\",\"id\":{},\"name\":{},{},\"ts\":{}{}}},\n", id,
                                name, where, begin, args);
            out_ += fmt::format("{{\"ph\":\"e\",\"id\":{},\"name\":{},{},\"ts\":{}}},\n", id, name,
                                where, microseconds(place(t, s.end_ns) - origin_));
            return;
        }
        out_ += fmt::format("{{\"ph\":\"X\",\"name\":{},{},\"ts\":{},\"dur\":{}{}}},\n", name,
                            where, begin,
                            microseconds(static_cast<std::int64_t>(s.end_ns - s.begin_ns)), args);
    }
    static std::string microseconds(std::int64_t ns) {
        return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
    }

    std::vector<Unpacked> traces_;
    std::map<int, std::int64_t> offsets_;
    std::int64_t origin_ = 0;
    std::uint64_t last_id_ = 0;
    std::string out_;
};

}  // namespace

std::string gather_trace(Group& group, const RankTrace& trace) {
    group.barrier();
    const std::uint64_t mark = trace.now_ns();
    std::vector<Unpacked> traces;
    for (const auto& bytes : group.all_gather(pack(group.ranks(), trace, mark)))
        if (group.index() == 0) traces.push_back(unpack(bytes));
    if (group.index() != 0) return {};
    return TraceText(std::move(traces)).write();
}

}  // namespace carillon::host
