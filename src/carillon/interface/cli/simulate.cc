// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

int do_simulate(const Options& options) {
    const Circuit circuit = read_program(options);
    const JobOptions& job = options.job;
    SimulateOptions simulation;
    simulation.shots = job.shots;
    simulation.seed = job.seed;
    simulation.single_precision = job.single_precision;
    simulation.threads = job.threads;
    simulation.max_memory_bytes = job.max_memory_bytes;
    const Progress progress = progress_for(options);
    if (progress) progress("simulate");
    const SimulateResult result = simulate(circuit, simulation);
    end_progress(options);
    std::cout << (options.json ? counts_json(result.counts, job.shots, job.seed)
                               : counts_text(result.counts));
    return 0;
}

}  // namespace

Command simulate_command() {
    return {{"simulate",
             "run a program on one state vector, without a network",
             "Executes the program as it is. Programs whose measurements all come last are sampled "
             "from one state.",
             {"carillon simulate examples/grover.qasm --shots 1000",
              "carillon simulate examples/repeat_until_success.qasm --shots 100 --json"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                add_program(app, options);
                add_execution(app, options);
                add_seed(app, options);
                add_output(app, options);
                return [&app, options] {
                    settle(app, *options);
                    return do_simulate(*options);
                };
            }};
}

}  // namespace carillon::cli
