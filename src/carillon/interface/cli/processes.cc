// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/processes.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "carillon/base/error.h"
#include "carillon/execution/execute/process_mode.h"
#include "carillon/interface/cli/numbers.h"
#include "carillon/resource/host/launch.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::cli {

namespace {

/// The arguments that this process was started with.
std::vector<std::string> own_arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> arguments;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\0', at), text.size());
        arguments.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return arguments;
}

std::string own_path() {
    std::string path(4096, '\0');
    const auto size = readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0)
        throw ResourceError("/proc/self/exe cannot be read: " + std::string(std::strerror(errno)));
    path.resize(static_cast<std::size_t>(size));
    return path;
}

/// What Open MPI asks for to start more processes than cores, and as root in a container. Other
/// launchers do not look at it.
void allow_what_was_asked_for() {
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
    setenv("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", 0);
    if (geteuid() != 0) return;
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
}

/// Becomes mpirun. Returns only by an exception.
[[noreturn]] void start_again(std::size_t ranks, bool quiet) {
    std::vector<std::string> command{"mpirun", "-n", std::to_string(ranks), own_path()};
    const std::vector<std::string> own = own_arguments();
    if (own.size() > 1) command.insert(command.end(), own.begin() + 1, own.end());
    if (!quiet) std::cerr << "carillon: starting " << ranks << " processes with mpirun\n";
    allow_what_was_asked_for();
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    if (errno == ENOENT)
        throw ResourceError(
            "--processes starts a process for every QPU with mpirun, which is not there; install "
            "Open MPI (Debian: openmpi-bin), or start carillon with another launcher on " +
            std::to_string(ranks) + " ranks");
    throw ResourceError("mpirun cannot be started: " + std::string(std::strerror(errno)));
}

}  // namespace

void add_processes(CLI::App& app, const SharedOptions& o) {
    app.add_flag("--processes", o->processes,
                 "run every QPU as a process of its own that sends real bits to the others; "
                 "started alone, carillon starts them with mpirun");
    app.add_option("--qubit-ranks", o->qubit_ranks,
                   "processes that hold the qubits, where carillon starts them: 1, 2, 4 ...")
        ->type_name("N")
        ->check(whole_from(1, "a power of two"))
        ->capture_default_str();
}

int with_processes(host::Ranks& ranks, const std::function<int()>& work) {
    if (ranks.rank() != 0) {
        join_processes(ranks);
        return 0;
    }
    const ProcessCrew crew(ranks);
    return work();
}

void need_processes(const host::Ranks& ranks, std::size_t qpus, const std::string& what,
                    const Options& options) {
    const host::Launch launch =
        host::launch_from([](const char* name) -> const char* { return std::getenv(name); });
    if (ranks.size() > 1 || !launch.by.empty()) return check_ranks(ranks.size(), qpus, what);
    const std::size_t wanted = qpus + options.qubit_ranks;
    check_ranks(static_cast<int>(wanted), qpus, what);
    start_again(wanted, options.quiet);
}

}  // namespace carillon::cli
