// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/generator_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"

namespace carillon {

namespace {

constexpr std::size_t kLongest = 4096;  // characters of a generator string

/// Calls f(part, offset) for each part of text between separators.
template <class F>
void split(std::string_view text, char separator, F f) {
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = text.find(separator, begin);
        if (end == std::string_view::npos) return f(text.substr(begin), begin);
        f(text.substr(begin, end - begin), begin);
        begin = end + 1;
    }
}

}  // namespace

GeneratorText::GeneratorText(std::string_view text) : text_(text) {
    if (text.size() > kLongest) {
        text_ = text.substr(0, 40);
        fail_at(0, fmt::format("longer than {} characters", kLongest));
    }
    const std::size_t colon = text.find(':');
    shape_ = text.substr(0, colon);
    if (colon == std::string_view::npos) return;
    split(text.substr(colon + 1), ',', [&](std::string_view part, std::size_t offset) {
        const std::size_t at = colon + 1 + offset;
        const std::size_t equals = part.find('=');
        Item item;
        item.key = part.substr(0, equals);
        item.key_at = item.value_at = at;
        if (equals != std::string_view::npos) {
            item.has_value = true;
            item.value = part.substr(equals + 1);
            item.value_at = at + equals + 1;
        }
        if (item.key.empty()) fail_at(at, "a key=value is missing here");
        for (const Item& other : items_) {
            if (other.key == item.key) fail_at(at, fmt::format("\"{}\" is given twice", item.key));
        }
        items_.push_back(item);
    });
}

void GeneratorText::fail_at(std::size_t offset, const std::string& message) const {
    throw InputError(fmt::format("network \"{}\": column {}: {}", text_, offset + 1, message));
}

void GeneratorText::fail(std::string_view key, const std::string& message) const {
    for (const Item& item : items_) {
        if (item.key == key) fail_at(item.value_at, message);
    }
    fail_at(key.empty() ? 0 : text_.size(), message);
}

GeneratorText::Item* GeneratorText::take(std::string_view key) {
    for (Item& item : items_) {
        if (item.key != key) continue;
        item.used = true;
        return &item;
    }
    return nullptr;
}

GeneratorText::Item* GeneratorText::take_value(std::string_view key) {
    Item* item = take(key);
    if (item && !item->has_value)
        fail_at(item->key_at, fmt::format("{} needs a value: {}=...", key, key));
    return item;
}

std::uint64_t GeneratorText::number(std::string_view digits, std::size_t at, std::string_view what,
                                    std::uint64_t least, std::uint64_t most) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool good = error == std::errc() && end == digits.data() + digits.size();
    if (!good || value < least || value > most) {
        fail_at(at, fmt::format("{} must be a whole number from {} to {}, got \"{}\"", what, least,
                                most, digits));
    }
    return value;
}

std::vector<std::uint32_t> GeneratorText::parts(const Item& item, char separator,
                                                std::uint32_t least, std::uint32_t most) const {
    const std::string_view list = item.has_value ? item.value : item.key;
    const std::string_view what = item.has_value ? item.key : std::string_view("the size");
    std::vector<std::uint32_t> values;
    split(list, separator, [&](std::string_view part, std::size_t offset) {
        const auto value = number(part, item.value_at + offset, what, least, most);
        values.push_back(static_cast<std::uint32_t>(value));
    });
    return values;
}

namespace {
constexpr std::uint32_t kMostExtent = 1u << 20;
}

std::vector<std::uint32_t> GeneratorText::size(std::size_t least, std::size_t most,
                                               std::string_view example) {
    if (items_.empty() || items_[0].has_value) {
        fail_at(items_.empty() ? text_.size() : items_[0].key_at,
                fmt::format("{} needs a size, e.g. {}", shape_, example));
    }
    items_[0].used = true;
    auto values = parts(items_[0], 'x', 1, kMostExtent);
    if (values.size() < least || values.size() > most) {
        fail_at(items_[0].key_at, fmt::format("the size of {} must read like {}, got \"{}\"",
                                              shape_, example, items_[0].key));
    }
    return values;
}

std::vector<std::uint32_t> GeneratorText::extents(std::string_view key, std::size_t least,
                                                  std::size_t most, std::string_view example) {
    const Item* item = take_value(key);
    if (!item) return {};
    auto values = parts(*item, 'x', 1, kMostExtent);
    if (values.size() < least || values.size() > most) {
        fail_at(item->value_at,
                fmt::format("{} must read like {}, got \"{}\"", key, example, item->value));
    }
    return values;
}

bool GeneratorText::flag(std::string_view key) {
    const Item* item = take(key);
    if (item && item->has_value) fail_at(item->value_at, fmt::format("{} takes no value", key));
    return item != nullptr;
}

std::optional<std::uint32_t> GeneratorText::whole(std::string_view key, std::uint32_t least,
                                                  std::uint32_t most) {
    const Item* item = take_value(key);
    if (!item) return std::nullopt;
    return static_cast<std::uint32_t>(number(item->value, item->value_at, key, least, most));
}

std::optional<std::uint64_t> GeneratorText::seed(std::string_view key) {
    const Item* item = take_value(key);
    if (!item) return std::nullopt;
    return number(item->value, item->value_at, key, 0, std::numeric_limits<std::uint64_t>::max());
}

std::vector<std::uint32_t> GeneratorText::wholes(std::string_view key, std::uint32_t least,
                                                 std::uint32_t most) {
    const Item* item = take_value(key);
    return item ? parts(*item, '+', least, most) : std::vector<std::uint32_t>{};
}

std::optional<double> GeneratorText::real(std::string_view key, double least, double most) {
    const Item* item = take_value(key);
    if (!item) return std::nullopt;
    double value = 0;
    const char* last = item->value.data() + item->value.size();
    const auto [end, error] = std::from_chars(item->value.data(), last, value);
    // Not-a-number compares false with everything and is turned down as well.
    const bool good = error == std::errc() && end == last && value >= least && value <= most;
    if (!good) {
        const std::string range = most == std::numeric_limits<double>::max()
                                      ? fmt::format(">= {}", least)
                                      : fmt::format("from {} to {}", least, most);
        fail_at(item->value_at,
                fmt::format("{} must be a number {}, got \"{}\"", key, range, item->value));
    }
    return value;
}

std::optional<double> GeneratorText::capped(std::string_view key, double most) {
    const auto value = real(key, 0, std::numeric_limits<double>::max());
    if (value && *value > most)
        fail(key, fmt::format("{} must be at most {:g}, got {:g}", key, most, *value));
    return value;
}

std::optional<std::string_view> GeneratorText::choice(std::string_view key,
                                                      std::span<const std::string_view> choices) {
    const Item* item = take_value(key);
    if (!item) return std::nullopt;
    const auto it = std::find(choices.begin(), choices.end(), item->value);
    if (it == choices.end()) {
        fail_at(item->value_at, fmt::format("unknown {} \"{}\"{}", key, item->value,
                                            suggestion(item->value, choices)));
    }
    return *it;
}

std::vector<std::string> GeneratorText::words(std::string_view key) {
    const Item* item = take_value(key);
    if (!item) return {};
    auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; };
    auto later = [&](char c) { return letter(c) || std::isdigit(static_cast<unsigned char>(c)); };
    std::vector<std::string> list;
    split(item->value, '+', [&](std::string_view word, std::size_t offset) {
        if (word.empty() || !letter(word[0]) || !std::all_of(word.begin(), word.end(), later)) {
            fail_at(
                item->value_at + offset,
                fmt::format("{} must be names joined by +, e.g. cx+rz+sx, got \"{}\"", key, word));
        }
        list.emplace_back(word);
    });
    return list;
}

void GeneratorText::finish(std::span<const GeneratorKey> known) const {
    for (const Item& item : items_) {
        if (item.used) continue;
        std::vector<std::string_view> names;
        for (const GeneratorKey& key : known) names.push_back(key.name);
        if (std::find(names.begin(), names.end(), item.key) != names.end()) {
            fail_at(item.key_at, fmt::format("\"{}\" does not apply to {}", item.key, shape_));
        }
        fail_at(item.key_at,
                fmt::format("unknown key \"{}\"{}", item.key, suggestion(item.key, names)));
    }
}

}  // namespace carillon
