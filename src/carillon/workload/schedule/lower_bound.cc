// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/lower_bound.h"

#include <algorithm>
#include <queue>
#include <vector>

#include "carillon/workload/schedule/generation.h"
#include "carillon/workload/schedule/list_schedule.h"

namespace carillon {

namespace {

/// Earliest start of each step if no link were ever busy.
std::vector<std::int64_t> heads(const DependencyGraph& graph, bool with_reuse) {
    std::vector<std::int64_t> start(graph.steps.size(), 0);
    for (const std::uint32_t s : graph.topological) {
        const std::int64_t end = start[s] + graph.steps[s].duration.ps;
        for (const Dependency& d : graph.successors(s)) {
            if (d.kind == DependencyKind::kReuse && !with_reuse) continue;
            const bool travels = d.kind == DependencyKind::kMessage;
            start[d.to] = std::max(start[d.to], end + (travels ? graph.steps[d.to].lag.ps : 0));
        }
    }
    return start;
}

Time longest(const DependencyGraph& graph, const std::vector<std::int64_t>& start) {
    std::int64_t end = 0;
    for (std::size_t s = 0; s < start.size(); ++s)
        end = std::max(end, start[s] + graph.steps[s].duration.ps);
    return Time{end};
}

/// A pair that a link must make: not before `head`, `work` of the link's time, then `tail` more.
struct Job {
    std::int64_t head, work, tail;
};

/// Least makespan of one machine that may interrupt jobs: at every moment it works on the one with
/// the longest tail.
std::int64_t one_machine(std::vector<Job>& jobs) {
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.head < b.head; });
    struct Open {
        std::int64_t tail, left;
        bool operator<(const Open& other) const { return tail < other.tail; }
    };
    std::priority_queue<Open> open;
    std::int64_t now = 0, bound = 0;
    std::size_t next = 0;
    while (next < jobs.size() || !open.empty()) {
        if (open.empty()) now = std::max(now, jobs[next].head);
        for (; next < jobs.size() && jobs[next].head <= now; ++next)
            open.push({jobs[next].tail, jobs[next].work});
        Open job = open.top();
        open.pop();
        const std::int64_t until =
            next < jobs.size() ? std::min(now + job.left, jobs[next].head) : now + job.left;
        job.left -= until - now;
        now = until;
        if (job.left > 0) {
            open.push(job);
        } else {
            bound = std::max(bound, now + job.tail);
        }
    }
    return bound;
}

void bound_by_links(MakespanBounds& bounds, const Network& network, const DependencyGraph& graph,
                    const std::vector<std::int64_t>& head, const std::vector<std::int64_t>& way) {
    std::vector<std::vector<Job>> jobs(network.links.size());
    for (std::size_t s = 0; s < graph.steps.size(); ++s) {
        const Step& step = graph.steps[s];
        if (step.link.valid())
            jobs[step.link.value].push_back(
                {head[s], link_time(network, step).ps, way[s] - step.duration.ps});
    }
    for (std::size_t l = 0; l < jobs.size(); ++l) {
        if (jobs[l].empty()) continue;
        const Time bound{one_machine(jobs[l])};
        if (bounds.busiest.valid() && bound <= bounds.link) continue;
        bounds.link = bound;
        bounds.busiest = LinkId{l};
    }
}

}  // namespace

Time MakespanBounds::best() const {
    return std::max({data_chain, chain, link});
}

MakespanBounds bound_makespan(const Network& network, const DependencyGraph& graph) {
    MakespanBounds bounds;
    const std::vector<std::int64_t> head = heads(graph, true);
    bounds.chain = longest(graph, head);
    bounds.data_chain = longest(graph, heads(graph, false));
    bound_by_links(bounds, network, graph, head, ways_to_end(graph));
    return bounds;
}

}  // namespace carillon
