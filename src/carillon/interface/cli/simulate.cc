// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/explain_text.h"
#include "carillon/execution/execute/run_program.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

int do_simulate(const Options& options, bool explain) {
    const JobOptions& job = options.job;
    SimulateOptions simulation;
    simulation.shots = job.shots;
    simulation.seed = job.seed;
    simulation.single_precision = job.single_precision;
    simulation.threads = job.threads;
    simulation.max_memory_bytes = job.max_memory_bytes;
    simulation.physical = job.physical;
    simulation.explain = explain;
    const Progress progress = progress_for(options);
    if (progress) progress("simulate");
    const SimulateResult result = is_distributed(options.program)
                                      ? run_program(load_program(options.program), simulation)
                                      : simulate(read_program(options), simulation);
    end_progress(options);
    if (explain)
        std::cout << (options.json ? explain_json(result.explained)
                                   : explain_text(result.explained));
    else
        std::cout << (options.json ? counts_json(result.counts, job.shots, job.seed)
                                   : counts_text(result.counts));
    return 0;
}

}  // namespace

Command simulate_command() {
    return {
        {"simulate",
         "run a program on one state vector, without a network",
         "Executes a program as it is: an OpenQASM file, or a distributed program (a JSON file "
         "or a folder of per-QPU OpenQASM files), whose streams then run side by side. Programs "
         "whose measurements all come last are sampled from one state.",
         {"carillon simulate examples/grover.qasm --shots 1000",
          "carillon compile examples/ghz.qasm -n full:3 --qasm ghz_per_qpu && carillon "
          "simulate ghz_per_qpu",
          "carillon simulate examples/repeat_until_success.qasm --shots 100 --json"}},
        [](CLI::App& app) -> std::function<int()> {
            auto options = std::make_shared<Options>();
            add_program(app, options);
            add_execution(app, options);
            add_seed(app, options);
            add_output(app, options);
            auto explain = std::make_shared<bool>(false);
            app.add_flag("--explain", *explain,
                         "print what the passes over the state did instead of the counts: "
                         "arithmetic, traffic, predicted and measured time (of the last state when "
                         "there were several)");
            return [&app, options, explain] {
                settle(app, *options);
                return do_simulate(*options, *explain);
            };
        }};
}

}  // namespace carillon::cli
