// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace carillon {

/// The known name nearest to a mistyped one (fewest insertions, deletions, replacements and swaps
/// of neighbours), or "" when none is near: more than a third of the name's letters, at least one,
/// would have to change. Upper and lower case count as equal.
std::string_view closest_name(std::string_view name, std::span<const std::string_view> known);

/// `; did you mean "seed"?`, or, when none is near, `; known: seed, shots`, to end a message with.
std::string suggestion(std::string_view name, std::span<const std::string_view> known);

}  // namespace carillon
