// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/execution/execute/ensemble.h"
#include "carillon/execution/execute/sweep.h"

namespace carillon {

/// Entries of one program: every combination of the values of its inputs, each with these shots.
/// Labels name the inputs that take several values; seeds are left to number_seeds().
std::vector<EnsembleEntry> entries_of(const std::string& program, std::span<const Sweep> sweeps,
                                      std::uint64_t shots);

/// Reads a list of programs, one a line: a file (in quotation marks when it has spaces), then
/// `--shots N` and `--input NAME=VALUES` as on the command line. `#` starts a comment.
///
/// Args:
///     file: the list's name in errors; programs are looked for beside it.
///     sweeps: of every program, before those of its line, which come instead where they have the
///         same name.
///     shots: of lines that do not tell.
/// Throws: InputError with line and column, also when the list has no entry.
std::vector<EnsembleEntry> parse_list(std::string_view text, const std::string& file,
                                      std::span<const Sweep> sweeps, std::uint64_t shots);

/// Gives every entry its seed (entry_seed).
void number_seeds(std::span<EnsembleEntry> entries, std::uint64_t seed);

}  // namespace carillon
