// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/lower_bound.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "carillon/workload/schedule/generation.h"
#include "carillon/workload/schedule/list_schedule.h"

namespace carillon {

namespace {

constexpr std::size_t kNoMachine = static_cast<std::size_t>(-1);

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

/// What a machine must do: not before `head`, `work` of its time, then `tail` more.
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

struct Longest {
    Time bound;
    std::size_t machine = kNoMachine;
};

Longest longest_of_machines(std::vector<std::vector<Job>>& jobs) {
    Longest longest;
    for (std::size_t m = 0; m < jobs.size(); ++m) {
        if (jobs[m].empty()) continue;
        const Time bound{one_machine(jobs[m])};
        if (longest.machine == kNoMachine || bound > longest.bound) longest = {bound, m};
    }
    return longest;
}

Longest bound_by_links(const Network& network, const DependencyGraph& graph,
                       const std::vector<std::int64_t>& head,
                       const std::vector<std::int64_t>& way) {
    std::vector<std::vector<Job>> jobs(network.links.size());
    for (std::size_t s = 0; s < graph.steps.size(); ++s) {
        const Step& step = graph.steps[s];
        if (step.link.valid())
            jobs[step.link.value].push_back(
                {head[s], link_time(network, step).ps, way[s] - step.duration.ps});
    }
    return longest_of_machines(jobs);
}

/// How long a stay takes at least: the longest chain from its first step to the end of its last
/// one, if that is not far; what is done with the qubit in any case.
class StayLengths {
  public:
    explicit StayLengths(const DependencyGraph& graph) : graph_(graph), rank_(graph.steps.size()) {
        for (std::uint32_t k = 0; k < rank_.size(); ++k) rank_[graph.topological[k]] = k;
    }

    std::int64_t least(const Stay& stay) const {
        using Entry = std::pair<std::uint32_t, std::int64_t>;  // rank, start after the first step
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
        open.emplace(rank_[stay.first], 0);
        const std::uint32_t last = rank_[stay.last];
        std::uint32_t before = kNoStep;
        std::int64_t start = 0;
        for (std::size_t seen = 0; !open.empty() && seen < kFarthest;) {
            const auto [rank, at] = open.top();
            open.pop();
            start = rank == before ? std::max(start, at) : at;
            before = rank;
            const std::uint32_t step = graph_.topological[rank];
            const bool again = !open.empty() && open.top().first == rank;
            if (again) {  // the latest of its starts counts
                const Entry next = open.top();
                open.pop();
                open.emplace(rank, std::max(next.second, start));
                continue;
            }
            const std::int64_t end = start + graph_.steps[step].duration.ps;
            if (rank == last) return std::max(end, stay.work.ps);
            ++seen;
            for (const Dependency& d : graph_.successors(step)) {
                if (d.kind == DependencyKind::kReuse || rank_[d.to] > last) continue;
                const bool travels = d.kind == DependencyKind::kMessage;
                open.emplace(rank_[d.to], end + (travels ? graph_.steps[d.to].lag.ps : 0));
            }
        }
        return stay.work.ps;
    }

  private:
    static constexpr std::size_t kFarthest = 64;
    static constexpr std::uint32_t kNoStep = 0xffffffff;

    const DependencyGraph& graph_;
    std::vector<std::uint32_t> rank_;
};

Longest bound_by_comm_qubits(const DistributedProgram& program, const DependencyGraph& graph,
                             const std::vector<std::int64_t>& head,
                             const std::vector<std::int64_t>& way) {
    const StayLengths lengths(graph);
    std::vector<std::vector<Job>> jobs(program.qpus.size());
    for (const Stay& stay : graph.stays)
        jobs[static_cast<std::size_t>(stay.qpu)].push_back(
            {head[stay.first], lengths.least(stay) / program.qpu(stay.qpu).comm_qubits,
             way[stay.last] - graph.steps[stay.last].duration.ps});
    return longest_of_machines(jobs);
}

}  // namespace

Time MakespanBounds::best() const {
    return std::max({data_chain, comm, link});
}

MakespanBounds bound_makespan(const Network& network, const DistributedProgram& program,
                              const DependencyGraph& graph) {
    MakespanBounds bounds;
    const std::vector<std::int64_t> head = heads(graph, false), way = ways_to_end(graph, false);
    bounds.data_chain = longest(graph, head);
    if (const auto [bound, qpu] = bound_by_comm_qubits(program, graph, head, way);
        qpu != kNoMachine) {
        bounds.comm = bound;
        bounds.busiest_qpu = QpuId{qpu};
    }
    if (const auto [bound, link] = bound_by_links(network, graph, head, way); link != kNoMachine) {
        bounds.link = bound;
        bounds.busiest = LinkId{link};
    }
    const std::vector<std::int64_t> turn = heads(graph, true);
    bounds.chain = longest(graph, turn);
    bounds.as_it_is = std::max({bounds.best(), bounds.chain,
                                bound_by_links(network, graph, turn, ways_to_end(graph)).bound});
    return bounds;
}

}  // namespace carillon
