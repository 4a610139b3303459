// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/interface/cli/options.h"
#include "carillon/resource/engine/safety.h"
#include "carillon/workload/program/program.h"

namespace carillon::cli {

/// Options on ranks that die: --checkpoint, --checkpoint-folder, --resume.
void add_safety(CLI::App& app, const SharedOptions& options);

/// Checks what the options ask of the ranks there are, shares the cores of a node among its ranks,
/// and makes the report of safety. Before the run, on all ranks.
///
/// Throws: InputError.
void prepare_ranks(Options& options);

/// Prints on standard output, once: by the lowest rank that lives.
void print_once(const Options& options, const std::string& text);

/// What dying ranks and checkpoints did, for people; empty when there is nothing to tell.
std::string safety_text(const engine::SafetyReport& report);

/// From rank 0 to the others, which wait for it.
void tell_program(host::Ranks& ranks, const DistributedProgram& program);
DistributedProgram hear_program(host::Ranks& ranks);

}  // namespace carillon::cli
