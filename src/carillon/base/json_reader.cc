// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "carillon/base/json_position.h"
#include "carillon/base/suggest.h"

namespace carillon {

using Json = nlohmann::json;

struct JsonDocument::State {
    std::string text, file;
    Json root;
};

namespace {

constexpr std::size_t kMostLevels = 200;

/// What nlohmann says, without its head: "syntax error while parsing ...".
std::string reason(const Json::parse_error& error) {
    const std::string what = error.what();
    const std::size_t column = what.find("column ");
    const std::size_t colon = what.find(": ", column == std::string::npos ? 0 : column);
    return colon == std::string::npos ? what : what.substr(colon + 2);
}

/// Steps from `from` to the node at `target`; false when it is not below `from`.
bool find_steps(const Json& from, const Json* target, std::vector<JsonStep>& steps) {
    if (&from == target) return true;
    if (from.is_object()) {
        for (auto it = from.begin(); it != from.end(); ++it) {
            steps.emplace_back(it.key());
            if (find_steps(it.value(), target, steps)) return true;
            steps.pop_back();
        }
    } else if (from.is_array()) {
        for (std::size_t i = 0; i < from.size(); ++i) {
            steps.emplace_back(i);
            if (find_steps(from[i], target, steps)) return true;
            steps.pop_back();
        }
    }
    return false;
}

std::string path_of(const std::vector<JsonStep>& steps) {
    std::string path;
    for (const JsonStep& step : steps) {
        if (const auto* key = std::get_if<std::string>(&step)) {
            if (!path.empty()) path += '.';
            path += *key;
        } else {
            path += fmt::format("[{}]", std::get<std::size_t>(step));
        }
    }
    return path;
}

[[noreturn]] void fail_at(const std::string& text, const std::string& file,
                          const std::vector<JsonStep>& steps, bool at_key,
                          const std::string& message) {
    std::string path = path_of(steps);
    if (!path.empty()) path += ": ";
    throw InputError(position_at(text, locate(text, steps, at_key), file), path + message);
}

}  // namespace

JsonDocument::JsonDocument(std::string_view text, std::string file)
    : state_(std::make_unique<State>()) {
    state_->text = text;
    state_->file = file.empty() ? "JSON" : std::move(file);
    check_depth(state_->text, kMostLevels, state_->file);
    try {
        state_->root = Json::parse(state_->text);
    } catch (const Json::parse_error& error) {
        const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
        throw InputError(position_at(state_->text, offset, state_->file), reason(error));
    } catch (const Json::out_of_range& error) {  // says: number overflow parsing '1e999'
        const std::string_view what = error.what();
        const std::size_t quote = what.find('\'');
        const std::string number(what.substr(std::min(quote, what.size() - 1) + 1));
        const std::string digits = number.substr(0, number.find('\''));
        throw InputError(position_at(state_->text, state_->text.find(digits), state_->file),
                         "the number " + digits + " is too large");
    }
    check_duplicate_keys(state_->text, state_->file);
}

JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

JsonValue JsonDocument::root() const {
    return {state_.get(), &state_->root};
}

bool JsonValue::is_object() const {
    return json_->is_object();
}
bool JsonValue::is_array() const {
    return json_->is_array();
}
bool JsonValue::is_string() const {
    return json_->is_string();
}
bool JsonValue::is_number() const {
    return json_->is_number();
}

void JsonValue::allow_keys(std::span<const std::string_view> known) const {
    if (!json_->is_object()) fail_type("an object");
    for (auto it = json_->begin(); it != json_->end(); ++it) {
        if (std::find(known.begin(), known.end(), it.key()) != known.end()) continue;
        std::vector<JsonStep> steps;
        find_steps(document_->root, json_, steps);
        const std::string path = path_of(steps);
        steps.emplace_back(it.key());
        const std::size_t offset = locate(document_->text, steps, true);
        throw InputError(position_at(document_->text, offset, document_->file),
                         fmt::format("{}{}unknown key \"{}\"{}", path, path.empty() ? "" : ": ",
                                     it.key(), suggestion(it.key(), known)));
    }
}

void JsonValue::allow_keys(std::initializer_list<std::string_view> known) const {
    allow_keys(std::span(known.begin(), known.size()));
}

JsonValue JsonValue::at(std::string_view key) const {
    if (const auto value = find(key)) return *value;
    fail(fmt::format("key \"{}\" is missing", key));
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
    if (!json_->is_object()) fail_type("an object");
    const auto it = json_->find(key);
    if (it == json_->end()) return std::nullopt;
    return JsonValue{document_, &*it};
}

std::vector<std::pair<std::string_view, JsonValue>> JsonValue::members() const {
    if (!json_->is_object()) fail_type("an object");
    std::vector<std::pair<std::string_view, JsonValue>> list;
    for (const auto& [key, value] : json_->get_ref<const Json::object_t&>()) {
        list.emplace_back(key, JsonValue{document_, &value});
    }
    return list;
}

std::size_t JsonValue::size() const {
    if (!json_->is_array()) fail_type("an array");
    return json_->size();
}

JsonValue JsonValue::operator[](std::size_t index) const {
    if (index >= size()) fail(fmt::format("has no element {}", index));
    return {document_, &(*json_)[index]};
}

bool JsonValue::boolean() const {
    if (!json_->is_boolean()) fail_type("true or false");
    return json_->get<bool>();
}

const std::string& JsonValue::text() const {
    if (!json_->is_string()) fail_type("a string");
    return json_->get_ref<const std::string&>();
}

double JsonValue::real(double least, double most) const {
    std::string wanted = "a number";
    const bool below = least > std::numeric_limits<double>::lowest();
    const bool above = most < std::numeric_limits<double>::max();
    if (below && above) wanted += fmt::format(" from {} to {}", least, most);
    if (below && !above) wanted += fmt::format(" >= {}", least);
    if (!below && above) wanted += fmt::format(" <= {}", most);
    if (!json_->is_number()) fail_type(wanted);
    const double value = json_->get<double>();
    if (!std::isfinite(value) || value < least || value > most) fail_type(wanted);
    return value;
}

std::uint64_t JsonValue::whole(std::uint64_t least, std::uint64_t most) const {
    const bool bounded = most < std::numeric_limits<std::uint64_t>::max();
    const std::string wanted = bounded ? fmt::format("a whole number from {} to {}", least, most)
                                       : fmt::format("a whole number >= {}", least);
    std::uint64_t value = 0;
    if (json_->is_number_unsigned()) {
        value = json_->get<std::uint64_t>();
    } else if (json_->is_number_float()) {
        constexpr double kExact = 9007199254740992.0;  // 2^53: whole doubles are exact below
        const double number = json_->get<double>();
        if (!(number >= 0 && number <= kExact) || number != std::floor(number)) fail_type(wanted);
        value = static_cast<std::uint64_t>(number);
    } else {
        fail_type(wanted);
    }
    if (value < least || value > most) fail_type(wanted);
    return value;
}

std::int64_t JsonValue::integer(std::int64_t least, std::int64_t most) const {
    const std::string wanted = fmt::format("a whole number from {} to {}", least, most);
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!json_->is_number_integer()) fail_type(wanted);
    if (json_->is_number_unsigned() && json_->get<std::uint64_t>() > kLargest) fail_type(wanted);
    const auto value = json_->get<std::int64_t>();
    if (value < least || value > most) fail_type(wanted);
    return value;
}

std::size_t JsonValue::choice(std::span<const std::string_view> choices) const {
    const std::string& word = text();
    const auto it = std::find(choices.begin(), choices.end(), word);
    if (it == choices.end())
        fail(fmt::format("unknown value {}{}", shown(), suggestion(word, choices)));
    return static_cast<std::size_t>(it - choices.begin());
}

std::string JsonValue::shown() const {
    if (json_->is_object()) return "an object";
    if (json_->is_array()) return "an array";
    std::string words = json_->dump();
    constexpr std::size_t kLongest = 60;
    if (words.size() > kLongest) {
        std::size_t end = kLongest;
        while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xc0) == 0x80) --end;  // UTF-8
        words = words.substr(0, end) + "...";
    }
    return words;
}

std::string JsonValue::path() const {
    std::vector<JsonStep> steps;
    find_steps(document_->root, json_, steps);
    return path_of(steps);
}

SourcePosition JsonValue::position() const {
    std::vector<JsonStep> steps;
    find_steps(document_->root, json_, steps);
    return position_at(document_->text, locate(document_->text, steps, false), document_->file);
}

void JsonValue::fail(const std::string& message) const {
    std::vector<JsonStep> steps;
    find_steps(document_->root, json_, steps);
    fail_at(document_->text, document_->file, steps, false, message);
}

void JsonValue::fail_key(std::string_view key, const std::string& message) const {
    std::vector<JsonStep> steps;
    find_steps(document_->root, json_, steps);
    steps.emplace_back(std::string(key));
    fail_at(document_->text, document_->file, steps, true, message);
}

void JsonValue::fail_type(const std::string& wanted) const {
    fail(fmt::format("must be {}, got {}", wanted, shown()));
}

std::string read_text_file(const std::string& path) {
    if (std::filesystem::is_directory(path))
        throw ResourceError("cannot read " + path + ": a folder");
    std::ifstream in(path, std::ios::binary);
    if (!in) throw ResourceError("cannot read " + path);
    std::ostringstream text;
    text << in.rdbuf();
    if (in.bad()) throw ResourceError("cannot read " + path);
    return text.str();
}

}  // namespace carillon
