// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/just_in_time.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace carillon {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kNoStep = 0xffffffff;

/// The start of the first step that waits for `step`, or kNever.
std::int64_t first_use(const ListScheduler& scheduler, const std::vector<TimeSpan>& spans,
                       std::uint32_t step) {
    std::int64_t first = kNever;
    for (const ListScheduler::Arc& arc : scheduler.after(step))
        first = std::min(first, spans[arc.to].start.ps);
    return first;
}

/// A stretch of time on some channels of a link.
struct Making {
    TimeSpan span;
    std::uint32_t channels;
    std::uint32_t step;  ///< kNoStep for a discarded pair or a transfer: it stays where it is
};

/// Moves the makings of one link, latest first, each until its first use or the next making on one
/// of its channels.
void shift_link(const ListScheduler& scheduler, std::vector<Making>& makings,
                std::uint32_t channels, std::vector<TimeSpan>& spans) {
    std::sort(makings.begin(), makings.end(), [](const Making& a, const Making& b) {
        return std::tie(a.span.start, a.span.end, a.step) <
               std::tie(b.span.start, b.span.end, b.step);
    });
    std::vector<std::int64_t> idle_from(std::max(channels, 1u), 0);
    std::vector<std::vector<std::uint32_t>> taken;
    for (const Making& m : makings) {
        auto& mine = taken.emplace_back();
        for (std::uint32_t c = 0; c < idle_from.size() && mine.size() < m.channels; ++c)
            if (idle_from[c] <= m.span.start.ps) {
                mine.push_back(c);
                idle_from[c] = m.span.end.ps;
            }
    }
    std::vector<std::int64_t> wanted(idle_from.size(), kNever);
    for (std::size_t k = makings.size(); k-- > 0;) {
        TimeSpan span = makings[k].span;
        if (makings[k].step != kNoStep) {
            std::int64_t latest = first_use(scheduler, spans, makings[k].step);
            for (const std::uint32_t c : taken[k]) latest = std::min(latest, wanted[c]);
            if (latest != kNever && latest > span.end.ps)
                span = {Time{latest - span.length().ps}, Time{latest}};
            spans[makings[k].step] = span;
        }
        for (const std::uint32_t c : taken[k]) wanted[c] = span.start.ps;
    }
}

/// A message that may leave at any time from `ready` to `latest`.
struct Letter {
    std::int64_t ready, latest;
    std::uint32_t send, recv;
};

/// How late a message may leave so that nothing else moves.
Letter letter_of(const ListScheduler& scheduler, const std::vector<TimeSpan>& spans,
                 std::uint32_t recv) {
    Letter letter{0, 0, kNoStep, recv};
    for (const ListScheduler::Arc& arc : scheduler.before(recv))
        if (arc.message) letter.send = arc.to;
    letter.ready = letter.latest = spans[letter.send].end.ps;
    const std::int64_t wanted = first_use(scheduler, spans, recv);
    if (wanted == kNever) return letter;
    letter.latest = std::max(letter.ready, wanted - scheduler.graph().steps[recv].lag.ps);
    for (const ListScheduler::Arc& arc : scheduler.after(letter.send))
        if (!arc.message) letter.latest = std::min(letter.latest, spans[arc.to].start.ps);
    letter.latest = std::max(letter.latest, letter.ready);
    return letter;
}

}  // namespace

void make_pairs_just_in_time(const ListScheduler& scheduler, PlacedSteps& placed) {
    const DependencyGraph& graph = scheduler.graph();
    std::vector<std::vector<Making>> by_link(scheduler.network().links.size());
    for (std::uint32_t s = 0; s < graph.steps.size(); ++s) {
        const Step& step = graph.steps[s];
        if (!step.link.valid()) continue;
        const std::uint32_t movable = step.makes_pair() ? s : kNoStep;
        by_link[step.link.value].push_back({placed.spans[s], placed.channels[s], movable});
    }
    for (const PlacedSteps::Discard& d : placed.discarded)
        by_link[graph.steps[d.step].link.value].push_back({d.generation, d.channels, kNoStep});
    for (std::size_t l = 0; l < by_link.size(); ++l)
        shift_link(scheduler, by_link[l], scheduler.network().links[l].multiplexing, placed.spans);
}

Time waiting_before_use(const ListScheduler& scheduler, const PlacedSteps& placed,
                        std::uint32_t pair) {
    const std::int64_t use = first_use(scheduler, placed.spans, pair);
    return use == kNever ? Time{} : Time{use} - placed.spans[pair].end;
}

void send_in_packets(const ListScheduler& scheduler, PlacedSteps& placed) {
    const DependencyGraph& graph = scheduler.graph();
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Letter>> by_nodes;
    for (std::uint32_t s = 0; s < graph.steps.size(); ++s) {
        if (graph.steps[s].instruction->kind != InstructionKind::kRecv) continue;
        const Letter letter = letter_of(scheduler, placed.spans, s);
        by_nodes[{graph.steps[letter.send].qpu.value, graph.steps[s].qpu.value}].push_back(letter);
    }
    for (auto& [nodes, letters] : by_nodes) {
        std::sort(letters.begin(), letters.end(), [](const Letter& a, const Letter& b) {
            return std::tie(a.latest, a.ready, a.send) < std::tie(b.latest, b.ready, b.send);
        });
        // Taken in the order in which they must leave: the first that is left decides when the next
        // packet leaves at the latest, and every other that is ready by then goes with it.
        std::multimap<std::int64_t, std::size_t> by_ready;
        for (std::size_t k = 0; k < letters.size(); ++k) by_ready.emplace(letters[k].ready, k);
        std::vector<bool> sent(letters.size(), false);
        for (std::size_t k = 0; k < letters.size(); ++k) {
            if (sent[k]) continue;
            const auto last = by_ready.upper_bound(letters[k].latest);
            const std::int64_t leaves = std::prev(last)->first;
            for (auto it = by_ready.begin(); it != last; it = by_ready.erase(it)) {
                const Letter& m = letters[it->second];
                sent[it->second] = true;
                placed.spans[m.send] = {Time{leaves}, Time{leaves}};
                const Time there{leaves + graph.steps[m.recv].lag.ps};
                if (there > placed.spans[m.recv].start) placed.spans[m.recv] = {there, there};
            }
        }
    }
}

}  // namespace carillon
