// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carillon/execution/execute/job.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/host/binding.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace carillon::cli {

/// Options that several verbs share. Those that are settings (Config) may also come from the
/// environment and from a configuration file; settle() brings all together.
struct Options {
    std::string program;              ///< OpenQASM file
    std::vector<std::string> inputs;  ///< name=value
    std::vector<std::string> include_paths;
    std::string network;
    std::uint32_t comm_qubits = 0;  ///< 0: as the network says
    std::string config;
    bool json = false;
    bool quiet = false;
    JobOptions job;
    std::string effort = "normal";
    std::string objective = "pairs";
    std::string rewriting = "best";
    std::string placement;      ///< placement to use
    std::string placement_out;  ///< where to write the placement
    bool sites_chosen = false;  ///< the placement file left sites open
    std::string html;
    std::string trace;  ///< timeline as trace events
    std::string prefetch = "on";
    std::string pair_times = "mean";
    std::string metrics, trace_ranks;             ///< files
    std::optional<host::BindPolicy> bind;         ///< when asked for
    bool processes = false;                       ///< every QPU is a process of its own
    std::uint32_t qubit_ranks = 1;                ///< processes for the qubits, where we start them
    std::string save;                             ///< distributed program as JSON
    std::map<std::string, std::string> settings;  ///< values of setting flags, by option name
};
using SharedOptions = std::shared_ptr<Options>;

/// An option that is also a setting: its value is kept as text until settle().
CLI::Option* add_setting(CLI::App& app, const SharedOptions& options, const std::string& flags,
                         const std::string& name, const std::string& help);

void add_program(CLI::App& app, const SharedOptions& options);
void add_network(CLI::App& app, const SharedOptions& options);
void add_compile(CLI::App& app, const SharedOptions& options);
void add_trace(CLI::App& app, const SharedOptions& options);
/// How a program is placed in time: --prefetch, --pair-times, --schedules.
void add_schedule(CLI::App& app, const SharedOptions& options);
void add_execution(CLI::App& app, const SharedOptions& options);
void add_seed(CLI::App& app, const SharedOptions& options);
void add_verify(CLI::App& app, const SharedOptions& options);
void add_output(CLI::App& app, const SharedOptions& options);
void add_html(CLI::App& app, const SharedOptions& options);

/// Merges flags, environment and configuration file into the options.
///
/// Throws: InputError that names the key and where its value stands.
void settle(CLI::App& app, Options& options);

/// The network of the options, sized for a program of `qubits` qubits.
Network network_for(const Options& options, std::uint32_t qubits);

/// Reads the program; warnings go to standard error unless quiet.
Circuit read_program(const Options& options);

/// Takes the placement that the options name, if any, for a program on a network; sites that it
/// leaves open are chosen, and standard error says so.
void read_placement_file(Options& options, const Circuit& circuit, const Network& network);
/// Writes the placement where the options say, if they do.
void write_placement_file(const Options& options, const Circuit& circuit, const Network& network,
                          const Compilation& compiled);

/// A distributed program from its JSON file or from a folder of per-QPU OpenQASM files.
DistributedProgram load_program(const std::string& path);
/// True when `path` names one of these rather than an OpenQASM program.
bool is_distributed(const std::string& path);

/// A bar or a line for each phase on standard error, when a person is watching.
Progress progress_for(const Options& options);
/// Wipes the line that progress_for() left.
void end_progress(const Options& options);

/// The content of a file. Throws: InputError that names it.
std::string read_file(const std::string& path);

/// Writes a whole file. Throws: ResourceError that names it.
void write_file(const std::string& path, const std::string& text);

}  // namespace carillon::cli
