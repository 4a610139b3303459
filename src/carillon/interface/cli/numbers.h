// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>

namespace carillon::cli {

/// Accepts finite numbers above `least` and up to `most`; says `expected WHAT, got 'x'` of others.
CLI::Validator number_above(double least, const std::string& what,
                            double most = std::numeric_limits<double>::max());

/// Accepts whole numbers from `least` to 4294967295.
CLI::Validator whole_from(std::uint32_t least, const std::string& what);

}  // namespace carillon::cli
