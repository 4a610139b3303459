// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/pool_schedule.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>

#include "carillon/workload/schedule/generation.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr int kMostRestarts = 20;  ///< of a run that meets circles

/// Position in visit_instructions() order of every instruction of the stream itself.
std::vector<std::uint32_t> stream_positions(const QpuProgram& qpu) {
    std::vector<std::uint32_t> positions;
    std::uint32_t next = 0;
    for (const Instruction& i : qpu.block(BlockId{0})) {
        positions.push_back(next++);
        for (const BlockId block : {i.body, i.otherwise})
            if (block.valid())
                visit_instructions(
                    qpu, [&next](const Instruction&) { ++next; }, block);
    }
    return positions;
}

}  // namespace

/// Plays the program once.
class PoolRun {
  public:
    using ArcKind = PoolScheduler::ArcKind;

    PoolRun(const PoolScheduler& scheduler, const PoolRule& rule, const PoolScheduler::Arcs& arcs)
        : s_(scheduler), rule_(rule), arcs_(arcs), ready_(arcs.size(), 0), open_(arcs.size(), 0) {
        for (const auto& list : arcs)
            for (const auto& arc : list) ++open_[arc.to];
        resources_.resize(s_.network_.links.size() + s_.pools_.pools.size());
        for (std::size_t l = 0; l < s_.network_.links.size(); ++l)
            resources_[l].idle = std::max(s_.network_.links[l].multiplexing, 1u);
        for (const CommPools::Pool& pool : s_.pools_.pools) {
            Resource& r = resources_[s_.network_.links.size() + free_.size()];
            r.idle = static_cast<std::uint32_t>(pool.qubits.size());
            auto& list = free_.emplace_back();
            for (const LocalQubit q : pool.qubits) list.push_back({q, 0});
        }
        channels_.assign(arcs.size(), 0);
        started_.assign(arcs.size(), false);
        plan_.qubit.assign(s_.graph_.stays.size(), 0);
    }

    /// True when every step was placed.
    bool run() {
        for (std::uint32_t s = 0; s < open_.size(); ++s)
            if (open_[s] == 0) become_ready(s, 0);
        while (!events_.empty()) {
            const Event e = events_.top();
            events_.pop();
            if (e.kind == kDone)
                finish(e.step, e.time);
            else if (e.kind == kReady)
                wait_or_start(e.step, e.time);
            else
                serve(e.time);
        }
        return plan_.sequence.size() == open_.size();
    }

    PoolPlan take_plan() { return std::move(plan_); }

    /// After a run that met a circle. Of the steps that are free to start but for a pool, the first
    /// of each pool in the reference order, with those that hold its qubits though they come later.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> circles() const {
        std::vector<std::uint32_t> first(s_.pools_.pools.size(), kNone);
        for (std::uint32_t b = 0; b < s_.graph_.stays.size(); ++b) {
            const std::uint32_t begin = s_.begin_of_[b];
            if (started_[begin] || open_[begin] > 0) continue;
            std::uint32_t& own = first[s_.pools_.of_stay[b]];
            if (own == kNone || s_.rank_[begin] < s_.rank_[own]) own = begin;
        }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
        for (std::uint32_t b = 0; b < s_.graph_.stays.size(); ++b) {
            const std::uint32_t begin = s_.begin_of_[b], own = first[s_.pools_.of_stay[b]];
            if (own != kNone && started_[begin] && !started_[s_.end_of_[b]] &&
                s_.rank_[own] < s_.rank_[begin])
                found.emplace_back(own, begin);
        }
        return found;
    }

  private:
    enum EventKind : std::uint8_t { kDone, kReady, kServe };
    struct Event {
        std::int64_t time;
        EventKind kind;
        std::uint32_t step;
        bool operator<(const Event& other) const {  // the queue gives the largest first
            return std::tie(time, kind, step) > std::tie(other.time, other.kind, other.step);
        }
    };
    struct Waiting {
        std::int64_t priority;
        std::uint32_t step;
        bool operator<(const Waiting& other) const {
            return priority != other.priority ? priority < other.priority : step > other.step;
        }
    };
    /// Channels of a link or qubits of a pool, and the steps that wait for one.
    struct Resource {
        std::uint32_t idle = 0;
        bool fresh = false;  ///< listed in fresh_
        std::priority_queue<Waiting> waiting;
    };
    struct FreeQubit {
        LocalQubit qubit;
        std::uint32_t position;  ///< where its last stay ends in the stream
    };

    std::uint32_t pool_resource(std::uint32_t stay) const {
        return static_cast<std::uint32_t>(s_.network_.links.size()) + s_.pools_.of_stay[stay];
    }

    void become_ready(std::uint32_t step, std::int64_t time) {
        if (!rule_.release.empty() && !s_.begins_[step].empty())
            time = std::max(time, rule_.release[step]);
        events_.push({time, kReady, step});
    }

    /// The resource that keeps `step` from starting, or kNone.
    std::uint32_t lacking(std::uint32_t step) const {
        const auto& begins = s_.begins_[step];
        for (std::size_t k = 0; k < begins.size(); ++k) {
            const std::uint32_t r = pool_resource(begins[k]);
            std::uint32_t wanted = 1;
            for (std::size_t j = 0; j < k; ++j) wanted += pool_resource(begins[j]) == r;
            if (resources_[r].idle < wanted) return r;
            if (rule_.in_order && !find_free(begins[k])) return r;
        }
        const LinkId link = s_.graph_.steps[step].link;
        if (link.valid() && resources_[link.value].idle == 0) return link.value;
        return kNone;
    }

    /// Which free qubit a stay gets: the one that has been free longest.
    std::optional<std::size_t> find_free(std::uint32_t stay) const {
        const auto& list = free_[s_.pools_.of_stay[stay]];
        for (std::size_t k = 0; k < list.size(); ++k)
            if (!rule_.in_order || list[k].position <= s_.graph_.stays[stay].first_position)
                return k;
        return std::nullopt;
    }

    void wait_or_start(std::uint32_t step, std::int64_t now) {
        const LinkId link = s_.graph_.steps[step].link;
        if (s_.begins_[step].empty() && !link.valid()) return place(step, now);
        const std::uint32_t lacks = lacking(step);
        const std::uint32_t r = lacks != kNone ? lacks
                                : link.valid() ? link.value
                                               : pool_resource(s_.begins_[step][0]);
        resources_[r].waiting.push({rule_.priority[step], step});
        if (lacks == kNone) freshen(r, now);
    }

    void freshen(std::uint32_t resource, std::int64_t now) {
        if (fresh_.empty()) events_.push({now, kServe, 0});
        if (!std::exchange(resources_[resource].fresh, true)) fresh_.push_back(resource);
    }

    /// Of all that wait for something that has become free the one of highest priority starts, as
    /// long as there is one that can.
    void serve(std::int64_t now) {
        std::vector<std::uint32_t> list = std::exchange(fresh_, {});
        for (const std::uint32_t r : list) resources_[r].fresh = false;
        for (;;) {
            std::erase_if(list, [this](std::uint32_t r) { return resources_[r].waiting.empty(); });
            if (list.empty()) return;
            const std::uint32_t r = *std::max_element(
                list.begin(), list.end(), [this](std::uint32_t a, std::uint32_t b) {
                    return resources_[a].waiting.top() < resources_[b].waiting.top();
                });
            const Waiting next = resources_[r].waiting.top();
            resources_[r].waiting.pop();
            const std::uint32_t lacks = lacking(next.step);
            if (lacks == kNone) {
                place(next.step, now);
            } else {
                resources_[lacks].waiting.push(next);
                std::erase(list, lacks);
            }
        }
    }

    void place(std::uint32_t step, std::int64_t now) {
        const Step& s = s_.graph_.steps[step];
        Time duration = s.duration;
        if (s.link.valid()) {
            Resource& link = resources_[s.link.value];
            const auto rivals = static_cast<std::uint32_t>(link.waiting.size()) + 1;
            channels_[step] = s.makes_pair() ? std::max(1u, link.idle / rivals) : 1;
            link.idle -= channels_[step];
            if (s.makes_pair())
                duration = mean_generation_time(s_.network_.link(s.link), channels_[step]);
        }
        for (const std::uint32_t b : s_.begins_[step]) take_qubit(b);
        started_[step] = true;
        plan_.sequence.push_back(step);
        const std::int64_t end = now + duration.ps;
        plan_.makespan = std::max(plan_.makespan, Time{end});
        if (s.link.valid() || !s_.ends_[step].empty()) events_.push({end, kDone, step});
        for (const auto& arc : arcs_[step]) {
            const std::int64_t at =
                arc.kind == ArcKind::kStart
                    ? now
                    : end + (arc.kind == ArcKind::kMessage ? s_.graph_.steps[arc.to].lag.ps : 0);
            ready_[arc.to] = std::max(ready_[arc.to], at);
            if (--open_[arc.to] == 0) become_ready(arc.to, ready_[arc.to]);
        }
    }

    void take_qubit(std::uint32_t stay) {
        auto& list = free_[s_.pools_.of_stay[stay]];
        const std::size_t k = find_free(stay).value();
        plan_.qubit[stay] = list[k].qubit;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(k));
        --resources_[pool_resource(stay)].idle;
    }

    void finish(std::uint32_t step, std::int64_t now) {
        for (const std::uint32_t b : s_.ends_[step]) {
            const Stay& stay = s_.graph_.stays[b];
            free_[s_.pools_.of_stay[b]].push_back({plan_.qubit[b], stay.last_position});
            ++resources_[pool_resource(b)].idle;
            freshen(pool_resource(b), now);
        }
        const LinkId link = s_.graph_.steps[step].link;
        if (!link.valid()) return;
        resources_[link.value].idle += channels_[step];
        freshen(link.value, now);
    }

    const PoolScheduler& s_;
    const PoolRule& rule_;
    const PoolScheduler::Arcs& arcs_;
    std::vector<std::int64_t> ready_;
    std::vector<std::uint32_t> open_, channels_;
    std::vector<bool> started_;
    std::vector<Resource> resources_;           ///< links, then pools
    std::vector<std::vector<FreeQubit>> free_;  ///< by pool
    std::vector<std::uint32_t> fresh_;          ///< resources that somebody may take now
    std::priority_queue<Event> events_;
    PoolPlan plan_;
};

PoolScheduler::PoolScheduler(const DistributedProgram& program, const Network& network,
                             const DependencyGraph& graph, const std::vector<TimeSpan>& reference)
    : network_(network),
      graph_(graph),
      pools_(find_comm_pools(program, network, graph)),
      arcs_(graph.steps.size()),
      begins_(graph.steps.size()),
      ends_(graph.steps.size()) {
    std::vector<bool> in_turn(graph.steps.size(), false);
    for (std::uint32_t b = 0; b < graph.stays.size(); ++b) {
        begin_of_.push_back(graph.stays[b].first);
        end_of_.push_back(graph.stays[b].last);
        if (pools_.pools[pools_.of_stay[b]].in_turn) in_turn[graph.stays[b].first] = true;
    }
    for (std::uint32_t s = 0; s < graph.steps.size(); ++s)
        for (const Dependency& d : graph.successors(s)) {
            if (d.kind == DependencyKind::kReuse && !graph.steps[d.to].nested && !in_turn[d.to])
                reuse_.emplace_back(s, d.to);
            else
                arcs_[s].push_back(
                    {d.to, d.kind == DependencyKind::kMessage ? ArcKind::kMessage : ArcKind::kEnd});
        }
    keep_windows_together(program);
    for (std::uint32_t b = 0; b < graph.stays.size(); ++b) {
        begins_[begin_of_[b]].push_back(b);
        ends_[end_of_[b]].push_back(b);
    }
    rank_steps(reference);
}

/// The gates of a window start once all are free to, and what waits for one waits for the last.
void PoolScheduler::keep_windows_together(const DistributedProgram& program) {
    if (program.windows.empty()) return;
    std::vector<std::vector<std::uint32_t>> step_at(program.qpus.size());  // by position
    for (std::uint32_t s = 0; s < graph_.steps.size(); ++s) {
        const Step& step = graph_.steps[s];
        if (step.nested) continue;
        auto& list = step_at[static_cast<std::size_t>(step.qpu)];
        if (list.size() <= step.position) list.resize(step.position + 1, kNone);
        list[step.position] = s;
    }
    std::vector<std::uint32_t> first(graph_.steps.size()), last(graph_.steps.size());
    for (std::uint32_t s = 0; s < first.size(); ++s) first[s] = last[s] = s;
    QpuId at;
    std::vector<std::uint32_t> positions;
    for (const LocalWindow& w : program.windows) {
        if (w.block != BlockId{0}) continue;
        if (std::exchange(at, w.qpu) != w.qpu) positions = stream_positions(program.qpu(w.qpu));
        const std::uint32_t begin = positions.at(w.first);
        const auto& steps = step_at[static_cast<std::size_t>(w.qpu)];
        for (std::uint32_t k = begin; k < begin + w.count; ++k) {
            first[steps[k]] = steps[begin];
            last[steps[k]] = steps[begin + w.count - 1];
        }
    }
    Arcs more(arcs_.size());
    const auto extend = [&](std::uint32_t from, std::uint32_t to, ArcKind kind) {
        if (first[from] != first[to] && (last[from] != from || first[to] != to))
            more[last[from]].push_back({first[to], kind});
    };
    for (std::uint32_t s = 0; s < arcs_.size(); ++s)
        for (const Arc& arc : arcs_[s]) extend(s, arc.to, arc.kind);
    for (std::uint32_t s = 0; s < arcs_.size(); ++s)
        arcs_[s].insert(arcs_[s].end(), more[s].begin(), more[s].end());
    for (auto& [from, to] : reuse_) from = last[from], to = first[to];
    for (std::uint32_t& s : begin_of_) s = first[s];
    for (std::uint32_t& s : end_of_) s = last[s];
}

/// A topological order of everything, reuse included, along the reference.
void PoolScheduler::rank_steps(const std::vector<TimeSpan>& reference) {
    Arcs all = arcs_;
    for (const auto& [from, to] : reuse_)
        if (from != to) all[from].push_back({to, ArcKind::kEnd});
    std::vector<std::uint32_t> open(all.size(), 0);
    for (const auto& list : all)
        for (const Arc& arc : list) ++open[arc.to];
    using Entry = std::pair<std::int64_t, std::uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
    for (std::uint32_t s = 0; s < open.size(); ++s)
        if (open[s] == 0) ready.emplace(reference[s].start.ps, s);
    rank_.assign(all.size(), kNone);
    std::uint32_t next = 0;
    while (!ready.empty()) {
        const std::uint32_t s = ready.top().second;
        ready.pop();
        rank_[s] = next++;
        for (const Arc& arc : all[s])
            if (--open[arc.to] == 0) ready.emplace(reference[arc.to].start.ps, arc.to);
    }
    sorted_ = next == all.size();
}

/// The arcs with one more from every beginning in a pool to the next in the stream.
PoolScheduler::Arcs PoolScheduler::arcs_in_order() const {
    Arcs arcs = arcs_;
    std::vector<std::uint32_t> last(pools_.pools.size(), kNone);
    for (std::uint32_t b = 0; b < graph_.stays.size(); ++b) {
        std::uint32_t& before = last[pools_.of_stay[b]];
        if (before != kNone && before != begin_of_[b])
            arcs[before].push_back({begin_of_[b], ArcKind::kStart});
        before = begin_of_[b];
    }
    return arcs;
}

std::optional<PoolPlan> PoolScheduler::run(const PoolRule& rule, PoolEffort& effort) const {
    if (!sorted_) return std::nullopt;
    Arcs arcs = rule.in_order ? arcs_in_order() : arcs_;
    const auto put_behind = [&arcs](const std::pair<std::uint32_t, std::uint32_t>& circle) {
        arcs[circle.first].push_back({circle.second, ArcKind::kStart});
    };
    std::for_each(effort.circles.begin(), effort.circles.end(), put_behind);
    for (int tries = 0; tries < kMostRestarts && effort.steps_left >= graph_.steps.size();
         ++tries) {
        effort.steps_left -= graph_.steps.size();
        PoolRun run(*this, rule, arcs);
        if (run.run()) return run.take_plan();
        const auto found = run.circles();
        if (found.empty()) return std::nullopt;
        std::for_each(found.begin(), found.end(), put_behind);
        effort.circles.insert(effort.circles.end(), found.begin(), found.end());
    }
    return std::nullopt;
}

}  // namespace carillon
