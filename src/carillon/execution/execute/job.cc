// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/job.h"

#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/base/version.h"
#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/copy_life.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {

namespace {

std::uint64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

ReportBound describe_bound(const LowerBound& bound, double unit) {
    return {static_cast<double>(bound.cost) * unit, scope_name(bound.scope), bound.method};
}

/// Args:
///     unit: what one unit of the search's cost stands for.
void describe_search(Report& report, const PartitionResult& search, double unit) {
    ReportOptimality& o = report.optimality.emplace();
    o.bound = describe_bound(search.bound, unit);
    o.cost = static_cast<double>(search.cost.with_folding()) * unit;
    o.gap = search.gap;
    o.optimal = search.optimal;
    o.static_bound = describe_bound(search.static_bound, unit);
    o.static_bound_is_optimum = search.static_bound_is_optimum;
    o.folded_gates = search.cost.folded_gates;
    o.saved_by_folding = static_cast<double>(search.cost.saved_by_folding) * unit;
    o.note = search.bound_note;
    o.diversity = search.diversity;
    for (const PartitionMember& m : search.members) {
        o.members.push_back({m.name, static_cast<double>(m.pairs) * unit, m.seconds, m.refused});
    }
}

void describe_compilation(Report& report, const Compilation& compiled, const Network& network) {
    report.model = "steiner";
    report.partition_method = compiled.partitioner;
    report.partition_reason = compiled.reason;
    report.choices = compiled.choices;
    if (compiled.reopened > 0)
        report.notes.push_back(
            std::to_string(compiled.reopened) +
            " cat copies were closed and opened again for want of communication qubits or time");
    report.swaps = compiled.swaps;
    report.native_rewrites = compiled.rewritten;
    const LinkPrices prices(network);
    const std::uint64_t pairs = compiled.cost.with_folding();
    report.placement_pairs.reset();
    if (prices.uniform() && !prices.has_transfers()) report.placement_pairs = pairs;
    report.placement_price = static_cast<double>(pairs) * prices.step();
    if (!compiled.search.members.empty())
        describe_search(report, compiled.search, report.placement_pairs ? 1 : prices.step());
}

bool limits_copies(const Network& network, const DistributeLimits& limits) {
    return std::ranges::any_of(most_copy_times(network, limits), [](Time t) { return t.ps > 0; });
}

/// Says so when copies are held longer than they may be: durations are estimated when copies are
/// opened, and known only now.
void note_old_copies(Job& job, const DistributeLimits& limits) {
    const std::vector<Time> most = most_copy_times(job.network, limits);
    if (!limits_copies(job.network, limits)) return;
    std::size_t copies = 0, old = 0;
    std::optional<CopyLife> worst;
    const auto excess = [&](const CopyLife& c) { return c.length() - most[c.qpu.value]; };
    for (const CopyLife& copy : copy_lives(job.compilation.program, job.timeline)) {
        if (most[copy.qpu.value].ps <= 0) continue;
        ++copies;
        if (excess(copy).ps <= 0) continue;
        ++old;
        if (!worst || excess(copy) > excess(*worst)) worst = copy;
    }
    if (!worst) return;
    job.report.notes.push_back(std::to_string(old) + " of " + std::to_string(copies) +
                               " cat copies are held longer than they may be, one at " +
                               job.network.node(worst->qpu).name + " for " +
                               format_duration(worst->length().ns()) + " instead of " +
                               format_duration(most[worst->qpu.value].ns()));
}

void check(Job& job, const Circuit& circuit, const JobOptions& options) {
    VerifyOptions verify_options;
    verify_options.level = options.verify;
    if (!options.execute && options.verify != VerifyLevel::kOff)
        verify_options.level = VerifyLevel::kValidator;
    verify_options.seed = options.seed;
    verify_options.shots = options.shots;
    verify_options.threads = options.threads;
    verify_options.max_memory_bytes = options.max_memory_bytes;
    const Verification v = verify(circuit, job.compilation.program, verify_options);
    ReportProof& proof = job.report.verified;
    proof.validator = v.validator;
    proof.fidelity = v.fidelity;
    if (v.distribution) proof.distribution = v.distribution->total_variation;
    proof.note = v.note;
    if (v.passed()) return;
    std::string what = "the distributed program is not equal to its source";
    if (v.validator == false)
        what += ": " + v.validator_reason;
    else if (v.distribution && v.distribution->p_value < kFalseAlarm)
        what += ": outcomes differ, p = " + std::to_string(v.distribution->p_value);
    else
        what += ": final states differ, fidelity " + std::to_string(v.fidelity.value_or(0));
    throw InternalError(what);
}

/// Proves that the timeline could happen.
void check_times(Job& job) {
    const std::vector<std::string> wrong =
        check_timeline(job.compilation.program, job.network, job.timeline);
    job.report.verified.timeline = wrong.empty();
    if (!wrong.empty()) throw InternalError("the timeline cannot happen: " + wrong.front());
}

void execute(Job& job, const JobOptions& options) {
    SimulateOptions simulation;
    simulation.shots = options.shots;
    simulation.seed = options.seed;
    simulation.single_precision = options.single_precision;
    simulation.physical = options.physical;
    simulation.threads = options.threads;
    simulation.max_memory_bytes = options.max_memory_bytes;
    ProgramRunResult run = options.executor ? options.executor(job.compilation.program, simulation)
                                            : run_program(job.compilation.program, simulation);
    job.report.processes = std::move(run.processes);
    job.report.engine = std::string("state vector, ") +
                        (options.single_precision ? "float" : "double") +
                        (options.physical ? ", every qubit physical" : "");
    job.report.counts = run.counts;
    job.report.shots = run.shots;
}

}  // namespace

Job run_job(const Circuit& circuit, Network network, const JobOptions& options,
            const Progress& progress) {
    Job job;
    job.network = std::move(network);
    Report& report = job.report;
    report.version = std::string(kVersion);
    report.program = circuit.name;
    report.network = job.network.name;
    report.seed = options.seed;
    describe_circuit(report, circuit);
    job.compilation = compile(circuit, job.network, options.compile, progress);
    std::vector<Phase>& phases = job.compilation.phases;
    describe_compilation(report, job.compilation, job.network);
    timed(phases, progress, "schedule", [&] {
        ScheduleOptions timing = options.schedule;
        timing.open_late = timing.open_late || limits_copies(job.network, options.compile.limits);
        job.timeline = assign_comm_qubits(job.compilation.program, job.network, timing);
        const DependencyGraph graph = find_dependencies(job.compilation.program, job.network);
        report.prefetch = options.schedule.prefetch;
        note_old_copies(job, options.compile.limits);
        const ScheduleSummary summary =
            summarize_schedule(job.compilation.program, job.network, graph, job.timeline);
        describe_costs(report, job.compilation.program, job.network, job.timeline, summary);
        if (options.target_fidelity > 0)
            report.budget = plan_error_budget(job.compilation.program, job.network, summary,
                                              options.target_fidelity);
    });
    if (options.verify != VerifyLevel::kOff)
        timed(phases, progress, "verify", [&] {
            check_times(job);
            check(job, circuit, options);
        });
    if (options.execute) timed(phases, progress, "execute", [&] { execute(job, options); });
    for (const Phase& phase : phases) report.wall_s.emplace_back(phase.name, phase.seconds);
    report.memory_bytes = peak_memory_bytes();
    return job;
}

}  // namespace carillon
