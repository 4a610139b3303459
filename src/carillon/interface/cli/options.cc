// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "carillon/base/config.h"
#include "carillon/base/error.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/resource/host/ranks.h"
#include "carillon/workload/program/json.h"
#include "carillon/workload/program/netqasm.h"
#include "carillon/workload/program/qasm_export.h"

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

/// An option that is also a setting: its value is kept as text until settle().
CLI::Option* add_setting(CLI::App& app, const SharedOptions& o, const std::string& flags,
                         const std::string& name, const std::string& help) {
    return app.add_option(flags, o->settings[name], help);
}

void add_network(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "-n,--network", "network",
                "network: a JSON file or a generator string such as ring:4,qubits=8")
        ->type_name("NETWORK");
    add_setting(app, o, "--comm", "comm", "communication qubits of every QPU")->type_name("N");
}

void add_compile(CLI::App& app, const SharedOptions& o) {
    app.add_option("--partitioner,--method", o->job.compile.partition.method,
                   "how homes are found: auto, portfolio (every member, several seeds), or one "
                   "member: contiguous, order, multilevel, spectral, tabu, metis, scotch")
        ->capture_default_str();
    app.add_option("--effort", o->effort, "how long to search: low, normal or high")
        ->capture_default_str();
    app.add_option("--time-limit", o->job.compile.partition.time_limit_s,
                   "search for a better placement until then; results then depend on the "
                   "machine's speed [none]")
        ->type_name("SECONDS")
        ->check(number_above(0, "seconds, a positive number"));
    app.add_option("--prove", o->job.compile.partition.prove_s,
                   "seconds for an integer program to prove the least number of pairs of "
                   "placements without moves, or a lower bound [none]")
        ->type_name("SECONDS")
        ->check(number_above(0, "seconds, a positive number"));
    app.add_option("--objective", o->objective,
                   "what a placement is chosen by: pairs, time (makespan) or fidelity")
        ->capture_default_str();
    app.add_option("--rewriting", o->rewriting,
                   "stretches of cx and phases written as phases: never, always, or best (small "
                   "programs are placed both ways)")
        ->capture_default_str();
    app.add_option("--copy-gates", o->job.compile.limits.copy_gates,
                   "most gates that one copy of a qubit may serve before its pair is too old [any]")
        ->type_name("N")
        ->check(whole_from(0, "a whole number of gates, 0 for any"));
    app.add_option("--copy-time", o->job.compile.limits.copy_time_ns,
                   "longest that a copy of a qubit may be held, in ns; 0: for ever "
                   "[memory_cutoff_ns of its QPU]")
        ->type_name("NS")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--placement", o->placement,
                   "placement to use, as JSON (docs/reference/placement-format.md)")
        ->type_name("FILE");
    app.add_option("--placement-out", o->placement_out, "write the placement as JSON")
        ->type_name("FILE");
    app.add_flag("!--no-moves", o->job.compile.partition.allow_moves,
                 "qubits never change their QPU (no teledata)");
    app.add_flag("!--no-kept-copies", o->job.compile.partition.embedding,
                 "no copy of a qubit outlives a gate that does not commute with it (no embedding)");
    app.add_flag("!--no-native", o->job.compile.native, "ignore native gates and coupling maps");
    app.add_option("--save", o->save, "write the distributed program as JSON")->type_name("FILE");
}

void add_schedule(CLI::App& app, const SharedOptions& o) {
    app.add_option("--prefetch", o->prefetch,
                   "on: Bell pairs are made ahead while communication qubits are free; off: when "
                   "the gate that uses them waits for nothing else")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    app.add_option("--pair-times", o->pair_times,
                   "mean: every pair takes its link's mean time; drawn: a random number of "
                   "attempts, from the seed")
        ->check(CLI::IsMember({"mean", "drawn"}))
        ->capture_default_str();
    app.add_option("--schedules", o->job.schedule.most_tries,
                   "most schedules tried, of which the best is kept")
        ->type_name("N")
        ->check(whole_from(1, "a whole number from 1"))
        ->capture_default_str();
}

void add_execution(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "-s,--shots", "shots", "number of shots [1024]")->type_name("N");
    add_setting(app, o, "--precision", "precision", "double or float [double]");
    add_setting(app, o, "--threads", "threads", "threads of the simulator [one per core]")
        ->type_name("N");
    add_setting(app, o, "--max-memory", "max_memory",
                "most memory for a state, such as 4GiB [what is free]")
        ->type_name("SIZE");
    app.add_flag("--physical", o->job.physical,
                 "give every communication qubit its own place in the state");
}

void add_seed(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "--seed", "seed", "seed of all random choices [0]")->type_name("N");
}

void add_verify(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "--verify", "verify",
                "what to check: off, validator, auto (what a few seconds allow) or full [auto]");
}

void add_output(CLI::App& app, const SharedOptions& o) {
    app.add_flag("--json", o->json, "print the result as JSON");
    app.add_flag("-q,--quiet", o->quiet, "no progress and no warnings");
    app.add_option("--config", o->config,
                   "configuration file [carillon.json in this folder, if there is one]")
        ->type_name("FILE");
}

void add_html(CLI::App& app, const SharedOptions& o) {
    add_setting(app, o, "--html", "html", "write the report as an HTML page with pictures")
        ->type_name("FILE");
}

void add_trace(CLI::App& app, const SharedOptions& o) {
    app.add_option("--trace", o->trace,
                   "write the timeline as trace events, for Perfetto or chrome://tracing")
        ->type_name("FILE");
}

void settle(CLI::App& app, Options& o) {
    Config config = load_config(o.config, environ);
    for (const auto& [name, value] : o.settings) {
        std::string flag = "--" + name;
        std::replace(flag.begin(), flag.end(), '_', '-');
        if (app.get_option(flag)->count() > 0) config.set_flag(name, value);
    }
    if (o.json) config.set_flag("json", "true");
    if (o.quiet) config.set_flag("quiet", "true");
    o.json = config.boolean("json");
    o.quiet = config.boolean("quiet");
    o.job.seed = config.whole("seed");
    o.job.shots = config.whole("shots");
    o.job.threads = static_cast<int>(config.whole("threads"));
    o.job.single_precision = config.text("precision") == "float";
    o.job.verify = verify_level(config.text("verify"));
    if (config.is_set("max_memory")) o.job.max_memory_bytes = config.whole("max_memory");
    if (o.network.empty() && config.is_set("network")) o.network = config.text("network");
    if (config.is_set("comm")) o.comm_qubits = static_cast<std::uint32_t>(config.whole("comm"));
    if (config.is_set("html")) o.html = config.text("html");
    o.job.compile.partition.seed = o.job.seed;
    o.job.compile.partition.threads = o.job.threads;
    o.job.schedule.prefetch = o.prefetch == "on";
    if (o.pair_times == "drawn") o.job.schedule.entanglement_seed = o.job.seed;
    o.job.compile.partition.effort = effort_from_name(o.effort);
    o.job.compile.rewriting = rewriting_from_name(o.rewriting);
    o.job.compile.objective = objective_from_name(o.objective);
}

Network network_for(const Options& o, std::uint32_t qubits) {
    if (o.network.empty())
        throw InputError(
            "no network given; name one with --network, such as --network ring:4,qubits=8");
    Network network = load_network(o.network);
    if (o.comm_qubits > 0)
        for (Node& node : network.nodes) node.comm_qubits = o.comm_qubits;
    fill_capacity(network, qubits);
    return network;
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

bool is_distributed(const std::string& path) {
    return std::filesystem::is_directory(path) || path.ends_with(".json");
}

DistributedProgram load_program(const std::string& path) {
    if (!std::filesystem::is_directory(path)) return carillon::read_program(read_file(path), path);
    std::vector<NamedText> files;
    for (const auto& entry : std::filesystem::directory_iterator(path))
        if (entry.is_regular_file())
            files.emplace_back(entry.path().filename().string(), read_file(entry.path().string()));
    std::sort(files.begin(), files.end());
    for (const auto& [name, text] : files)
        if (name == kQasmIndexName && is_netqasm_index(text)) return import_netqasm(files);
    return import_qasm(files);
}

Progress progress_for(const Options& o) {
    if (o.quiet || !isatty(STDERR_FILENO)) return {};
    if (o.job.ranks != nullptr && o.job.ranks->rank() != 0) return {};
    return [](const std::string& phase) {
        static const std::vector<std::string> kPhases = {
            "lower", "place", "distribute", "localize", "schedule", "verify", "execute"};
        constexpr std::size_t kCell = 4;
        const std::string name = phase.substr(0, phase.find(':'));
        const auto at = std::find(kPhases.begin(), kPhases.end(), name);
        const auto done = static_cast<std::size_t>(at - kPhases.begin()) % kPhases.size() * kCell;
        const std::string bar =
            std::string(done, '#') + std::string(kPhases.size() * kCell - done, '.');
        std::fprintf(stderr, "\r\033[K[%s] %s", bar.c_str(), phase.c_str());
    };
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

}  // namespace carillon::cli
