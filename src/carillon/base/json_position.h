// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "carillon/base/error.h"

namespace carillon {

/// One step into a JSON text: a key of an object or an index of an array.
using JsonStep = std::variant<std::string, std::size_t>;

/// Line and column (in characters, from 1) of an offset in a text.
SourcePosition position_at(std::string_view text, std::size_t offset, const std::string& file);

/// Throws InputError where brackets are nested deeper than `most`. The text need not be valid.
void check_depth(std::string_view text, std::size_t most, const std::string& file);

/// Throws InputError at the second of two equal keys of one object. The text must be valid JSON.
void check_duplicate_keys(std::string_view text, const std::string& file);

/// Offset of the value that the steps lead to (of its key when `at_key` and the last step is one)
/// in a valid JSON text.
std::size_t locate(std::string_view text, const std::vector<JsonStep>& steps, bool at_key);

}  // namespace carillon
