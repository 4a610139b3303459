// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/json_names.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace carillon::program_json {

namespace {

constexpr std::array<std::string_view, 5> kTypes = {"bool", "int", "uint", "float", "angle"};

constexpr std::array<std::string_view, 37> kOperators = {
    "",    "neg", "!",    "~",     "sin",  "cos",      "tan", "asin", "acos", "atan",
    "exp", "log", "sqrt", "floor", "ceil", "popcount", "+",   "-",    "*",    "/",
    "%",   "**",  "&",    "|",     "^",    "<<",       ">>",  "&&",   "||",   "==",
    "!=",  "<",   "<=",   ">",     ">=",   "rotl",     "rotr"};
static_assert(static_cast<std::size_t>(ExprOp::kRotr) == kOperators.size() - 1);

constexpr std::array<std::string_view, 5> kPurposes = {"telegate", "teledata", "ghz", "swapping",
                                                       "purification"};

constexpr std::array<std::string_view, 2> kTransferPurposes = {"copy", "move"};

std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

}  // namespace

std::span<const std::string_view> type_names() {
    return kTypes;
}

std::span<const std::string_view> operator_names() {
    return kOperators;
}

std::span<const std::string_view> purpose_names() {
    return kPurposes;
}

std::span<const std::string_view> transfer_purpose_names() {
    return kTransferPurposes;
}

std::optional<std::size_t> find_name(std::span<const std::string_view> names,
                                     std::string_view name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end() || name.empty()) return std::nullopt;
    return static_cast<std::size_t>(it - names.begin());
}

BitNames::BitNames(std::span<const BitRegister> registers, std::uint32_t source_bits)
    : source_bits_(source_bits) {
    std::set<std::string> twice;
    for (const BitRegister& r : registers)
        if (!by_name_.try_emplace(r.name, Range{r.first.value, r.size}).second)
            twice.insert(r.name);
    for (const std::string& name : twice) by_name_.erase(name);
    for (const auto& [name, range] : by_name_) by_first_.try_emplace(range.first, name);
}

std::optional<std::string> BitNames::name(BitId bit) const {
    if (bit.value >= source_bits_) return "m" + std::to_string(bit.value - source_bits_);
    auto it = by_first_.upper_bound(bit.value);
    if (it == by_first_.begin()) return std::nullopt;
    --it;
    const std::uint32_t index = bit.value - it->first;
    if (index >= by_name_.find(it->second)->second.size) return std::nullopt;
    return it->second + "[" + std::to_string(index) + "]";
}

std::optional<BitId> BitNames::find(std::string_view name) const {
    if (name.ends_with(']')) {
        const std::size_t open = name.rfind('[');
        if (open == std::string_view::npos) return std::nullopt;
        const auto range = by_name_.find(name.substr(0, open));
        const auto index = parse_number(name.substr(open + 1, name.size() - open - 2));
        if (range == by_name_.end() || !index || *index >= range->second.size) return std::nullopt;
        return BitId{range->second.first + *index};
    }
    if (!name.starts_with('m')) return std::nullopt;
    const auto index = parse_number(name.substr(1));
    if (!index || *index >= BitId::kNone - source_bits_) return std::nullopt;
    return BitId{source_bits_ + *index};
}

}  // namespace carillon::program_json
