// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "carillon/interface/cli/options.h"

namespace carillon::host {
class Ranks;
}

namespace carillon::cli {

/// --processes and what belongs to it.
void add_processes(CLI::App& app, const SharedOptions& options);

/// Does `work` on rank 0 while all other ranks run what it gives them to run.
///
/// Returns: what it returned; 0 on the other ranks.
int with_processes(host::Ranks& ranks, const std::function<int()>& work);

/// Makes sure that there are ranks enough to control so many QPUs: this process, when it was
/// started alone, becomes mpirun, which starts this command again on as many ranks as it needs.
///
/// Args:
///     what: heads messages, e.g. "ghz.qasm on ring:4".
/// Throws: InputError that says how many ranks are needed; ResourceError without mpirun.
void need_processes(const host::Ranks& ranks, std::size_t qpus, const std::string& what,
                    const Options& options);

}  // namespace carillon::cli
