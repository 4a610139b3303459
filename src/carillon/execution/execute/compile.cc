// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
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

/// Programs up to this many operations are placed in several forms.
constexpr std::size_t kMostForAll = 3000;

/// A program to be placed.
struct Form {
    LoweredCircuit lowered;
    ProgramForm form;
};

bool has_three_qubit_gates(const LoweredCircuit& lowered) {
    bool any = false;
    visit_operations(lowered.circuit, [&](const Operation& op, BlockId, std::size_t) {
        any = any || (op.kind == OpKind::kGate && op.num_operands == 3);
    });
    return any;
}

/// The program in the forms that are to be placed; the first one is the shortest.
std::vector<Form> lower_forms(const Circuit& circuit, const Network& network,
                              const CompileOptions& options) {
    const auto lowered_as = [&](ProgramForm form) {
        return Form{lower_for(circuit, network, options.native, form), form};
    };
    std::vector<Form> forms;
    if (options.placement) {
        forms.push_back(lowered_as(options.placement_form));
        return forms;
    }
    forms.push_back(lowered_as({.rewritten = options.rewriting != Rewriting::kNever}));
    const bool all = options.rewriting == Rewriting::kBest &&
                     options.partition.effort != Effort::kLow &&
                     summarize(circuit).operations <= kMostForAll;
    if (!all) return forms;
    const auto& rewrites = forms[0].lowered.rewrites;
    if (std::any_of(rewrites.begin(), rewrites.end(), [](const Rewrite& r) { return r.count > 1; }))
        forms.push_back(lowered_as({}));
    if (has_three_qubit_gates(forms.back().lowered)) forms.push_back(lowered_as({.split = true}));
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

std::string_view form_name(ProgramForm form) {
    if (form.split) return "split";
    return form.rewritten ? "rewritten" : "";
}

std::string_view form_reason(ProgramForm form) {
    if (form.split) return "; its three-qubit gates are split";
    return form.rewritten ? "; the program is rewritten" : "; the program is not rewritten";
}

/// The choices of a placement that was searched for one form of several.
void name_choices(Placed& placed, ProgramForm form) {
    if (form_name(form).empty()) return;
    for (Choice& choice : placed.choices) choice.name += ", " + std::string(form_name(form));
}

/// Takes the other placement in: it becomes the best one if it is better.
bool merge(Placed& best, Placed other, Objective objective) {
    const bool better = worth(other.chosen(), objective) < worth(best.chosen(), objective);
    if (better) std::swap(best, other);
    for (Choice& choice : other.choices) {
        choice.chosen = false;
        best.choices.push_back(std::move(choice));
    }
    return better;
}

/// The best placement over all forms, and which form it is of. A form that cannot be written for
/// want of communication qubits is left out, unless none can.
std::pair<Placed, std::size_t> place_forms(const std::vector<Form>& forms, const Network& network,
                                           const PlaceOptions& options) {
    std::optional<Placed> best;
    std::exception_ptr refusal;
    std::size_t best_form = 0;
    for (std::size_t f = 0; f < forms.size(); ++f) {
        if (best && best->chosen().physical == 0) break;
        try {
            Placed placed = place_program(forms[f].lowered, network, options);
            if (forms.size() > 1) name_choices(placed, forms[f].form);
            if (!best)
                best = std::move(placed), best_form = f;
            else if (merge(*best, std::move(placed), options.objective))
                best_form = f;
        } catch (const InputError&) {
            if (!refusal) refusal = std::current_exception();
        }
    }
    if (!best) std::rethrow_exception(refusal);
    if (forms.size() > 1) best->reason += form_reason(forms[best_form].form);
    return {std::move(*best), best_form};
}

void write_placed(Compilation& result, const Form& form, const Network& network, Placed placed,
                  const DistributeLimits& limits) {
    DistributeResult distributed = distribute(form.lowered, placed.placement, network, limits);
    result.program = std::move(distributed.program);
    result.reopened = distributed.reopened_copies;
    result.placement = std::move(placed.placement);
    result.placement_form = form.form;
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
                         ProgramForm form) {
    LowerOptions lowering;
    lowering.two_qubit_gates = native && needs_two_qubit_gates(network);
    lowering.split_three_qubit_gates = form.split;
    lowering.parity_phases = form.rewritten;
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
