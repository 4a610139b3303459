// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carillon {

/// "1.91 µs", "12 ns", "3.4 s": three significant digits in the unit that fits.
std::string format_duration(double ns);
/// "1.5 MiB".
std::string format_bytes(std::uint64_t bytes);
/// "12 345 678" with thin groups of three digits separated by `separator`.
std::string format_count(std::uint64_t n, std::string_view separator = ",");
/// "0.9731", or "10^-1203.4" when it is too small to print, from the natural logarithm.
std::string format_probability(double log_value);
/// "1 pair", "2 pairs".
std::string format_plural(std::uint64_t n, std::string_view noun);

/// "8 gates (7 on two qubits, 1 on more)".
std::string format_gates(std::uint64_t gates, std::uint64_t on_two, std::uint64_t on_more);

/// Control characters (terminal escapes among them) replaced by '?'.
std::string printable(std::string_view text);
/// Text as it may stand in HTML and in attribute values.
std::string escape_html(std::string_view text);

}  // namespace carillon
