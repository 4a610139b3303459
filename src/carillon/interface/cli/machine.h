// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "carillon/interface/cli/options.h"
#include "carillon/resource/host/group.h"
#include "carillon/resource/host/metrics.h"

namespace carillon::cli {

/// Options on what the machine does for a run: --bind, --huge-pages, --lock-memory, --metrics,
/// --trace-ranks.
void add_machine(CLI::App& app, const SharedOptions& options);

/// A run on this machine, as the options ask: its process bound, its memory asked for, its diary
/// kept. It must live as long as the run.
class MachineUse {
  public:
    /// Makes the job's threads and memory follow.
    ///
    /// Throws: InputError when this machine cannot give what is asked.
    MachineUse(host::Ranks& ranks, Options& options);

    std::optional<host::BindReport> binding() const;
    /// What the run took, when asked for; writes the files that the options name. All ranks call
    /// it, after the run.
    ///
    /// Args:
    ///     state_bytes: of the largest state that this rank held.
    std::optional<host::RunMetrics> metrics(std::uint64_t state_bytes);

  private:
    host::Ranks& ranks_;
    const Options& options_;
    host::RankTrace trace_;
    std::unique_ptr<host::Binding> binding_;
};

}  // namespace carillon::cli
