// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/list_schedule.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "carillon/base/random.h"
#include "carillon/workload/schedule/generation.h"

namespace carillon {

namespace {

constexpr std::uint32_t kStreamEntanglement = 0x656e74;  ///< attempts of Bell pair generation
constexpr std::uint32_t kMostRemakes = 16;  ///< of one pair; the next one is used, however old

}  // namespace

/// Plays the program once.
class ListRun {
  public:
    ListRun(const ListScheduler& scheduler, const ListRule& rule)
        : network_(scheduler.network_),
          graph_(scheduler.graph_),
          arcs_(rule.backward ? scheduler.backward_ : scheduler.forward_),
          before_(rule.backward ? scheduler.forward_ : scheduler.backward_),
          rule_(rule),
          open_(graph_.steps.size()),
          ready_(graph_.steps.size(), 0),
          links_(network_.links.size()) {
        placed_.spans.resize(graph_.steps.size());
        placed_.channels.assign(graph_.steps.size(), 0);
        for (std::size_t s = 0; s < open_.size(); ++s)
            open_[s] = static_cast<std::uint32_t>(before_.of(s).size());
        for (std::size_t l = 0; l < links_.size(); ++l)
            links_[l].idle = std::max(network_.links[l].multiplexing, 1u);
        if (rule.cutoffs) {
            used_.assign(graph_.steps.size(), false);
            remakes_.assign(graph_.steps.size(), 0);
        }
    }

    PlacedSteps run() {
        for (std::size_t s = 0; s < open_.size(); ++s)
            if (open_[s] == 0) events_.push({0, kStepReady, static_cast<std::uint32_t>(s)});
        while (!events_.empty()) {
            const Event e = events_.top();
            events_.pop();
            if (e.kind == kPairDone) {
                give_back(e.index);
            } else if (e.kind == kServeLink) {
                serve(e.index, e.time);
            } else if (open_[e.index] == 0 && !placed_.spans[e.index].scheduled()) {
                start(e.index, e.time);
            }
        }
        placed_.complete = started_ == graph_.steps.size();
        return std::move(placed_);
    }

  private:
    /// At one instant all channels become idle and all steps ready before a link picks among them.
    enum EventKind : std::uint8_t { kPairDone, kStepReady, kServeLink };
    struct Event {
        std::int64_t time;
        EventKind kind;
        std::uint32_t index;
        bool operator<(const Event& other) const {  // the queue gives the largest first
            return std::tie(time, kind, index) > std::tie(other.time, other.kind, other.index);
        }
    };
    struct Waiting {
        std::int64_t priority;
        std::uint32_t step;
        bool operator<(const Waiting& other) const {
            return priority != other.priority ? priority < other.priority : step > other.step;
        }
    };
    struct LinkState {
        std::uint32_t idle = 1;  ///< channels
        std::int64_t serve_at = -1;
        std::int64_t served = 0;  ///< pairs, for strict orders
        std::priority_queue<Waiting> waiting;
    };

    bool uses_link(std::uint32_t step) const { return graph_.steps[step].link.valid(); }
    bool is_pair(std::uint32_t step) const { return graph_.steps[step].makes_pair(); }

    void start(std::uint32_t step, std::int64_t now) {
        if (uses_link(step)) {
            if (rule_.cutoffs && !is_pair(step) && gives_up_pairs(step, now)) return;
            if (!rule_.release.empty() && rule_.release[step] > now) {
                events_.push({rule_.release[step], kStepReady, step});
            } else {
                wait_for_link(step, now);
            }
            return;
        }
        if (rule_.cutoffs && gives_up_pairs(step, now)) return;
        place(step, now, graph_.steps[step].duration);
    }

    void wait_for_link(std::uint32_t step, std::int64_t now) {
        LinkState& link = links_[graph_.steps[step].link.value];
        link.waiting.push({rule_.priority[step], step});
        if (link.idle > 0) ask_to_serve(graph_.steps[step].link.value, now);
    }

    void ask_to_serve(std::uint32_t link, std::int64_t now) {
        if (links_[link].serve_at == now) return;
        links_[link].serve_at = now;
        events_.push({now, kServeLink, link});
    }

    void serve(std::uint32_t link, std::int64_t now) {
        LinkState& state = links_[link];
        state.serve_at = -1;
        while (state.idle > 0 && !state.waiting.empty() &&
               (!rule_.strict || -state.waiting.top().priority <= state.served)) {
            state.served += rule_.strict && -state.waiting.top().priority == state.served;
            const std::uint32_t step = state.waiting.top().step;
            const auto waiting = static_cast<std::uint32_t>(state.waiting.size());
            state.waiting.pop();
            const std::uint32_t share = !is_pair(step)       ? 1
                                        : rule_.all_channels ? state.idle
                                                             : std::max(1u, state.idle / waiting);
            state.idle -= share;
            placed_.channels[step] = share;
            const Time duration = generation_time(step, share);
            place(step, now, duration);
            events_.push({now + duration.ps, kPairDone, step});
        }
    }

    void give_back(std::uint32_t step) {
        const std::uint32_t link = graph_.steps[step].link.value;
        links_[link].idle += placed_.channels[step];
        if (!links_[link].waiting.empty()) ask_to_serve(link, placed_.spans[step].end.ps);
    }

    Time generation_time(std::uint32_t step, std::uint32_t channels) const {
        const Step& s = graph_.steps[step];
        if (!s.makes_pair()) return s.duration;
        const Link& link = network_.link(s.link);
        if (!rule_.entanglement_seed) return mean_generation_time(link, channels);
        const double u =
            keyed_uniform(*rule_.entanglement_seed, kStreamEntanglement, s.instruction->pair.value,
                          remakes_.empty() ? 0 : remakes_[step]);
        return random_generation_time(link, channels, u);
    }

    void place(std::uint32_t step, std::int64_t now, Time duration) {
        const std::int64_t end = now + duration.ps;
        placed_.spans[step] = {Time{now}, Time{end}};
        ++started_;
        placed_.makespan = std::max(placed_.makespan, Time{end});
        for (const ListScheduler::Arc& arc : arcs_.of(step)) {
            const std::uint32_t receiver = rule_.backward ? step : arc.to;
            const std::int64_t lag = arc.message ? graph_.steps[receiver].lag.ps : 0;
            ready_[arc.to] = std::max(ready_[arc.to], end + lag);
            if (--open_[arc.to] == 0) events_.push({ready_[arc.to], kStepReady, arc.to});
        }
    }

    /// True when a pair that `step` was to be the first to use has grown too old: it is made again,
    /// now that it is wanted, and `step` waits.
    bool gives_up_pairs(std::uint32_t step, std::int64_t now) {
        bool waits = false;
        for (const ListScheduler::Arc& arc : before_.of(step)) {
            const std::uint32_t pair = arc.to;
            if (!is_pair(pair) || used_[pair] || !placed_.spans[pair].scheduled()) continue;
            const Time cutoff = memory_cutoff(network_, graph_.steps[pair]);
            if (cutoff.ps == 0 || now - placed_.spans[pair].end.ps <= cutoff.ps) continue;
            if (remakes_[pair] == kMostRemakes) continue;
            give_up(pair, now);
            waits = true;
        }
        if (waits) return true;
        for (const ListScheduler::Arc& arc : before_.of(step)) {
            if (!is_pair(arc.to) || used_[arc.to]) continue;
            used_[arc.to] = true;
            const Time cutoff = memory_cutoff(network_, graph_.steps[arc.to]);
            if (cutoff.ps > 0 && now - placed_.spans[arc.to].end.ps > cutoff.ps)
                placed_.overdue.push_back(arc.to);
        }
        return false;
    }

    void give_up(std::uint32_t pair, std::int64_t now) {
        placed_.discarded.push_back({pair, placed_.spans[pair], placed_.channels[pair]});
        ++remakes_[pair];
        placed_.spans[pair] = {};
        --started_;
        for (const ListScheduler::Arc& arc : arcs_.of(pair)) ++open_[arc.to];
        wait_for_link(pair, now);
    }

    const Network& network_;
    const DependencyGraph& graph_;
    const ListScheduler::Arcs &arcs_, &before_;
    const ListRule& rule_;
    std::vector<std::uint32_t> open_;
    std::vector<std::int64_t> ready_;
    std::vector<LinkState> links_;
    std::size_t started_ = 0;
    std::vector<bool> used_;
    std::vector<std::uint8_t> remakes_;
    std::priority_queue<Event> events_;
    PlacedSteps placed_;
};

ListScheduler::ListScheduler(const Network& network, const DependencyGraph& graph)
    : network_(network), graph_(graph) {
    const std::size_t n = graph.steps.size();
    forward_.first = graph.first;
    forward_.arcs.reserve(graph.edges.size());
    backward_.first.assign(n + 1, 0);
    for (const Dependency& d : graph.edges) {
        forward_.arcs.push_back({d.to, d.kind == DependencyKind::kMessage});
        ++backward_.first[d.to + 1];
    }
    for (std::size_t s = 0; s < n; ++s) backward_.first[s + 1] += backward_.first[s];
    backward_.arcs.resize(graph.edges.size());
    std::vector<std::uint32_t> fill(backward_.first.begin(), backward_.first.end() - 1);
    for (std::size_t s = 0; s < n; ++s)
        for (const Arc& arc : forward_.of(s))
            backward_.arcs[fill[arc.to]++] = {static_cast<std::uint32_t>(s), arc.message};
}

PlacedSteps ListScheduler::run(const ListRule& rule) const {
    return ListRun(*this, rule).run();
}

std::vector<std::int64_t> ways_to_end(const DependencyGraph& graph, bool with_reuse) {
    std::vector<std::int64_t> way(graph.steps.size(), 0);
    for (auto it = graph.topological.rbegin(); it != graph.topological.rend(); ++it) {
        std::int64_t after = 0;
        for (const Dependency& d : graph.successors(*it)) {
            if (d.kind == DependencyKind::kReuse && !with_reuse) continue;
            const bool travels = d.kind == DependencyKind::kMessage;
            after = std::max(after, way[d.to] + (travels ? graph.steps[d.to].lag.ps : 0));
        }
        way[*it] = after + graph.steps[*it].duration.ps;
    }
    return way;
}

Time link_time(const Network& network, const Step& step) {
    const Link& link = network.link(step.link);
    if (step.makes_pair()) return link_time_per_pair(link);
    return Time{step.duration.ps / std::max<std::int64_t>(link.multiplexing, 1)};
}

Time memory_cutoff(const Network& network, const Step& pair) {
    double least = 0;
    for (const QpuId q : {pair.qpu, pair.other_qpu}) {
        const double own = network.node(q).memory_cutoff_ns;
        if (own > 0 && (least == 0 || own < least)) least = own;
    }
    return Time::from_ns(least);
}

}  // namespace carillon
