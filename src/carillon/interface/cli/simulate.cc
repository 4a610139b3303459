// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/base/error.h"
#include "carillon/execution/execute/explain_text.h"
#include "carillon/execution/execute/process_mode.h"
#include "carillon/execution/execute/report.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/simulate_density.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/machine.h"
#include "carillon/interface/cli/noise.h"
#include "carillon/interface/cli/options.h"
#include "carillon/interface/cli/over_ranks.h"
#include "carillon/interface/cli/processes.h"
#include "carillon/language/circuit/pauli_sum.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::cli {

namespace {

constexpr std::uint64_t kShownOutcomes = 64;  ///< kept for the table, which shows fewer

/// What `simulate` has beside the options it shares with other verbs.
struct StateOptions {
    std::string observable;  ///< file
    std::vector<std::string> amplitudes;
    std::string state_out;
    std::string initial_state;
    std::uint64_t top = 0;
    bool explain = false;

    bool asked() const {
        return !observable.empty() || !amplitudes.empty() || !state_out.empty() ||
               !initial_state.empty();
    }
};

void add_state(CLI::App& app, const std::shared_ptr<StateOptions>& o) {
    app.add_option("--expectation", o->observable,
                   "expectation value of the observable in a file: one term a line, such as "
                   "0.5 Z0 Z1 or 0.1 IZXY")
        ->type_name("FILE");
    app.add_option("--amplitudes", o->amplitudes,
                   "amplitudes of basis states such as 0101,1111, the last qubit first, or all")
        ->delimiter(',')
        ->type_name("LIST")
        ->allow_extra_args(false);
    app.add_option("--state-out", o->state_out, "write the state as a NumPy file")
        ->type_name("FILE.npy");
    app.add_option("--initial-state", o->initial_state,
                   "NumPy file of the state to start from [all qubits 0]")
        ->type_name("FILE.npy");
    app.add_option("--top", o->top, "print at most N outcomes, the most frequent [all as JSON]")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    app.add_flag(
        "--explain", o->explain,
        "print what the passes over the state did instead of the counts: arithmetic, "
        "traffic, predicted and measured time (of the last state when there were several)");
}

StateQuestions questions(const StateOptions& o, std::uint32_t qubits) {
    StateQuestions asked;
    if (!o.observable.empty())
        asked.observable = parse_pauli_sum(read_file(o.observable), o.observable, qubits);
    asked.all_amplitudes = o.amplitudes.size() == 1 && o.amplitudes[0] == "all";
    if (!asked.all_amplitudes) asked.amplitudes = o.amplitudes;
    asked.state_out = o.state_out;
    return asked;
}

/// Every QPU of a distributed program runs as a process of its own.
ProgramRunResult run_by_processes(const Options& options, const SimulateOptions& simulation) {
    if (!is_distributed(options.program))
        throw InputError(
            options.program +
            ": --processes runs distributed programs here; `carillon run` makes one of "
            "an OpenQASM program and a network");
    const DistributedProgram program = load_program(options.program);
    need_processes(*options.job.ranks, program.qpus.size(), program.name, options);
    return run_processes(*options.job.ranks, program, simulation);
}

ProgramRunResult run(const Options& options, const StateOptions& state, SimulateOptions& simulation,
                     bool shots_given) {
    const auto ask = [&](std::uint32_t qubits) {
        simulation.questions = questions(state, qubits);
        check_questions(simulation.questions, qubits);
        if (simulation.questions.any() && !shots_given) simulation.shots = 0;
    };
    if (is_distributed(options.program)) {
        const DistributedProgram program = load_program(options.program);
        ask(static_cast<std::uint32_t>(program.final_layout.size()));
        return run_program(program, simulation);
    }
    const Circuit circuit = read_program(options);
    ask(circuit.num_qubits);
    return {simulate(circuit, simulation), {}, {}};
}

int do_density(const Options& options, const NoiseModel& noise, const SimulateOptions& simulation,
               const MachineUse& machine) {
    if (is_distributed(options.program))
        throw InputError(options.program +
                         ": density matrices run OpenQASM programs, not distributed ones");
    DensityResult result = simulate_density(read_program(options), noise, simulation);
    end_progress(options);
    result.binding = machine.binding();
    std::cout << (options.json ? density_json(result, simulation.seed) : density_text(result));
    return 0;
}

int do_simulate(Options& options, const StateOptions& state, const NoiseOptions& noise,
                bool shots_given) {
    prepare_ranks(options);
    const auto alone = host::single_rank();
    const bool shared = options.job.ranks != nullptr && !options.processes;
    MachineUse machine(shared ? *options.job.ranks : *alone, options);
    SimulateOptions simulation = execution_options(options.job);
    if (!shared) simulation.ranks = nullptr;
    if (simulation.ranks != nullptr && !state.initial_state.empty())
        throw InputError("--initial-state: is read by one process; leave mpirun out");
    simulation.explain = state.explain;
    simulation.initial_state = state.initial_state;
    simulation.most_outcomes = state.top;
    if (state.top == 0 && !options.json) simulation.most_outcomes = kShownOutcomes;
    const Progress progress = progress_for(options);
    if (progress) progress("simulate");
    if (noise.any() && (state.explain || state.asked()))
        throw InputError(
            "--explain and questions about the state are for one state vector; leave out --density "
            "and noise");
    if (options.processes && (noise.any() || state.explain || state.asked()))
        throw InputError(
            "--processes counts outcomes; --explain, questions about the state and noise are for "
            "one whole state");
    if (noise.any()) return do_density(options, noise_for(noise), simulation, machine);
    ProgramRunResult result = options.processes ? run_by_processes(options, simulation)
                                                : run(options, state, simulation, shots_given);
    end_progress(options);
    result.binding = machine.binding();
    result.metrics = machine.metrics(result.peak_bytes);
    if (result.disk && !options.quiet && !options.json)
        std::cerr << engine::disk_text(*result.disk);
    if (state.explain && result.explained.empty() && result.disk && !options.json) {
        std::cout << "the state was on disk, where single passes are not timed\n";
        return 0;
    }
    if (state.explain) {
        print_once(options,
                   options.json ? explain_json(result.explained) : explain_text(result.explained));
        return 0;
    }
    if (options.json) {
        print_once(options, simulation_json(result, simulation,
                                            result.processes ? &*result.processes : nullptr));
        return 0;
    }
    const std::string counts =
        counts_text(result.counts, simulation.shots, result.distinct, state.top);
    const std::string answers = answers_text(result.answers);
    std::string text = counts + (counts.empty() || answers.empty() ? "" : "\n") + answers;
    const std::string how =
        (result.binding ? host::bind_text(*result.binding) : "") +
        (result.pages ? host::page_text(*result.pages) : "") +
        (result.metrics ? host::metrics_text(*result.metrics) : "") +
        (simulation.safety.report ? safety_text(*simulation.safety.report) : "");
    if (result.processes) text += "\n" + processes_text(*result.processes);
    if (!how.empty()) text += "\n" + how;
    print_once(options, text);
    return 0;
}

}  // namespace

Command simulate_command(host::Ranks* ranks) {
    return {
        {"simulate",
         "run a program on one state vector, without a network",
         "Executes a program as it is: an OpenQASM file, or a distributed program (a JSON file "
         "or a folder of per-QPU OpenQASM files), whose streams then run side by side. Programs "
         "whose measurements all come last are sampled from one state, which can be asked for "
         "expectation values and amplitudes; outcomes are printed when nothing else is asked, or "
         "with --shots. With noise, or with --density, an OpenQASM program runs on density "
         "matrices instead, and the table shows the exact probability of each outcome beside the "
         "shots drawn.",
         {"carillon simulate examples/grover.qasm --shots 1000",
          "carillon compile examples/ghz.qasm -n full:3 --qasm ghz_per_qpu && carillon "
          "simulate ghz_per_qpu",
          "carillon simulate examples/repeat_until_success.qasm --shots 100 --json",
          "carillon simulate examples/ghz.qasm --amplitudes 000000000000,111111111111",
          "carillon simulate examples/ghz.qasm --expectation examples/parity.txt",
          "carillon simulate examples/adder.qasm --density",
          "carillon simulate examples/repeat_until_success.qasm --readout-error 0.02"}},
        [ranks](CLI::App& app) -> std::function<int()> {
            auto options = std::make_shared<Options>();
            options->job.ranks = ranks;
            auto state = std::make_shared<StateOptions>();
            auto noise = std::make_shared<NoiseOptions>();
            add_program(app, options);
            add_execution(app, options);
            add_machine(app, options);
            add_safety(app, options);
            add_processes(app, options);
            add_seed(app, options);
            add_state(app, state);
            add_noise(app, noise);
            add_output(app, options);
            return [&app, options, state, noise] {
                settle(app, *options);
                const auto simulate = [&] {
                    return do_simulate(*options, *state, *noise,
                                       app.get_option("--shots")->count() > 0);
                };
                if (options->processes) return with_processes(*options->job.ranks, simulate);
                return simulate();
            };
        },
        true};
}

}  // namespace carillon::cli
