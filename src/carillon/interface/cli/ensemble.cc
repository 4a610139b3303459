// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

#include "carillon/base/error.h"
#include "carillon/execution/execute/ensemble.h"
#include "carillon/execution/execute/ensemble_list.h"
#include "carillon/execution/execute/ensemble_report.h"
#include "carillon/execution/execute/merge.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/interface/cli/options.h"
#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::cli {

namespace {

/// What `ensemble` has beside the options it shares with other verbs.
struct EnsembleFlags {
    std::vector<std::string> programs;
    std::vector<std::string> lists;
    std::string policy = "dynamic";
    std::string merge;
    std::string observable;  ///< file
    std::uint32_t workers = 0;
    std::uint32_t chunk = 0;
    std::uint32_t retries = 2;
    double backoff_s = 0.05;
    std::optional<std::uint32_t> max_failures;
    std::uint64_t top = 0;
};

void add_programs(CLI::App& app, const SharedOptions& o, const std::shared_ptr<EnsembleFlags>& e) {
    app.add_option("programs", e->programs,
                   "OpenQASM files and distributed programs, an entry each")
        ->type_name("PROGRAM");
    app.add_option("--list", e->lists,
                   "file of more entries, one a line: a program, then --shots and --input as "
                   "here; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--input", o->inputs,
                   "values of an `input` variable: name=value, name=first:step:last or "
                   "name=value,value; every combination is an entry; may be repeated")
        ->type_name("NAME=VALUES")
        ->allow_extra_args(false);
    app.add_option("-I,--include", o->include_paths,
                   "folder to search for included files; may be repeated")
        ->type_name("DIR")
        ->allow_extra_args(false);
}

void add_sharing(CLI::App& app, const std::shared_ptr<EnsembleFlags>& e) {
    app.add_option("--workers", e->workers,
                   "threads that share the work [one per core]; under mpirun and srun the workers "
                   "are the ranks")
        ->type_name("N")
        ->check(whole_from(1, "a whole number of workers from 1"));
    app.add_option("--policy", e->policy,
                   "who does what: static (equal shares), dynamic (chunks of one size), guided "
                   "(chunks that get smaller) or adaptive (chunks by measured speed)")
        ->capture_default_str();
    app.add_option("--chunk", e->chunk, "least tasks in a chunk [chosen]")
        ->type_name("N")
        ->check(whole_from(1, "a whole number of tasks from 1"));
    app.add_option("--retries", e->retries,
                   "times that a task is tried again which failed for want of memory or the like")
        ->type_name("N")
        ->check(whole_from(0, "a whole number from 0"))
        ->capture_default_str();
    app.add_option("--backoff", e->backoff_s,
                   "time before the first retry; doubled before each further one")
        ->type_name("SECONDS")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--max-failures", e->max_failures,
                   "stop when more entries than this failed [never]")
        ->type_name("N")
        ->check(whole_from(0, "a whole number of failures from 0"));
}

void add_results(CLI::App& app, const std::shared_ptr<EnsembleFlags>& e) {
    app.add_option("--merge", e->merge,
                   "one distribution from all entries, with errors: by shots (every shot counts "
                   "the same) or by entries (every entry counts the same)")
        ->type_name("shots|entries");
    app.add_option("--expectation", e->observable,
                   "expectation value of the observable in a file, for every entry")
        ->type_name("FILE");
    app.add_option("--top", e->top, "print at most N outcomes, the most frequent [all as JSON]")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
}

std::vector<EnsembleEntry> read_entries(const Options& options, const EnsembleFlags& flags) {
    std::vector<Sweep> sweeps;
    for (const std::string& input : options.inputs) sweeps.push_back(parse_sweep(input));
    std::vector<EnsembleEntry> entries;
    const auto add = [&](std::vector<EnsembleEntry> more) {
        entries.insert(entries.end(), std::make_move_iterator(more.begin()),
                       std::make_move_iterator(more.end()));
    };
    for (const std::string& program : flags.programs)
        add(entries_of(program, sweeps, options.job.shots));
    for (const std::string& list : flags.lists)
        add(parse_list(read_file(list), list, sweeps, options.job.shots));
    if (entries.empty())
        throw InputError("no program given; name programs, or a list of them with --list");
    number_seeds(entries, options.job.seed);
    return entries;
}

host::WorkOptions sharing_options(const EnsembleFlags& flags) {
    host::WorkOptions sharing;
    sharing.policy = host::work_policy_from_name(flags.policy);
    sharing.chunk = flags.chunk;
    sharing.recovery.retries = static_cast<int>(flags.retries);
    sharing.recovery.backoff_s = flags.backoff_s;
    if (flags.max_failures) sharing.recovery.max_failures = *flags.max_failures;
    return sharing;
}

SimulateOptions simulate_options(const Options& options, int workers_here) {
    SimulateOptions simulation;
    simulation.single_precision = options.job.single_precision;
    simulation.physical = options.job.physical;
    simulation.threads = options.job.threads;
    if (simulation.threads == 0 && workers_here > 1) {
        const auto cores = static_cast<int>(std::thread::hardware_concurrency());
        simulation.threads = std::max(1, cores / workers_here);
    }
    const std::uint64_t memory = options.job.max_memory_bytes != 0
                                     ? options.job.max_memory_bytes
                                     : engine::available_memory_bytes();
    simulation.max_memory_bytes =
        std::max<std::uint64_t>(memory / static_cast<std::uint64_t>(workers_here), 1);
    return simulation;
}

/// Makes entries ready to run, with the observable of the flags for each.
OpenEntry opener(const Options& options, const EnsembleFlags& flags,
                 const SimulateOptions& simulation) {
    const std::string observable =
        flags.observable.empty() ? std::string() : read_file(flags.observable);
    return [&options, &flags, simulation, observable](const EnsembleEntry& entry) {
        SimulateOptions own = simulation;
        own.shots = entry.shots;
        own.seed = entry.seed;
        const auto ask = [&](std::size_t qubits) {
            if (!flags.observable.empty())
                own.questions.observable = parse_pauli_sum(observable, flags.observable,
                                                           static_cast<std::uint32_t>(qubits));
        };
        if (is_distributed(entry.program)) {
            if (!entry.inputs.empty())
                throw InputError(entry.program +
                                 ": inputs are of OpenQASM programs; a distributed program has its "
                                 "values in it");
            DistributedProgram program = load_program(entry.program);
            ask(program.final_layout.size());
            return program_trials(std::move(program), own);
        }
        ReadOptions read;
        read.include_paths = options.include_paths;
        read.inputs = entry.inputs;
        Circuit circuit = read_qasm_file(entry.program, read).circuit;
        ask(circuit.num_qubits);
        return circuit_trials(std::move(circuit), own);
    };
}

/// Prints the report. Past std::cout: the rank that collects need not be the one that speaks.
void print(const Options& options, const EnsembleFlags& flags,
           const std::vector<EnsembleEntry>& entries, const EnsembleResult& result) {
    EnsembleReport report{entries, &result, {}, options.job.seed, flags.top};
    if (!flags.merge.empty() || entries.size() == 1) {
        const MergeBy by = flags.merge.empty() ? MergeBy::kShots : merge_from_name(flags.merge);
        report.merged = merge_entries(result.entries, by, flags.top);
    }
    const std::string text = options.json ? ensemble_json(report) : ensemble_text(report);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw ResourceError("the report cannot be written to standard output");
}

/// An ensemble of one is wrong as a whole when its program is.
void refuse_single(const EnsembleResult& result) {
    if (result.entries.size() != 1 || result.entries[0].error.empty()) return;
    if (result.entries[0].wrong) throw InputError(result.entries[0].error);
    throw ResourceError(result.entries[0].error);
}

/// Threads that share the work of one process.
int worker_threads(const Options& options, const EnsembleFlags& flags,
                   const std::vector<EnsembleEntry>& entries) {
    if (flags.workers != 0) return static_cast<int>(flags.workers);
    // Shots that are drawn from one state are drawn by one worker on all threads.
    if (entries.size() == 1 &&
        !opener(options, flags, simulate_options(options, 1))(entries[0])->divisible())
        return 1;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// The part of one rank.
class EnsembleRun {
  public:
    EnsembleRun(const Options& options, const EnsembleFlags& flags,
                const std::vector<EnsembleEntry>& entries, int workers_here)
        : options_(&options),
          flags_(&flags),
          entries_(&entries),
          open_(opener(options, flags, simulate_options(options, workers_here))),
          ensemble_{sharing_options(flags)} {}

    void run(host::Ranks& ranks) {
        run_ensemble(ranks, *entries_, open_, ensemble_, [&](const EnsembleResult& result) {
            code_ = result.failures() > 0 || result.sharing.stopped ? 1 : 0;
            try {
                refuse_single(result);
                print(*options_, *flags_, *entries_, result);
            } catch (const Error&) {  // the others are let go first
                wrong_ = std::current_exception();
            }
        });
    }
    /// The exit code. Throws: what is wrong with the whole.
    int code() const {
        if (wrong_) std::rethrow_exception(wrong_);
        return code_;
    }

  private:
    const Options* options_;
    const EnsembleFlags* flags_;
    const std::vector<EnsembleEntry>* entries_;
    OpenEntry open_;
    EnsembleOptions ensemble_;
    int code_ = 0;
    std::exception_ptr wrong_;
};

/// Args:
///     started: the ranks that this process was started among; nullptr: it was started alone.
int do_ensemble(const Options& options, const EnsembleFlags& flags, host::Ranks* started) {
    if (!flags.merge.empty()) merge_from_name(flags.merge);
    const std::vector<EnsembleEntry> entries = read_entries(options, flags);
    if (started == nullptr || started->size() == 1) {
        const int workers = worker_threads(options, flags, entries);
        EnsembleRun run(options, flags, entries, workers);
        host::run_as_threads({.ranks = workers}, [&](host::Ranks& ranks) { run.run(ranks); });
        return run.code();
    }
    if (flags.workers != 0)
        throw InputError("--workers is for a program started alone; here " +
                         std::to_string(started->size()) + " ranks share the work");
    int here = 0;
    for (int r = 0; r < started->size(); ++r)
        here += started->node_of(r) == started->node_of(started->rank()) ? 1 : 0;
    EnsembleRun run(options, flags, entries, here);
    run.run(*started);
    return run.code();
}

}  // namespace

Command ensemble_command(host::Ranks* ranks) {
    return {
        {"ensemble",
         "run many programs, or one many times, over many workers",
         "Runs every program, and every combination of input values, as an entry of its own, and "
         "shares them out over workers; the shots of a program that measures on its way are "
         "shared out too. Counts depend on the seed alone, not on the workers. An entry that fails "
         "is reported, and the others are not lost; the exit code is then 1. With --merge, and "
         "for a single entry, probabilities have standard errors and 95 % intervals.",
         {"carillon ensemble examples/repeat_until_success.qasm --shots 10000 --workers 10",
          "carillon ensemble examples/ghz.qasm examples/adder.qasm --merge entries",
          "carillon ensemble examples/rotation.qasm --input theta=0:pi/8:pi --policy adaptive"}},
        [ranks](CLI::App& app) -> std::function<int()> {
            auto options = std::make_shared<Options>();
            auto flags = std::make_shared<EnsembleFlags>();
            add_programs(app, options, flags);
            add_execution(app, options);
            add_seed(app, options);
            add_sharing(app, flags);
            add_results(app, flags);
            add_output(app, options);
            return [&app, options, flags, ranks] {
                settle(app, *options);
                return do_ensemble(*options, *flags, ranks);
            };
        },
        true};
}

}  // namespace carillon::cli
