// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "carillon/execution/execute/simulate.h"

namespace carillon {

using Counts = std::map<std::string, std::uint64_t>;

/// Runs shots in chunks spread over threads and adds up their counts.
///
/// Args:
///     threads: 0 means one per core.
///     grain: shots in a chunk.
///     chunk: runs the shots [begin, end) and counts them.
///     thread_start: called by every thread first, with its number.
/// Throws: what the first chunk that failed threw.
void run_shots(
    std::uint64_t shots, int threads, std::uint64_t grain,
    const std::function<void(std::uint64_t begin, std::uint64_t end, Counts& counts)>& chunk,
    Counts& counts, const std::function<void(int)>& thread_start = {});

/// The options of one of many shots: those of which several run at a time are
/// spread over threads alone, and the diary gets one span for all.
SimulateOptions options_of_shots(const SimulateOptions& options, bool parallel);

}  // namespace carillon
