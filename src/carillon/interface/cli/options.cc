// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "carillon/base/error.h"
#include "carillon/language/qasm/reader.h"

namespace carillon::cli {

void add_program(CLI::App& app, const SharedOptions& o) {
    app.add_option("program", o->program, "OpenQASM 2 or 3 file")->required()->type_name("FILE");
    app.add_option("--input", o->inputs,
                   "value of an `input` variable, as name=value; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("-I,--include", o->include_paths,
                   "folder to search for included files; may be repeated")
        ->type_name("DIR")
        ->allow_extra_args(false);
}

void add_network(CLI::App& app, const SharedOptions& o) {
    app.add_option("-n,--network", o->network,
                   "network: a JSON file or a generator string such as ring:4,qubits=8")
        ->required()
        ->type_name("NETWORK");
}

void add_compile(CLI::App& app, const SharedOptions& o) {
    app.add_option("--partitioner", o->job.compile.partition.method,
                   "how homes are found: auto, contiguous, multilevel or anneal")
        ->capture_default_str();
    app.add_option("--effort", o->effort, "how long to search: low, normal or high")
        ->capture_default_str();
    app.add_flag("!--no-moves", o->job.compile.partition.allow_moves,
                 "qubits never change their QPU (no teledata)");
    app.add_flag("!--no-native", o->job.compile.native, "ignore native gates and coupling maps");
    app.add_option("--save", o->save, "write the distributed program as JSON")->type_name("FILE");
}

void add_execution(CLI::App& app, const SharedOptions& o) {
    app.add_option("-s,--shots", o->job.shots, "number of shots")->capture_default_str();
    app.add_option("--precision", o->precision, "double or float")->capture_default_str();
    app.add_option("--threads", o->job.threads, "threads of the simulator; 0 = all")
        ->capture_default_str();
    app.add_option("--max-memory", o->max_memory,
                   "most memory for states, such as 4GiB; default: what is free");
    app.add_flag("--physical", o->job.physical,
                 "give every communication qubit its own place in the state");
}

void add_seed(CLI::App& app, const SharedOptions& o) {
    app.add_option("--seed", o->job.seed, "seed of all random numbers")->capture_default_str();
}

void add_output(CLI::App& app, const SharedOptions& o) {
    app.add_flag("--json", o->json, "print the result as JSON");
    app.add_flag("-q,--quiet", o->quiet, "no progress and no warnings");
    app.add_option("--config", o->config,
                   "configuration file (default: carillon.json in this folder, if there is one)")
        ->type_name("FILE");
}

void add_html(CLI::App& app, const SharedOptions& o) {
    app.add_option("--html", o->html, "write the report as an HTML page with pictures")
        ->type_name("FILE");
}

Circuit read_program(const Options& o) {
    ReadOptions read;
    read.include_paths = o.include_paths;
    for (const std::string& input : o.inputs) {
        const auto equals = input.find('=');
        if (equals == std::string::npos || equals == 0)
            throw InputError("--input " + input +
                             ": expected name=value, such as --input theta=0.5");
        read.inputs[input.substr(0, equals)] = input.substr(equals + 1);
    }
    ReadResult result = read_qasm_file(o.program, read);
    if (!o.quiet)
        for (const Diagnostic& warning : result.warnings)
            std::cerr << warning.position.file << ':' << warning.position.line << ':'
                      << warning.position.column << ": warning: " << warning.message << '\n';
    return std::move(result.circuit);
}

Progress progress_for(const Options& o) {
    if (o.quiet || !isatty(STDERR_FILENO)) return {};
    return [](const std::string& phase) { std::fprintf(stderr, "\r\033[K%s ...", phase.c_str()); };
}

void end_progress(const Options& o) {
    if (!o.quiet && isatty(STDERR_FILENO)) std::fprintf(stderr, "\r\033[K");
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw InputError(path + ": cannot be read");
    return text;
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.flush();
    if (!file) throw ResourceError(path + ": cannot be written");
}

std::uint64_t parse_bytes(const std::string& text) {
    std::size_t used = 0;
    double number = -1;
    try {
        number = std::stod(text, &used);
    } catch (const std::exception&) {
    }
    std::string unit = text.substr(std::min(used, text.size()));
    while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
    static const std::vector<std::pair<std::string, double>> kUnits = {
        {"", 1},      {"B", 1},        {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
        {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    for (const auto& [name, factor] : kUnits)
        if (name == unit && number > 0) return static_cast<std::uint64_t>(number * factor);
    throw InputError("\"" + text +
                     "\" is no amount of memory; write a number and a unit, such as 4GiB or 500MB");
}

}  // namespace carillon::cli
