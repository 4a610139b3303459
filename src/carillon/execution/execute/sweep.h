// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace carillon {

/// An input of a program and the values it takes in turn.
struct Sweep {
    std::string name;
    std::vector<std::string> values;  ///< as OpenQASM text
};

/// Reads `name=value`, `name=first:step:last` (last included when a step reaches it) or
/// `name=value,value,...`. Bounds and steps are numbers, which may have a factor or divisor pi:
/// `0:pi/8:2*pi`. A value with a brace or a quotation mark is one value.
///
/// Throws: InputError when it is none of these, a step does not lead to the end, or there are more
/// than a million values.
Sweep parse_sweep(const std::string& text);

/// Every combination of values, the last sweep the fastest.
///
/// Throws: InputError when a name comes twice or there are more than ten million combinations.
std::vector<std::map<std::string, std::string>> combinations(std::span<const Sweep> sweeps);

}  // namespace carillon
