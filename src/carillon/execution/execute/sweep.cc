// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/sweep.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>

#include "carillon/base/error.h"
#include "carillon/execution/execute/format.h"

namespace carillon {

namespace {

constexpr double kMostValues = 1e6, kMostCombinations = 1e7;

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// A number, or `pi`; nothing when it is neither.
std::optional<double> parse_factor(std::string_view text) {
    if (text == "pi") return std::numbers::pi;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Factors and divisors, such as `-3*pi/4`.
std::optional<double> parse_number(std::string_view text) {
    double sign = 1;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        if (text[0] == '-') sign = -1;
        text.remove_prefix(1);
    }
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) return std::nullopt;
    double value = sign;
    char before = '*';
    for (;;) {
        auto end = text.find_first_of("*/");
        const auto factor = parse_factor(text.substr(0, end));
        if (!factor || (before == '/' && *factor == 0)) return std::nullopt;
        value = before == '*' ? value * *factor : value / *factor;
        if (end == std::string_view::npos) return value;
        before = text[end];
        text.remove_prefix(end + 1);
    }
}

bool whole(std::string_view text) {
    return !text.empty() && text.find_first_not_of("+-0123456789") == std::string_view::npos;
}

/// 15 digits where they tell the number up to rounding of the steps, so that 3 * 0.1 is 0.3.
std::string number_text(double value) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 15);
    return {text, end.ptr};
}

std::vector<std::string> range_values(const std::string& text,
                                      const std::vector<std::string>& parts) {
    double number[3];
    for (int k = 0; k < 3; ++k) {
        const auto value = parse_number(parts[static_cast<std::size_t>(k)]);
        if (!value)
            throw InputError("--input " + text + ": \"" + parts[static_cast<std::size_t>(k)] +
                             "\" is no number; ranges are first:step:last, such as 0:0.1:1 or "
                             "0:pi/8:2*pi");
        number[k] = *value;
    }
    const auto [first, step, last] = number;
    if (step == 0 || (last - first) / step < 0)
        throw InputError("--input " + text + ": steps of " + parts[1] + " do not lead from " +
                         parts[0] + " to " + parts[2]);
    const double steps = std::floor((last - first) / step + 1e-9);
    if (!(steps < kMostValues))
        throw InputError("--input " + text + ": more than " +
                         format_count(static_cast<std::uint64_t>(kMostValues)) + " values");
    const bool integers = std::ranges::all_of(parts, whole);
    std::vector<std::string> values;
    for (double k = 0; k <= steps; ++k) {
        double value = first + k * step;
        if (std::abs(value) < 1e-12 * std::abs(step)) value = 0;  // what is left of 0
        values.push_back(integers ? std::to_string(std::llround(value)) : number_text(value));
    }
    return values;
}

}  // namespace

Sweep parse_sweep(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw InputError("--input " + text +
                         ": expected name=value, such as --input theta=0.5 or theta=0:0.1:1");
    Sweep sweep{text.substr(0, equals), {}};
    const std::string value = text.substr(equals + 1);
    if (value.find_first_of("{\"") != std::string::npos) {
        sweep.values = {value};
        return sweep;
    }
    const auto parts = split(value, ':');
    if (parts.size() == 3)
        sweep.values = range_values(text, parts);
    else if (parts.size() == 1)
        sweep.values = split(value, ',');
    else
        throw InputError("--input " + text + ": ranges are first:step:last, such as 0:0.1:1");
    if (std::ranges::find(sweep.values, "") != sweep.values.end())
        throw InputError("--input " + text + ": a value is missing");
    return sweep;
}

std::vector<std::map<std::string, std::string>> combinations(std::span<const Sweep> sweeps) {
    double number = 1;
    for (std::size_t k = 0; k < sweeps.size(); ++k) {
        number *= static_cast<double>(sweeps[k].values.size());
        for (std::size_t j = 0; j < k; ++j)
            if (sweeps[j].name == sweeps[k].name)
                throw InputError("--input " + sweeps[k].name + " is given twice");
    }
    if (number > kMostCombinations)
        throw InputError("the inputs have more than " +
                         format_count(static_cast<std::uint64_t>(kMostCombinations)) +
                         " combinations");
    std::vector<std::map<std::string, std::string>> all(1);
    for (const Sweep& sweep : sweeps) {
        std::vector<std::map<std::string, std::string>> longer;
        longer.reserve(all.size() * sweep.values.size());
        for (const auto& inputs : all)
            for (const std::string& value : sweep.values) {
                longer.push_back(inputs);
                longer.back()[sweep.name] = value;
            }
        all = std::move(longer);
    }
    return all;
}

}  // namespace carillon
