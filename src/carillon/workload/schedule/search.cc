// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/search.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "carillon/base/random.h"
#include "carillon/workload/schedule/generation.h"
#include "carillon/workload/schedule/just_in_time.h"

namespace carillon {

namespace {

constexpr std::size_t kMostWork = 3'000'000;     ///< steps placed over all tries
constexpr std::size_t kMostLocalWork = 600'000;  ///< steps placed by the local search
constexpr std::size_t kMostLocalTries = 400;
constexpr std::uint32_t kNoStep = 0xffffffff;

class Search {
  public:
    Search(const ListScheduler& scheduler, const SearchOptions& options)
        : scheduler_(scheduler), options_(options), random_(1) {
        const std::size_t n = std::max<std::size_t>(scheduler.graph().steps.size(), 1);
        tries_left_ = static_cast<std::uint32_t>(
            std::clamp<std::size_t>(kMostWork / n, 1, std::max(options.most_tries, 1u)));
        for (const Node& node : scheduler.network().nodes)
            has_cutoffs_ = has_cutoffs_ || node.memory_cutoff_ns > 0;
        for (const Link& link : scheduler.network().links)
            has_channels_ = has_channels_ || link.multiplexing > 1;
    }

    FoundSchedule run() {
        attempt({ways_to_end(scheduler_.graph())}, "critical path first");
        improve();
        attempt({program_order()}, "program order");
        attempt({ways_with_queues()}, "critical path with queues first");
        if (has_channels_) {
            ListRule rule{ways_to_end(scheduler_.graph())};
            rule.all_channels = true;
            attempt(std::move(rule), "critical path first, all channels for one pair");
        }
        while (more()) {
            attempt(disturbed(), "disturbed priorities");
            improve();
        }
        exchange_pairs();
        best_.tries = tries_;
        return std::move(best_);
    }

  private:
    bool more() const { return !done_ && tries_left_ > 0; }

    /// Overdue pairs, makespan, discarded pairs, waiting.
    using Score = std::tuple<std::size_t, Time, std::size_t, Time>;

    Score score(const PlacedSteps& placed) const {
        Time waiting;
        for (std::uint32_t s = 0; s < placed.spans.size(); ++s)
            if (scheduler_.graph().steps[s].makes_pair())
                waiting += waiting_before_use(scheduler_, placed, s);
        return {placed.overdue.size(), placed.makespan, placed.discarded.size(), waiting};
    }

    PlacedSteps make(ListRule& rule) const {
        PlacedSteps placed = scheduler_.run(rule);
        if (options_.just_in_time) make_pairs_just_in_time(scheduler_, placed);
        if (!has_cutoffs_ || keeps_cutoffs(placed)) return placed;
        if (options_.just_in_time) {
            rule.release.resize(placed.spans.size());
            for (std::size_t s = 0; s < placed.spans.size(); ++s)
                rule.release[s] = placed.spans[s].start.ps;
        }
        rule.cutoffs = true;
        placed = scheduler_.run(rule);
        if (options_.just_in_time) make_pairs_just_in_time(scheduler_, placed);
        return placed;
    }

    bool keeps_cutoffs(const PlacedSteps& placed) const {
        for (std::uint32_t s = 0; s < placed.spans.size(); ++s) {
            if (!scheduler_.graph().steps[s].makes_pair()) continue;
            const Time cutoff = memory_cutoff(scheduler_.network(), scheduler_.graph().steps[s]);
            if (cutoff.ps > 0 && waiting_before_use(scheduler_, placed, s) > cutoff) return false;
        }
        return true;
    }

    void attempt(ListRule rule, const char* method) {
        if (!more()) return;
        ++tries_;
        --tries_left_;
        PlacedSteps placed = make(rule);
        const Score now = score(placed);
        if (tries_ > 1 && now >= best_score_) return;
        best_score_ = now;
        best_ = {std::move(placed), std::move(rule), method, 0};
        done_ = best_.placed.makespan <= options_.bound && best_.placed.discarded.empty() &&
                best_.placed.overdue.empty();
    }

    /// Backward and forward again, as long as it helps.
    void improve() {
        while (more()) {
            const Score before = best_score_;
            ListRule back;
            back.backward = true;
            back.priority = ends(best_.placed);
            if (tries_left_ > 0) --tries_left_;
            ListRule rule{ends(scheduler_.run(back))};
            rule.all_channels = best_.rule.all_channels;
            attempt(std::move(rule), "backward and forward");
            if (best_score_ == before) return;
        }
    }

    static std::vector<std::int64_t> ends(const PlacedSteps& placed) {
        std::vector<std::int64_t> list(placed.spans.size());
        for (std::size_t s = 0; s < list.size(); ++s) list[s] = placed.spans[s].end.ps;
        return list;
    }

    std::vector<std::int64_t> program_order() const {
        std::vector<std::int64_t> priority;
        for (const Step& s : scheduler_.graph().steps)
            priority.push_back(-static_cast<std::int64_t>(s.instruction->order));
        return priority;
    }

    /// The way to the end when every pair also waits as long as its link is used beyond the mean.
    std::vector<std::int64_t> ways_with_queues() const {
        const DependencyGraph& graph = scheduler_.graph();
        std::vector<double> load(scheduler_.network().links.size(), 0);
        double most = 0;
        for (const Step& s : graph.steps)
            if (s.link.valid())
                most = std::max(most, load[s.link.value] +=
                                      static_cast<double>(link_time(scheduler_.network(), s).ps));
        std::vector<std::int64_t> way(graph.steps.size(), 0);
        for (auto it = graph.topological.rbegin(); it != graph.topological.rend(); ++it) {
            const Step& step = graph.steps[*it];
            std::int64_t after = 0;
            for (const Dependency& d : graph.successors(*it))
                after = std::max(
                    after, way[d.to] +
                               (d.kind == DependencyKind::kMessage ? graph.steps[d.to].lag.ps : 0));
            double own = static_cast<double>(step.duration.ps);
            if (step.link.valid() && most > 0) own *= 1 + load[step.link.value] / most;
            way[*it] = after + static_cast<std::int64_t>(own);
        }
        return way;
    }

    ListRule disturbed() {
        ListRule rule{best_.rule.priority};
        rule.all_channels = has_channels_ && random_.below(2) == 1;
        const auto [low, high] = std::minmax_element(rule.priority.begin(), rule.priority.end());
        const double range = rule.priority.empty() ? 0 : static_cast<double>(*high - *low);
        const double strength = 0.02 * static_cast<double>(1u << random_.below(5));
        for (std::size_t s = 0; s < rule.priority.size(); ++s)
            if (scheduler_.graph().steps[s].link.valid())
                rule.priority[s] +=
                    static_cast<std::int64_t>(range * strength * (random_.uniform() - 0.5));
        return rule;
    }

    /// Local search: exchanges two pairs that follow each other on a link where the second, on the
    /// critical path, waits for the first; as good or better is kept, worse now and then.
    void exchange_pairs() {
        const std::size_t n = std::max<std::size_t>(scheduler_.graph().steps.size(), 1);
        const std::size_t tries = std::min(kMostLocalTries, kMostLocalWork / n);
        if (done_ || options_.most_tries < 2 || tries < 4) return;
        ListRule rule = strict_rule(best_.placed);
        PlacedSteps now = scheduler_.run(rule);
        Time shortest = now.makespan;
        ListRule shortest_rule = rule;
        for (std::size_t k = 0; k < tries && shortest > options_.bound; ++k) {
            const auto swaps = critical_swaps(now);
            if (swaps.empty()) break;
            const auto [first, second] = swaps[random_.below(swaps.size())];
            ListRule next = rule;
            std::swap(next.priority[first], next.priority[second]);
            PlacedSteps placed = scheduler_.run(next);
            if (!placed.complete) continue;
            if (placed.makespan > now.makespan && random_.below(8) > 0) continue;
            now = std::move(placed);
            rule = std::move(next);
            if (now.makespan >= shortest) continue;
            shortest = now.makespan;
            shortest_rule = rule;
        }
        ++tries_left_;
        attempt(std::move(shortest_rule), "pairs exchanged on the critical path");
    }

    /// The order of pairs on every link as it is in a schedule.
    ListRule strict_rule(const PlacedSteps& placed) const {
        std::vector<std::vector<std::uint32_t>> orders(scheduler_.network().links.size());
        for (std::uint32_t s = 0; s < placed.spans.size(); ++s)
            if (placed.channels[s] > 0) orders[scheduler_.graph().steps[s].link.value].push_back(s);
        ListRule rule;
        rule.strict = true;
        rule.all_channels = best_.rule.all_channels;
        rule.priority.assign(placed.spans.size(), 0);
        for (auto& order : orders) {
            std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
                return std::pair(placed.spans[a].start, a) < std::pair(placed.spans[b].start, b);
            });
            for (std::size_t k = 0; k < order.size(); ++k)
                rule.priority[order[k]] = -static_cast<std::int64_t>(k);
        }
        return rule;
    }

    /// Neighbours on a link whose second waits for the first, along one critical path.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> critical_swaps(
        const PlacedSteps& placed) const {
        std::unordered_map<std::uint64_t, std::uint32_t> ends_at;  // link and time -> pair
        std::uint32_t at = kNoStep;
        for (std::uint32_t s = 0; s < placed.spans.size(); ++s) {
            if (placed.channels[s] > 0) ends_at[key(s, placed.spans[s].end)] = s;
            if (placed.spans[s].end == placed.makespan) at = s;
        }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> swaps;
        while (at != kNoStep) {
            std::uint32_t before = kNoStep;
            for (const ListScheduler::Arc& arc : scheduler_.before(at)) {
                const Time lag = arc.message ? scheduler_.graph().steps[at].lag : Time{};
                if (placed.spans[arc.to].end + lag == placed.spans[at].start) before = arc.to;
            }
            if (before == kNoStep && placed.channels[at] > 0) {
                const auto found = ends_at.find(key(at, placed.spans[at].start));
                if (found != ends_at.end() && found->second != at) {
                    before = found->second;
                    swaps.emplace_back(before, at);
                }
            }
            if (swaps.size() > 64) break;
            at = before;
        }
        return swaps;
    }

    std::uint64_t key(std::uint32_t pair, Time t) const {
        return std::uint64_t{scheduler_.graph().steps[pair].link.value} << 48 ^
               static_cast<std::uint64_t>(t.ps);
    }

    const ListScheduler& scheduler_;
    const SearchOptions& options_;
    Random random_;
    std::uint32_t tries_left_ = 1, tries_ = 0;
    bool has_cutoffs_ = false, has_channels_ = false, done_ = false;
    Score best_score_;
    FoundSchedule best_;
};

}  // namespace

FoundSchedule search_schedule(const ListScheduler& scheduler, const SearchOptions& options) {
    return Search(scheduler, options).run();
}

}  // namespace carillon
