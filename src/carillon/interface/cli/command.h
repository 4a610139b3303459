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
};

/// All verbs in the order of the help page.
const std::vector<Command>& commands();

Command run_command();
Command compile_command();
Command validate_command();
Command estimate_command();
Command score_command();
Command simulate_command();
/// Args:
///     ranks: that this process was started among, if any; all of them run it.
Command ensemble_command(host::Ranks* ranks = nullptr);
Command network_command();
Command doctor_command();
Command completion_command();

}  // namespace carillon::cli
