// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/base/error.h"
#include "carillon/execution/execute/score.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

struct ScoreArguments {
    std::string models = "all";
    std::uint32_t draws = 16;
};

int do_score(Options& options, const ScoreArguments& arguments) {
    const std::set<ScoreModel> models = models_from_names(arguments.models);
    const ScoreOptions draws{arguments.draws, options.job.seed};
    Score score;
    if (is_distributed(options.program)) {
        if (!options.placement.empty())
            throw InputError("--placement goes with an OpenQASM program; " + options.program +
                             " is distributed already");
        const DistributedProgram program = load_program(options.program);
        score = score_distributed(program, network_for(options, 0), models, draws);
    } else {
        const Circuit circuit = read_program(options);
        const Network network = network_for(options, circuit.num_qubits);
        read_placement_file(options, circuit, network);
        score = score_circuit(circuit, network, options.job.compile, models, draws);
        if (options.sites_chosen)
            score.notes.emplace_back(
                "the file gives homes only: sites are the best found for them");
    }
    std::cout << (options.json ? score_json(score) : score_text(score));
    return 0;
}

}  // namespace

Command score_command() {
    return {{"score",
             "score a placement or a distributed program under several cost models",
             "Counts what a placement (ours or another tool's) or a distributed program costs: "
             "Bell pairs in the models cat, steiner, teleport and physical, expected makespan "
             "(time) and log-fidelity (fidelity). Without --placement the compiler places the "
             "program.",
             {"carillon score examples/qft.qasm --network grid:2x2",
              "carillon compile examples/qft.qasm -n full:4 --placement-out qft_homes.json --save "
              "qft.json && carillon score examples/qft.qasm -n full:4 --placement qft_homes.json",
              "carillon compile examples/ghz.qasm -n full:3 --save ghz.json && carillon score "
              "ghz.json -n full:3 --model physical,time"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto arguments = std::make_shared<ScoreArguments>();
                add_program(app, options);
                add_network(app, options);
                add_seed(app, options);
                add_compile(app, options);
                app.add_option("--model", arguments->models,
                               "cost models, separated by commas: all, cat, steiner, teleport, "
                               "physical, time, fidelity")
                    ->capture_default_str();
                app.add_option("--draws", arguments->draws,
                               "schedules with random entanglement for the model time")
                    ->type_name("N")
                    ->check(whole_from(1, "a whole number from 1"))
                    ->capture_default_str();
                add_output(app, options);
                return [&app, options, arguments] {
                    settle(app, *options);
                    return do_score(*options, *arguments);
                };
            }};
}

}  // namespace carillon::cli
