// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "carillon/base/error.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/qasm_export.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::cli {

namespace {

int do_compile(const Options& options, const std::string& folder) {
    const Circuit circuit = read_program(options);
    const Network network = network_for(options, circuit.num_qubits);
    const Compilation compiled =
        compile(circuit, network, options.job.compile, progress_for(options));
    end_progress(options);
    if (options.job.verify != VerifyLevel::kOff) {
        const Verdict verdict = validate(circuit, compiled.program);
        if (!verdict.equal)
            throw InternalError("the compiled program is not equal to its source: " +
                                verdict.reason);
    }
    if (!folder.empty()) {
        std::filesystem::create_directories(folder);
        for (const auto& [name, text] : export_qasm(compiled.program))
            write_file(folder + "/" + name, text);
    }
    if (!options.save.empty()) write_file(options.save, write_program(compiled.program));
    if (options.save.empty() && folder.empty()) std::cout << write_program(compiled.program);
    if (!options.quiet && !(options.save.empty() && folder.empty())) {
        const ProgramSummary summary = summarize(compiled.program);
        std::cout << summary.pairs << " Bell pairs, " << summary.classical_bits
                  << " classical bits, " << summary.instructions << " instructions"
                  << (options.job.verify != VerifyLevel::kOff ? ", proved equal to the source" : "")
                  << '\n';
        if (!options.save.empty()) std::cout << "program: " << options.save << '\n';
        if (!folder.empty()) std::cout << "per-QPU OpenQASM 3: " << folder << '\n';
    }
    return 0;
}

int do_validate(const Options& options, const std::string& program_file) {
    const Circuit circuit = read_program(options);
    const DistributedProgram program = load_program(program_file);
    const Verdict verdict = validate(circuit, program);
    if (options.json) {
        std::cout << "{\"equal\": " << (verdict.equal ? "true" : "false") << "}\n";
    } else if (verdict.equal) {
        std::cout << "equal: " << program_file << " does what " << options.program << " says\n";
    } else {
        std::cout << "NOT equal: " << verdict.reason << '\n';
    }
    return verdict.equal ? 0 : 1;
}

}  // namespace

Command compile_command() {
    return {{"compile",
             "compile a program for a network and write one instruction stream per QPU",
             "Writes the distributed program as JSON (--save), as one OpenQASM 3 file per QPU "
             "(--qasm), or as JSON on "
             "standard output. The result is proved equal to the source before it is written.",
             {"carillon compile examples/ghz.qasm --network full:3 --save ghz.json",
              "carillon compile examples/adder.qasm --network line:3 --qasm adder_per_qpu"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto folder = std::make_shared<std::string>();
                add_program(app, options);
                add_network(app, options);
                add_seed(app, options);
                add_verify(app, options);
                add_compile(app, options);
                app.add_option("--qasm", *folder,
                               "write one OpenQASM 3 file per QPU into this folder")
                    ->type_name("DIR");
                add_output(app, options);
                return [&app, options, folder] {
                    settle(app, *options);
                    return do_compile(*options, *folder);
                };
            }};
}

Command validate_command() {
    return {{"validate",
             "prove that a distributed program equals its source",
             "Reads the OpenQASM source and a distributed program (JSON) and undoes the protocols "
             "symbolically. Exit code 0: "
             "equal; 1: not equal, with the first difference.",
             {"carillon compile examples/qft.qasm -n grid:2x2 --save qft.json && carillon validate "
              "examples/qft.qasm qft.json"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto file = std::make_shared<std::string>();
                add_program(app, options);
                app.add_option(
                       "distributed", *file,
                       "distributed program: a JSON file, or a folder of per-QPU OpenQASM files")
                    ->required()
                    ->type_name("PROGRAM");
                add_output(app, options);
                return [&app, options, file] {
                    settle(app, *options);
                    return do_validate(*options, *file);
                };
            }};
}

}  // namespace carillon::cli
