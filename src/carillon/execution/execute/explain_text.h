// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "carillon/resource/engine/passes/explain.h"

namespace carillon {

/// A table of the passes over the state: what each did, how much arithmetic and traffic that is,
/// and the predicted and measured time. Ends with a line of sums.
std::string explain_text(std::span<const engine::passes::PassRecord> records);

/// The same as a JSON array of objects.
std::string explain_json(std::span<const engine::passes::PassRecord> records);

}  // namespace carillon
