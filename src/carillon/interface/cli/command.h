// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}
namespace carillon::host {
class Ranks;
}

namespace carillon::cli {

/// What `carillon help VERB` says; kept as data so that documents and tests read it too.
struct CommandHelp {
    std::string_view name;
    std::string_view summary;                ///< one line
    std::string_view details;                ///< a paragraph or two
    std::vector<std::string_view> examples;  ///< runnable command lines
};

/// One verb of the command line.
struct Command {
    CommandHelp help;
    /// Adds options to `app` and gives what to do after parsing; it returns the exit code.
    std::function<std::function<int()>(CLI::App& app)> install;
    /// Every rank does it, its part of the work each; else rank 0 does it alone.
    bool over_ranks = false;
};

/// All verbs in the order of the help page.
///
/// Args:
///     ranks: what those that work over ranks work over; nullptr where only their help matters.
std::vector<Command> commands(host::Ranks* ranks = nullptr);

Command run_command(host::Ranks* ranks);
Command compile_command();
Command validate_command();
Command estimate_command();
Command score_command();
Command simulate_command(host::Ranks* ranks);
Command ensemble_command(host::Ranks* ranks);
Command evolve_command(host::Ranks* ranks);
Command network_command();
Command doctor_command();
Command completion_command();

}  // namespace carillon::cli
