// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace carillon::cli {

/// The program: reads the command line, runs the subcommand, prints errors.
///
/// Returns: exit code 0 (done), 1 (failed), 2 (bad input).
int run(int argc, char** argv);

}  // namespace carillon::cli
