// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/error.h"

#include <utility>

namespace carillon {

namespace {

std::string headed(const SourcePosition& position, const std::string& message) {
    if (!position.known()) return position.file.empty() ? message : position.file + ": " + message;
    return position.file + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column) + ": " + message;
}

}  // namespace

InputError::InputError(SourcePosition position, const std::string& message)
    : Error(headed(position, message)), position_(std::move(position)) {}

}  // namespace carillon
