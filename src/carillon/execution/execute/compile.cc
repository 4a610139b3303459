// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/compile.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/localize.h"
#include "carillon/workload/distribute/peephole.h"
#include "carillon/workload/distribute/spending.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

namespace {

/// Programs up to this many operations are placed in several ways when communication qubits are
/// short.
constexpr std::size_t kMostForSearch = 20000;
/// Programs up to this many operations are placed with and without rewriting.
constexpr std::size_t kMostForBoth = 3000;

/// A way to write the program, and its first search: the widest, whose bounds hold for all others.
struct Form {
    LoweredCircuit lowered;
    PartitionResult search = {};
};

/// The program in the forms that are to be placed; the first one is the shortest.
std::vector<Form> lower_forms(const Circuit& circuit, const Network& network,
                              const CompileOptions& options) {
    LowerOptions lowering;
    lowering.two_qubit_gates = options.native && needs_two_qubit_gates(network);
    lowering.parity_phases = options.rewriting != Rewriting::kNever;
    std::vector<Form> forms;
    forms.push_back({lower(circuit, lowering)});
    const bool both =
        options.rewriting == Rewriting::kBest && options.partition.effort != Effort::kLow &&
        std::any_of(forms[0].lowered.rewrites.begin(), forms[0].lowered.rewrites.end(),
                    [](const Rewrite& r) { return r.count > 1; }) &&
        summarize(circuit).operations <= kMostForBoth;
    if (!both) return forms;
    lowering.parity_phases = false;
    forms.push_back({lower(circuit, lowering)});
    return forms;
}

/// Partitions and distributes; gives what replaces `best` when its links cost less.
void place(Compilation& best, Form& form, const Network& network, PartitionOptions options) {
    for (;;) {
        PartitionResult partitioned = partition(form.lowered.circuit, network, options);
        if (form.search.members.empty()) form.search = partitioned;
        try {
            DistributeResult distributed = distribute(form.lowered, partitioned.placement, network);
            if (!best.partitioner.empty() && spending(distributed.program, network).total() >=
                                                 spending(best.program, network).total())
                return;
            best.program = std::move(distributed.program);
            best.reopened = distributed.reopened_copies;
            best.placement = std::move(partitioned.placement);
            best.cost = partitioned.cost;
            best.partitioner = std::move(partitioned.method);
            best.search = form.search;
            best.search.placement = {};
            best.search.set_cost(best.cost);
            return;
        } catch (const InputError&) {
            // Qubits that trade places through a busy QPU can need more communication qubits than
            // it has.
            if (partitioned.placement.moves.empty()) throw;
            options.allow_moves = false;
        }
    }
}

/// The placement that is cheapest with plenty of communication qubits need not be so with few:
/// tries the others too.
void search_under_shortage(Compilation& best, Form& form, const Network& network,
                           PartitionOptions options) {
    const bool moves = options.allow_moves;
    options.time_limit_s = 0;
    options.prove_s = 0;
    for (const char* method : {"contiguous", "multilevel", "auto"})
        for (const bool allow_moves : {true, false}) {
            if ((allow_moves && !moves) || (method == std::string("auto") && allow_moves)) continue;
            options.method = method;
            options.allow_moves = allow_moves;
            place(best, form, network, options);
        }
}

/// Tells the phase and the cheapest placement so far after every search.
void tell_best(PartitionOptions& options, const Progress& progress) {
    if (!progress || options.progress) return;
    options.progress = [&progress](const PartitionProgress& p) {
        progress("place: " + std::to_string(p.best) + " pairs after " + p.member);
    };
}

}  // namespace

Compilation compile(const Circuit& circuit, const Network& network, const CompileOptions& options,
                    const Progress& progress) {
    Compilation result;
    std::vector<Form> forms = timed(result.phases, progress, "lower",
                                    [&] { return lower_forms(circuit, network, options); });
    PartitionOptions partition_options = options.partition;
    tell_best(partition_options, progress);
    partition_options.time_limit_s /= static_cast<double>(forms.size());
    timed(result.phases, progress, "place", [&] {
        for (Form& form : forms)
            if (result.partitioner.empty() || !result.program.pairs.empty() ||
                !result.program.transfers.empty())
                place(result, form, network, partition_options);
    });
    const std::string& method = options.partition.method;
    const bool search = result.reopened > 0 && (method == "auto" || method == "portfolio") &&
                        options.partition.effort != Effort::kLow &&
                        summarize(forms[0].lowered.circuit).operations <= kMostForSearch;
    if (search)
        timed(result.phases, progress, "search", [&] {
            for (Form& form : forms)
                search_under_shortage(result, form, network, options.partition);
        });
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
