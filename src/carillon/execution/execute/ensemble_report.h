// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "carillon/execution/execute/ensemble.h"
#include "carillon/execution/execute/merge.h"

namespace carillon {

/// An ensemble and what it gave, for those who show it.
struct EnsembleReport {
    std::span<const EnsembleEntry> entries;
    const EnsembleResult* result = nullptr;
    std::optional<Merged> merged;
    std::uint64_t seed = 0;
    std::uint64_t top = 0;  ///< outcomes shown; 0: a few in text, all in JSON
};

/// The report for a terminal: the merged distribution where there is one, the entries, what failed,
/// and who did the work. Ends in a newline.
std::string ensemble_text(const EnsembleReport& report);
/// The report as a JSON object (docs/reference/ensembles.md) that ends in a newline.
std::string ensemble_json(const EnsembleReport& report);

}  // namespace carillon
