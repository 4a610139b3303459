// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "carillon/base/error.h"
#include "carillon/execution/execute/format.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/netqasm.h"
#include "carillon/workload/program/qasm_export.h"
#include "carillon/workload/schedule/assign_comm.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/schedule.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::cli {

namespace {

/// Where the distributed program goes, and in which form.
struct Destination {
    std::string format = "json";
    std::string output;  ///< file for json, folder for the others; empty: standard output
    std::string qasm;    ///< folder of --qasm
};

void write_folder(const std::string& folder, const std::vector<NamedText>& files) {
    std::filesystem::create_directories(folder);
    for (const auto& [name, text] : files) write_file(folder + "/" + name, text);
}

void print_files(const std::vector<NamedText>& files) {
    for (const auto& [name, text] : files)
        if (name != kQasmIndexName) std::cout << "// ==== " << name << " ====\n" << text << '\n';
}

/// Writes what was asked for; the lines that tell the user.
std::vector<std::string> write_results(const Options& options, const Destination& to,
                                       const DistributedProgram& program) {
    std::vector<std::string> lines;
    std::string json_file = options.save;
    if (to.format == "json" && !to.output.empty()) json_file = to.output;
    if (!json_file.empty()) {
        write_file(json_file, write_program(program));
        lines.push_back("program: " + json_file);
    }
    if (!to.qasm.empty()) {
        write_folder(to.qasm, export_qasm(program));
        lines.push_back("per-QPU OpenQASM 3: " + to.qasm);
    }
    if (to.format != "json") {
        const bool netqasm = to.format == "netqasm";
        const auto files = netqasm ? export_netqasm(program) : export_qasm(program);
        if (!to.output.empty()) {
            write_folder(to.output, files);
            lines.push_back((netqasm ? "NetQASM: " : "per-QPU OpenQASM 3: ") + to.output);
        } else {
            print_files(files);
        }
    } else if (lines.empty()) {
        std::cout << write_program(program);
    }
    return lines;
}

/// NetQASM has few gates: QPUs that run everything are asked for these.
void ask_for_netqasm_gates(Network& network) {
    for (Node& node : network.nodes)
        if (node.native_gates.empty()) node.native_gates = netqasm_gates();
}

int do_compile(Options& options, const Destination& to) {
    const Circuit circuit = read_program(options);
    Network network = network_for(options, circuit.num_qubits);
    if (to.format == "netqasm") ask_for_netqasm_gates(network);
    read_placement_file(options, circuit, network);
    Compilation compiled = compile(circuit, network, options.job.compile, progress_for(options));
    assign_comm_qubits(compiled.program, network, options.job.schedule);
    end_progress(options);
    const bool proved = options.job.verify != VerifyLevel::kOff;
    if (proved) {
        const Verdict verdict = validate(circuit, compiled.program);
        if (!verdict.equal)
            throw InternalError("the compiled program is not equal to its source: " +
                                verdict.reason);
    }
    write_placement_file(options, circuit, network, compiled);
    const std::vector<std::string> lines = write_results(options, to, compiled.program);
    if (options.quiet || lines.empty()) return 0;
    const ProgramSummary summary = summarize(compiled.program);
    std::cout << summary.pairs << " Bell pairs, " << summary.classical_bits << " classical bits, "
              << summary.instructions << " instructions"
              << (proved ? ", proved equal to the source" : "") << '\n';
    for (const std::string& line : lines) std::cout << line << '\n';
    return 0;
}

/// Schedules a program on a network and checks the timeline; false when something collides.
bool check_times(const Options& options, const Circuit& circuit,
                 const DistributedProgram& program) {
    const Network network = network_for(options, circuit.num_qubits);
    const Timeline timeline = schedule(program, network, options.job.schedule);
    const std::vector<std::string> wrong = check_timeline(program, network, timeline);
    if (options.json) return wrong.empty();
    for (const std::string& line : wrong) std::cout << "timeline: " << line << '\n';
    if (wrong.empty())
        std::cout << "timeline: fits " << network.name << ", makespan "
                  << format_duration(timeline.makespan.ns()) << '\n';
    return wrong.empty();
}

int do_validate(const Options& options, const std::string& program_file) {
    const Circuit circuit = read_program(options);
    const DistributedProgram program = load_program(program_file);
    const Verdict verdict = validate(circuit, program);
    bool on_time = true;
    if (options.json) {
        if (!options.network.empty()) on_time = check_times(options, circuit, program);
        std::cout << "{\"equal\": " << (verdict.equal ? "true" : "false");
        if (!options.network.empty())
            std::cout << ", \"timeline\": " << (on_time ? "true" : "false");
        std::cout << "}\n";
    } else if (verdict.equal) {
        std::cout << "equal: " << program_file << " does what " << options.program << " says\n";
    } else {
        std::cout << "NOT equal: " << verdict.reason << '\n';
    }
    if (!options.json && !options.network.empty()) on_time = check_times(options, circuit, program);
    return verdict.equal && on_time ? 0 : 1;
}

}  // namespace

Command compile_command() {
    return {{"compile",
             "compile a program for a network and write one instruction stream per QPU",
             "Writes the distributed program as JSON, as one OpenQASM 3 file per QPU or as NetQASM "
             "subroutines (--format), to --output or to standard output. The result is proved "
             "equal to the source before it is written.",
             {"carillon compile examples/ghz.qasm --network full:3 --output ghz.json",
              "carillon compile examples/adder.qasm --network line:3 --format openqasm -o adder",
              "carillon compile examples/ghz.qasm --network full:3 --format netqasm -o ghz"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto to = std::make_shared<Destination>();
                add_program(app, options);
                add_network(app, options);
                add_seed(app, options);
                add_verify(app, options);
                add_compile(app, options);
                app.add_option("--format", to->format,
                               "json (one file), openqasm or netqasm (a folder of files per QPU)")
                    ->check(CLI::IsMember({"json", "openqasm", "netqasm"}))
                    ->capture_default_str();
                app.add_option("-o,--output", to->output,
                               "file (json) or folder to write [standard output]")
                    ->type_name("PATH");
                app.add_option("--qasm", to->qasm,
                               "also write one OpenQASM 3 file per QPU into this folder")
                    ->type_name("DIR");
                add_output(app, options);
                return [&app, options, to] {
                    settle(app, *options);
                    return do_compile(*options, *to);
                };
            }};
}

Command validate_command() {
    return {
        {"validate",
         "prove that a distributed program equals its source",
         "Reads the OpenQASM source and a distributed program (JSON, or a folder of OpenQASM or "
         "NetQASM files) and undoes the protocols symbolically. With --network it also "
         "schedules the program there and checks that nothing in the timeline collides or "
         "comes too early. Exit code 0: equal; 1: not, with the first difference.",
         {"carillon compile examples/qft.qasm -n grid:2x2 --save qft.json && carillon validate "
          "examples/qft.qasm qft.json"}},
        [](CLI::App& app) -> std::function<int()> {
            auto options = std::make_shared<Options>();
            auto file = std::make_shared<std::string>();
            add_program(app, options);
            app.add_option("distributed", *file,
                           "distributed program: a JSON file, or a folder of per-QPU OpenQASM or "
                           "NetQASM files")
                ->required()
                ->type_name("PROGRAM");
            add_network(app, options);
            add_schedule(app, options);
            add_seed(app, options);
            add_output(app, options);
            return [&app, options, file] {
                settle(app, *options);
                return do_validate(*options, *file);
            };
        }};
}

}  // namespace carillon::cli
