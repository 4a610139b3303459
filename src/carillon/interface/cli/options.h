// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "carillon/execution/execute/job.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"

namespace CLI {
class App;
}

namespace carillon::cli {

/// Options that several verbs share. Each add_...() puts one group on a verb; values come from
/// flags, then environment, then configuration file, then defaults.
struct Options {
    std::string program;              ///< OpenQASM file
    std::vector<std::string> inputs;  ///< name=value
    std::vector<std::string> include_paths;
    std::string network;
    std::string config;
    bool json = false;
    bool quiet = false;
    JobOptions job;
    std::string effort = "normal";
    std::string precision = "double";
    std::string max_memory;
    std::string html;
    std::string save;  ///< distributed program as JSON
};
using SharedOptions = std::shared_ptr<Options>;

void add_program(CLI::App& app, const SharedOptions& options);
void add_network(CLI::App& app, const SharedOptions& options);
void add_compile(CLI::App& app, const SharedOptions& options);
void add_execution(CLI::App& app, const SharedOptions& options);
void add_seed(CLI::App& app, const SharedOptions& options);
void add_output(CLI::App& app, const SharedOptions& options);
void add_html(CLI::App& app, const SharedOptions& options);

/// Fills what no flag gave from configuration file and environment, and checks the values.
void settle(CLI::App& app, Options& options);

/// Reads the program; warnings go to standard error unless quiet.
Circuit read_program(const Options& options);

/// A bar or a line for each phase on standard error, when a person is watching.
Progress progress_for(const Options& options);
/// Wipes the line that progress_for() left.
void end_progress(const Options& options);

/// The content of a file. Throws: InputError that names it.
std::string read_file(const std::string& path);

/// Writes a whole file. Throws: ResourceError that names it.
void write_file(const std::string& path, const std::string& text);

/// "4GiB", "512 MB", "1000000" in bytes. Throws: InputError.
std::uint64_t parse_bytes(const std::string& text);

}  // namespace carillon::cli
