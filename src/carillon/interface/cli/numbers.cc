// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/numbers.h"

#include <charconv>

namespace carillon::cli {
namespace {

/// The number that the whole text says, if it is one of this type.
template <class Number>
bool read_number(const std::string& text, Number& number) {
    const char* end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, number);
    return fault == std::errc() && rest == end;
}

std::string refusal(const std::string& what, const std::string& text) {
    return "expected " + what + ", got '" + text + "'";
}

}  // namespace

CLI::Validator number_above(double least, const std::string& what, double most) {
    return CLI::Validator(
        [=](const std::string& text) {
            double number = 0;
            const bool good = read_number(text, number) && number > least && number <= most;
            return good ? std::string() : refusal(what, text);
        },
        "");
}

CLI::Validator whole_from(std::uint32_t least, const std::string& what) {
    return CLI::Validator(
        [=](const std::string& text) {
            std::uint32_t number = 0;
            const bool good = read_number(text, number) && number >= least;
            return good ? std::string() : refusal(what, text);
        },
        "");
}

}  // namespace carillon::cli
