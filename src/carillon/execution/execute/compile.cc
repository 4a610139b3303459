// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/localize.h"
#include "carillon/workload/distribute/peephole.h"
#include "carillon/workload/distribute/spending.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

namespace {

/// Programs up to this many operations are placed with and without rewriting.
constexpr std::size_t kMostForBoth = 3000;

/// A program to be placed.
struct Form {
    LoweredCircuit lowered;
    bool rewritten = false;
};

/// The program in the forms that are to be placed; the first one is the shortest.
std::vector<Form> lower_forms(const Circuit& circuit, const Network& network,
                              const CompileOptions& options) {
    const auto form = [&](bool rewritten) {
        return Form{lower_for(circuit, network, options.native, rewritten), rewritten};
    };
    std::vector<Form> forms;
    if (options.placement) {
        forms.push_back(form(options.placement_rewritten));
        return forms;
    }
    forms.push_back(form(options.rewriting != Rewriting::kNever));
    const auto& rewrites = forms[0].lowered.rewrites;
    const bool both = options.rewriting == Rewriting::kBest &&
                      options.partition.effort != Effort::kLow &&
                      std::any_of(rewrites.begin(), rewrites.end(),
                                  [](const Rewrite& r) { return r.count > 1; }) &&
                      summarize(circuit).operations <= kMostForBoth;
    if (both) forms.push_back(form(false));
    return forms;
}

/// A placement that is given, with what it costs.
Placed given_placement(const LoweredCircuit& lowered, const Network& network,
                       const Placement& placement) {
    const Interactions interactions = find_interactions(lowered.circuit);
    Placed placed;
    placed.placement = placement;
    placed.method = "given";
    check_placement(interactions, network, placed.placement);
    placed.cost = placement_cost(interactions, network, placed.placement);
    return placed;
}

/// The best placement over all forms, and which form it is of.
std::pair<Placed, std::size_t> place_forms(const std::vector<Form>& forms, const Network& network,
                                           const PlaceOptions& options) {
    Placed best = place_program(forms[0].lowered, network, options);
    std::size_t best_form = 0;
    for (std::size_t f = 1; f < forms.size(); ++f) {
        if (best.chosen().physical == 0) break;
        Placed other = place_program(forms[f].lowered, network, options);
        for (Choice& choice : best.choices) choice.name += ", rewritten";
        const bool better =
            worth(other.chosen(), options.objective) < worth(best.chosen(), options.objective);
        if (better) std::swap(best, other), best_form = f;
        for (Choice& choice : other.choices) {
            choice.chosen = false;
            best.choices.push_back(std::move(choice));
        }
        best.reason += forms[best_form].rewritten ? "; the program is rewritten"
                                                  : "; the program is not rewritten";
    }
    return {std::move(best), best_form};
}

void write_placed(Compilation& result, const Form& form, const Network& network, Placed placed,
                  const DistributeLimits& limits) {
    DistributeResult distributed = distribute(form.lowered, placed.placement, network, limits);
    result.program = std::move(distributed.program);
    result.reopened = distributed.reopened_copies;
    result.placement = std::move(placed.placement);
    result.placement_rewritten = form.rewritten;
    result.cost = placed.cost;
    result.partitioner = std::move(placed.method);
    result.reason = std::move(placed.reason);
    result.choices = std::move(placed.choices);
    for (Choice& choice : result.choices)
        if (choice.chosen) choice.physical = price_in_steps(result.program, LinkPrices(network));
    result.search = std::move(placed.search);
}

/// Tells the phase and the cheapest placement so far after every search.
void tell_best(PartitionOptions& options, const Progress& progress) {
    if (!progress || options.progress) return;
    options.progress = [&progress](const PartitionProgress& p) {
        progress("place: " + std::to_string(p.best) + " pairs after " + p.member);
    };
}

}  // namespace

Rewriting rewriting_from_name(std::string_view name) {
    if (name == "never") return Rewriting::kNever;
    if (name == "always") return Rewriting::kAlways;
    if (name == "best") return Rewriting::kBest;
    throw InputError("unknown rewriting '" + std::string(name) + "'; use never, always or best");
}

LoweredCircuit lower_for(const Circuit& circuit, const Network& network, bool native,
                         bool rewritten) {
    LowerOptions lowering;
    lowering.two_qubit_gates = native && needs_two_qubit_gates(network);
    lowering.parity_phases = rewritten;
    return lower(circuit, lowering);
}

Compilation compile(const Circuit& circuit, const Network& network, const CompileOptions& options,
                    const Progress& progress) {
    Compilation result;
    const std::vector<Form> forms = timed(result.phases, progress, "lower",
                                          [&] { return lower_forms(circuit, network, options); });
    PlaceOptions place{options.partition, options.limits, options.objective, options.native,
                       options.compare};
    tell_best(place.partition, progress);
    place.partition.time_limit_s /= static_cast<double>(forms.size());
    std::size_t form = 0;
    Placed placed = timed(result.phases, progress, "place", [&] {
        if (options.placement)
            return given_placement(forms[0].lowered, network, *options.placement);
        auto [best, best_form] = place_forms(forms, network, place);
        form = best_form;
        return std::move(best);
    });
    timed(result.phases, progress, "distribute",
          [&] { write_placed(result, forms[form], network, std::move(placed), options.limits); });
    timed(result.phases, progress, "localize", [&] {
        fold_hadamards(result.program);
        if (!options.native) return;
        const LocalizeResult local = localize(result.program, network);
        result.swaps = local.swaps;
        result.rewritten = local.rewritten;
    });
    return result;
}

}  // namespace carillon
