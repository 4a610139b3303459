// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/place.h"

#include <algorithm>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/localize.h"
#include "carillon/workload/distribute/peephole.h"
#include "carillon/workload/partition/bounded.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {
namespace {

/// Larger programs, in operations, are not searched under limits.
constexpr std::size_t kMostForSearch = 20000;
/// Work of the bounded search at low, normal and high effort: operations priced (in several orders
/// where copies are opened again).
constexpr std::uint64_t kOperationsPriced[] = {0, 3'000'000, 120'000'000};
constexpr std::uint64_t kMostTrials[] = {0, 3'000, 50'000};
/// Placements the bounded search starts from: the cheapest under the limits, and the cheapest
/// without.
constexpr std::uint64_t kStarts = 2;

struct Candidate {
    PartitionResult found;
    std::optional<PairCounter::Count> count;
    std::optional<Prediction> prediction;
};

class Placer {
  public:
    Placer(const LoweredCircuit& lowered, const Network& network, const PlaceOptions& options)
        : lowered_(lowered),
          network_(network),
          all_(options),
          options_(options.partition),
          operations_(summarize(lowered.circuit).operations) {}

    Placed run() {
        add(options_);
        result_.search = candidates_[0].found;
        result_.search.placement = {};
        const bool limited = !fits(candidates_[0]) || folds();
        if (limited || compares()) consider_others();
        if (limited) improve();
        return finish();
    }

  private:
    bool fits(const Candidate& c) const {
        return c.count && c.count->reopened == 0 && c.count->price <= c.found.cost.with_folding();
    }

    /// Placements are searched as if no gate were folded: where some are, the price of the written
    /// program says more.
    bool folds() const { return candidates_[0].found.cost.folded_gates > 0; }

    void add(const PartitionOptions& options) {
        Candidate c{partition(lowered_.circuit, network_, options), {}, {}};
        c.count = count(c.found);
        candidates_.push_back(std::move(c));
    }

    /// Large programs without moves are not counted ahead of being written: nothing would be
    /// searched further, and they can be written.
    std::optional<PairCounter::Count> count(const PartitionResult& found) {
        if (operations_ > kMostForSearch && found.placement.moves.empty()) {
            return PairCounter::Count{0, 0, found.cost.with_folding(), 0};
        }
        if (!counter_) counter_.emplace(lowered_, network_, all_.limits);
        return (*counter_)(found.placement);
    }

    bool automatic() const { return options_.method == "auto" || options_.method == "portfolio"; }
    bool small() const { return operations_ <= kMostForSearch && options_.effort != Effort::kLow; }
    bool compares() const {
        return small() && (all_.compare || all_.objective != Objective::kPairs);
    }

    /// The placement that is cheapest without limits need not be so under them, nor the fastest.
    void consider_others() {
        PartitionOptions other = options_;
        other.time_limit_s = 0;
        other.prove_s = 0;
        other.allow_moves = false;
        const bool moved = !candidates_[0].found.placement.moves.empty();
        if (moved && (!candidates_[0].count || (automatic() && small()))) add(other);
        if (!automatic() || !small() || !options_.homes.empty()) return;
        for (const char* method : {"contiguous", "order", "multilevel"}) {
            other.method = method;
            add(other);
        }
    }

    /// Indices of candidates that can be written, the cheapest first.
    std::vector<std::size_t> by_price() const {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (candidates_[i].count) order.push_back(i);
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return candidates_[a].count->price < candidates_[b].count->price;
        });
        return order;
    }

    std::uint64_t cheapest_without_limits() const {
        std::uint64_t least = candidates_[0].found.cost.with_folding();
        for (const Candidate& c : candidates_) least = std::min(least, c.found.cost.with_folding());
        return least;
    }

    void improve() {
        if (!automatic() || !small()) return;
        std::vector<std::size_t> starts = by_price();
        if (starts.empty()) return;
        starts.resize(std::min<std::size_t>(starts.size(), kStarts));
        if (candidates_[0].count && std::ranges::find(starts, 0u) == starts.end())
            starts.push_back(0);
        const PlacementPrice price = [&](const Placement& p) -> std::optional<std::uint64_t> {
            const auto count = (*counter_)(p);
            if (!count) return std::nullopt;
            return count->price;
        };
        BoundedOptions bounded;
        const auto effort = static_cast<std::size_t>(options_.effort);
        bounded.trials = std::min(kMostTrials[effort],
                                  kOperationsPriced[effort] / (operations_ + 1) / starts.size());
        bounded.enough = folds() ? static_cast<std::uint64_t>(candidates_[0].found.bound.cost)
                                 : cheapest_without_limits();
        bounded.keep_homes = !options_.homes.empty();
        for (const std::size_t start : starts) {
            if (candidates_.back().count && candidates_.back().count->price <= bounded.enough)
                break;
            bounded.seed = options_.seed + start;
            const PartitionResult& from = candidates_[start].found;
            BoundedResult best =
                search_bounded(lowered_.circuit, network_, from.placement, price, bounded);
            if (best.price == candidates_[start].count->price) continue;
            Candidate c;
            c.found.method = from.method + ", under limits";
            c.found.cost =
                placement_cost(find_interactions(lowered_.circuit), network_, best.placement);
            c.count = (*counter_)(best.placement);
            c.found.placement = std::move(best.placement);
            candidates_.push_back(std::move(c));
        }
    }

    Prediction predict(const Placement& placement) const {
        DistributedProgram program = distribute(lowered_, placement, network_, all_.limits).program;
        fold_hadamards(program);
        if (all_.native) localize(program, network_);
        const Timeline timeline = assign_comm_qubits(program, network_);
        const DependencyGraph graph = find_dependencies(program, network_);
        const ScheduleSummary summary = summarize_schedule(program, network_, graph, timeline);
        return {summary.makespan.ns(), summary.log_fidelity};
    }

    /// The best of those that can be written, by the objective.
    std::size_t choose(const std::vector<std::size_t>& by_pairs) {
        if (!compares()) return by_pairs[0];
        for (const std::size_t i : by_pairs) {
            candidates_[i].prediction = predict(candidates_[i].found.placement);
        }
        return *std::min_element(
            by_pairs.begin(), by_pairs.end(), [&](std::size_t a, std::size_t b) {
                return worth(choice(a), all_.objective) < worth(choice(b), all_.objective);
            });
    }

    Choice choice(std::size_t index) const {
        const Candidate& c = candidates_[index];
        Choice made;
        made.name = c.found.method;
        made.steiner = c.found.cost.with_folding();
        made.physical = c.count ? c.count->price : 0;
        made.prediction = c.prediction;
        if (!c.count) made.refused = "too few communication qubits";
        return made;
    }

    std::string reason(std::size_t chosen) const {
        if (candidates_.size() == 1) return "it loses nothing to the limits of the QPUs";
        std::string text = all_.objective == Objective::kTime       ? "shortest makespan"
                           : all_.objective == Objective::kFidelity ? "highest expected fidelity"
                                                                    : "fewest Bell pairs";
        text += " of " + std::to_string(candidates_.size()) + " placements";
        if (chosen != 0 && !fits(candidates_[0])) {
            text += "; the one that is cheapest without limits ";
            text += candidates_[0].count
                        ? "opens " + std::to_string(candidates_[0].count->reopened) +
                              " copies again under them"
                        : "needs more communication qubits than there are";
        }
        return text;
    }

    Placed finish() {
        const std::vector<std::size_t> order = by_price();
        if (order.empty()) {  // lets distribute() say what is short
            distribute(lowered_, candidates_[0].found.placement, network_, all_.limits);
            throw InternalError("a placement can be written that could not be counted");
        }
        const std::size_t chosen = choose(order);
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            result_.choices.push_back(choice(i));
            result_.choices.back().chosen = i == chosen;
        }
        result_.reason = reason(chosen);
        PartitionResult& best = candidates_[chosen].found;
        result_.placement = std::move(best.placement);
        result_.cost = best.cost;
        result_.search.set_cost(best.cost);
        result_.method = std::move(best.method);
        return std::move(result_);
    }

    const LoweredCircuit& lowered_;
    const Network& network_;
    const PlaceOptions& all_;
    const PartitionOptions& options_;
    std::optional<PairCounter> counter_;  ///< made when first needed
    std::size_t operations_;
    std::vector<Candidate> candidates_;
    Placed result_;
};

constexpr std::pair<std::string_view, Objective> kObjectives[] = {
    {"pairs", Objective::kPairs}, {"time", Objective::kTime}, {"fidelity", Objective::kFidelity}};

}  // namespace

Objective objective_from_name(std::string_view name) {
    for (const auto& [known, objective] : kObjectives) {
        if (known == name) return objective;
    }
    throw InputError("unknown objective '" + std::string(name) + "'; use pairs, time or fidelity");
}

std::string_view objective_name(Objective objective) {
    return kObjectives[static_cast<std::size_t>(objective)].first;
}

std::pair<double, double> worth(const Choice& choice, Objective objective) {
    const auto pairs = static_cast<double>(choice.physical);
    if (!choice.prediction || objective == Objective::kPairs) return {pairs, 0};
    return objective == Objective::kTime ? std::pair{choice.prediction->makespan_ns, pairs}
                                         : std::pair{-choice.prediction->log_fidelity, pairs};
}

const Choice& Placed::chosen() const {
    return *std::find_if(choices.begin(), choices.end(), [](const Choice& c) { return c.chosen; });
}

Placed place_program(const LoweredCircuit& lowered, const Network& network,
                     const PlaceOptions& options) {
    return Placer(lowered, network, options).run();
}

}  // namespace carillon
