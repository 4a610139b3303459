// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/assign_comm.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "carillon/base/random.h"
#include "carillon/workload/schedule/list_schedule.h"
#include "carillon/workload/schedule/lower_bound.h"
#include "carillon/workload/schedule/pool_schedule.h"
#include "carillon/workload/schedule/rename_comm.h"

namespace carillon {

namespace {

constexpr std::size_t kMostWork = 100'000;   ///< steps placed per try of a schedule, in all rounds
constexpr std::size_t kMostRuns = 60;        ///< of a round
constexpr std::size_t kMostSteps = 400'000;  ///< larger programs keep their communication qubits
constexpr int kMostRounds = 16;
constexpr int kMostInVain = 3;  ///< rounds one after another

/// Shares of a pair's start so far before which it is not made again.
constexpr double kShares[] = {0.95, 0.8, 0, 0.9, 0.6, 0.98, 0.7, 0.4};

using Score = std::tuple<std::size_t, Time, std::size_t>;

Score score(const Timeline& t) {
    return {t.overdue.size(), t.makespan, t.discarded.size()};
}

/// Looks for plans shorter than the schedule at hand.
class Round {
  public:
    Round(const DistributedProgram& program, const Network& network, const DependencyGraph& graph,
          const Timeline& now, std::uint64_t seed, std::size_t steps)
        : graph_(graph),
          spans_(spans_of(graph, now)),
          scheduler_(program, network, graph, spans_),
          in_order_(keeps_order(program)),
          way_(ways_to_end(graph)),
          makespan_(now.makespan),
          random_(seed) {
        effort_.steps_left = steps;
    }

    std::optional<PoolPlan> best_plan() {
        std::vector<std::int64_t> turn(spans_.size());
        for (std::size_t s = 0; s < turn.size(); ++s) turn[s] = -spans_[s].start.ps;
        for (const double share : {0.0, kShares[0]})
            attempt(way_, share, true);  // meets no circles
        for (const double share : kShares) {
            attempt(way_, share);
            attempt(turn, share);
        }
        while (more()) attempt_disturbed();
        return std::move(best_);
    }

    std::size_t steps_left() const { return effort_.steps_left; }

  private:
    static std::vector<TimeSpan> spans_of(const DependencyGraph& graph, const Timeline& t) {
        std::vector<TimeSpan> spans;
        for (const Step& s : graph.steps)
            spans.push_back(t.instructions[static_cast<std::size_t>(s.qpu)][s.position]);
        return spans;
    }

    bool more() const {
        return runs_ < kMostRuns && effort_.steps_left >= std::max<std::size_t>(spans_.size(), 1);
    }

    void attempt(std::vector<std::int64_t> priority, double share, bool in_order = false) {
        PoolRule rule;
        rule.priority = std::move(priority);
        rule.in_order = in_order || in_order_;
        if (share > 0)
            for (const TimeSpan& s : spans_)
                rule.release.push_back(
                    static_cast<std::int64_t>(share * static_cast<double>(s.start.ps)));
        attempt(std::move(rule));
    }

    /// Priorities and times before which nothing is made, changed at random.
    void attempt_disturbed() {
        if (random_.below(8) == 0) effort_.circles.clear();  // they hold for some priorities only
        PoolRule rule;
        rule.in_order = in_order_;
        rule.priority = disturbed();
        const bool each = random_.below(2);
        double share = kShares[random_.below(std::size(kShares))];
        for (const TimeSpan& s : spans_) {
            if (each) share = 1.5 * random_.uniform() - 0.5;
            rule.release.push_back(
                static_cast<std::int64_t>(std::max(share, 0.0) * static_cast<double>(s.start.ps)));
        }
        attempt(std::move(rule));
    }

    void attempt(PoolRule rule) {
        if (!more()) return;
        ++runs_;
        std::optional<PoolPlan> plan = scheduler_.run(rule, effort_);
        if (!plan || (best_ && plan->makespan >= best_->makespan)) return;
        best_ = std::move(plan);
        best_priority_ = std::move(rule.priority);
    }

    std::vector<std::int64_t> disturbed() {
        std::vector<std::int64_t> priority = best_ ? best_priority_ : way_;
        const double range = 2 * static_cast<double>(makespan_.ps);
        const double strength = 0.02 * static_cast<double>(1u << random_.below(6));
        for (std::int64_t& p : priority)
            p += static_cast<std::int64_t>(range * strength * (random_.uniform() - 0.5));
        return priority;
    }

    const DependencyGraph& graph_;
    const std::vector<TimeSpan> spans_;
    const PoolScheduler scheduler_;
    const bool in_order_;
    const std::vector<std::int64_t> way_;
    const Time makespan_;
    Random random_;
    PoolEffort effort_;
    std::size_t runs_ = 0;
    std::optional<PoolPlan> best_;
    std::vector<std::int64_t> best_priority_;
};

}  // namespace

Timeline assign_comm_qubits(DistributedProgram& program, const Network& network,
                            const ScheduleOptions& options) {
    ScheduleOptions mean = options;
    mean.entanglement_seed.reset();
    DependencyGraph graph = find_dependencies(program, network);
    if (graph.steps.size() > kMostSteps) return schedule(program, network, graph, options);
    Timeline timeline = schedule(program, network, graph, mean);
    const std::size_t work = kMostWork * std::max(options.most_tries, 1u);
    std::size_t steps = std::max(work, 2 * graph.steps.size());
    for (int round = 0, in_vain = 0; round < kMostRounds && in_vain < kMostInVain; ++round) {
        if (timeline.makespan <= bound_makespan(network, program, graph).best() &&
            timeline.overdue.empty() && timeline.discarded.empty())
            break;
        const std::size_t share = std::min(steps, std::max(steps / 3, 2 * graph.steps.size()));
        Round search(program, network, graph, timeline, static_cast<std::uint64_t>(round) + 1,
                     share);
        const std::optional<PoolPlan> plan = search.best_plan();
        steps -= share - search.steps_left();
        ++in_vain;
        if (!plan) continue;
        DistributedProgram renamed = rename_comm_qubits(program, graph, *plan);
        DependencyGraph its_graph = find_dependencies(renamed, network);
        Timeline its_timeline = schedule(renamed, network, its_graph, mean);
        if (score(its_timeline) >= score(timeline)) continue;
        in_vain = 0;
        // The vectors move with their instructions, so the graph's pointers stay good.
        program = std::move(renamed);
        graph = std::move(its_graph);
        timeline = std::move(its_timeline);
    }
    return options.entanglement_seed ? schedule(program, network, graph, options) : timeline;
}

}  // namespace carillon
