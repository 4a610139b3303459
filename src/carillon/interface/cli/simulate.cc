// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/explain_text.h"
#include "carillon/execution/execute/run_program.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/base/error.h"
#include "carillon/execution/execute/simulate_density.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

/// The noise of a run; any of it asks for density matrices.
struct NoiseOptions {
    bool density = false;
    std::string file;
    double depolarizing = 0, depolarizing2 = 0, readout_error = 0;

    bool any() const {
        return density || !file.empty() || depolarizing != 0 || depolarizing2 != 0 ||
               readout_error != 0;
    }
};

void add_noise(CLI::App& app, const std::shared_ptr<NoiseOptions>& o) {
    app.add_flag("--density", o->density,
                 "run on density matrices: exact probabilities, with noise or without, for up to "
                 "about 13 qubits; the options below imply it");
    app.add_option("--noise", o->file, "noise model as JSON (docs/reference/density-matrix.md)")
        ->type_name("FILE");
    app.add_option("--depolarizing", o->depolarizing,
                   "probability that a gate on one qubit leaves it fully mixed [0]")
        ->type_name("P");
    app.add_option("--depolarizing2", o->depolarizing2,
                   "probability that a gate on two qubits leaves them fully mixed [0]")
        ->type_name("P");
    app.add_option("--readout-error", o->readout_error,
                   "probability that a measurement is read as its opposite [0]")
        ->type_name("P");
}

double in_range(const char* option, double value, double most, const char* shown) {
    if (value >= 0 && value <= most) return value;
    throw InputError(std::string(option) + ": must be a number from 0 to " + shown);
}

NoiseModel noise_for(const NoiseOptions& o) {
    NoiseModel noise;
    if (!o.file.empty()) noise = read_noise(read_file(o.file), o.file);
    if (o.depolarizing != 0)
        noise.one_qubit_depolarizing = in_range("--depolarizing", o.depolarizing, 4.0 / 3, "4/3");
    if (o.depolarizing2 != 0)
        noise.two_qubit_depolarizing =
            in_range("--depolarizing2", o.depolarizing2, 16.0 / 15, "16/15");
    if (o.readout_error != 0) {
        const double p = in_range("--readout-error", o.readout_error, 1, "1");
        noise.readout = {p, p};
    }
    return noise;
}

int do_density(const Options& options, const NoiseModel& noise, const SimulateOptions& simulation) {
    if (is_distributed(options.program))
        throw InputError(options.program +
                         ": density matrices run OpenQASM programs, not distributed ones");
    const DensityResult result = simulate_density(read_program(options), noise, simulation);
    end_progress(options);
    std::cout << (options.json ? density_json(result, simulation.seed) : density_text(result));
    return 0;
}

int do_simulate(const Options& options, const NoiseOptions& noise, bool explain) {
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
    if (noise.any() && explain)
        throw InputError("--explain tells of one state vector; leave out --density and noise");
    if (noise.any()) return do_density(options, noise_for(noise), simulation);
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
         "whose measurements all come last are sampled from one state. With noise, or with "
         "--density, an OpenQASM program runs on density matrices instead, and the table shows the "
         "exact probability of each outcome beside the shots drawn.",
         {"carillon simulate examples/grover.qasm --shots 1000",
          "carillon compile examples/ghz.qasm -n full:3 --qasm ghz_per_qpu && carillon "
          "simulate ghz_per_qpu",
          "carillon simulate examples/repeat_until_success.qasm --shots 100 --json",
          "carillon simulate examples/adder.qasm --density",
          "carillon simulate examples/repeat_until_success.qasm --readout-error 0.02"}},
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
            auto noise = std::make_shared<NoiseOptions>();
            add_noise(app, noise);
            return [&app, options, noise, explain] {
                settle(app, *options);
                return do_simulate(*options, *noise, *explain);
            };
        }};
}

}  // namespace carillon::cli
