// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "carillon/workload/program/program.h"

namespace carillon::program_json {

/// read_program() of a document that is parsed already.
DistributedProgram read_document(const nlohmann::json& document, const std::string& file);

}  // namespace carillon::program_json
