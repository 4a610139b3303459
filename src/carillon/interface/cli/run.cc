// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/execution/execute/process_mode.h"
#include "carillon/execution/execute/report_html.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/trace.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/machine.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/interface/cli/options.h"
#include "carillon/interface/cli/over_ranks.h"
#include "carillon/interface/cli/processes.h"
#include "carillon/resource/host/ranks.h"
#include "carillon/workload/program/json.h"

namespace carillon::cli {

namespace {

/// Every QPU of the network runs as a process of its own.
void use_processes(Options& options, const Circuit& circuit, const Network& network) {
    host::Ranks& ranks = *options.job.ranks;
    need_processes(ranks, network.nodes.size(), circuit.name + " on " + network.name, options);
    options.job.executor = [&ranks](const DistributedProgram& program,
                                    const SimulateOptions& simulation) {
        return run_processes(ranks, program, simulation);
    };
}

/// Shared end of run and estimate: the job, its files, its report.
int do_job(Options& options) {
    prepare_ranks(options);
    if (options.job.ranks != nullptr && options.job.ranks->size() > 1 && !options.processes) {
        host::Ranks& ranks = *options.job.ranks;
        if (ranks.rank() != 0) {
            MachineUse machine(ranks, options);
            const ProgramRunResult run =
                run_program(hear_program(ranks), execution_options(options.job));
            machine.metrics(run.peak_bytes);
            return 0;
        }
        options.job.before_execution = [&ranks](const DistributedProgram& program) {
            tell_program(ranks, program);
        };
    }
    const Circuit circuit = read_program(options);
    Network network = network_for(options, circuit.num_qubits);
    if (options.processes) use_processes(options, circuit, network);
    read_placement_file(options, circuit, network);
    const auto alone = host::single_rank();
    const bool shared = options.job.ranks != nullptr && !options.processes;
    MachineUse machine(shared ? *options.job.ranks : *alone, options);
    Job job = run_job(circuit, std::move(network), options.job, progress_for(options));
    end_progress(options);
    job.report.binding = machine.binding();
    job.report.metrics = machine.metrics(job.state_bytes);
    write_placement_file(options, circuit, job.network, job.compilation);
    if (!options.save.empty()) write_file(options.save, write_program(job.compilation.program));
    if (!options.html.empty())
        write_file(options.html,
                   report_html(job.report, job.compilation.program, job.network, job.timeline));
    if (!options.trace.empty())
        write_file(options.trace, trace_json(job.compilation.program, job.network, job.timeline));
    std::cout << (options.json ? report_json(job.report) : report_text(job.report));
    if (!options.html.empty() && !options.json && !options.quiet)
        std::cout << "\nreport with pictures: " << options.html << '\n';
    return 0;
}

/// The options of a job, and what to do with them: run it, or only price it.
std::function<int()> install_job(CLI::App& app, bool execute, host::Ranks* ranks) {
    auto options = std::make_shared<Options>();
    options->job.ranks = ranks;
    add_program(app, options);
    add_network(app, options);
    if (execute) {
        add_execution(app, options);
        add_machine(app, options);
        add_safety(app, options);
        add_processes(app, options);
    }
    add_seed(app, options);
    add_verify(app, options);
    add_compile(app, options);
    add_schedule(app, options);
    if (!execute)
        app.add_option("--target-fidelity", options->job.target_fidelity,
                       "plan purification rounds per link, and a code distance where needed, so "
                       "that errors leave this fidelity (an estimate)")
            ->type_name("F")
            ->check(number_above(0, "a fidelity above 0 and up to 1", 1));
    add_html(app, options);
    add_trace(app, options);
    add_output(app, options);
    return [&app, options, execute] {
        settle(app, *options);
        options->job.execute = execute;
        options->job.compile.compare = !execute;
        if (options->processes)
            return with_processes(*options->job.ranks, [&] { return do_job(*options); });
        return do_job(*options);
    };
}

}  // namespace

Command run_command(host::Ranks* ranks) {
    return {{"run",
             "run a program on a network of QPUs and report what it cost",
             "Places the qubits, turns gates between QPUs into entanglement protocols, schedules "
             "them, proves the result equal "
             "to the program, executes it, and reports counts and costs.",
             {"carillon run examples/ghz.qasm --network full:3",
              "carillon run examples/adder.qasm -n ring:4,qubits=3 --shots 100 --html report.html",
              "carillon run examples/repeat_until_success.qasm -n examples/two_ions_one_nv.json "
              "--json",
              "carillon run examples/teleport.qasm -n line:3 --processes"}},
            [ranks](CLI::App& app) { return install_job(app, true, ranks); },
            true};
}

Command estimate_command() {
    return {{"estimate",
             "compile, validate and price a program without executing it",
             "Everything `run` does but the execution: Bell pairs, classical bits, rounds, "
             "makespan and expected "
             "fidelity of programs far too large to simulate.",
             {"carillon estimate examples/qft.qasm --network line:4",
              "carillon estimate examples/qft.qasm -n line:4,fidelity=0.95 --target-fidelity 0.9",
              "carillon estimate examples/ghz_65536.qasm --network torus:32x32,qubits=64"}},
            [](CLI::App& app) { return install_job(app, false, nullptr); }};
}

}  // namespace carillon::cli
