// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carillon/base/error.h"

namespace carillon {

class JsonValue;

/// A JSON text read strictly: malformed text, a key given twice in one object, and nesting beyond
/// 200 levels are InputErrors with line and column.
class JsonDocument {
  public:
    /// Args:
    ///     text: the JSON.
    ///     file: heads error messages; "" for none.
    JsonDocument(std::string_view text, std::string file);
    ~JsonDocument();
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;

    JsonValue root() const;

  private:
    friend class JsonValue;
    struct State;
    std::unique_ptr<State> state_;
};

/// A value in a JsonDocument, which must outlive it and stay where it is. Whoever asks for a type
/// or range that the value does not have gets an InputError such as `net.json:14:22:
/// links[3].length_km: must be a number >= 0, got "far"`.
class JsonValue {
  public:
    bool is_object() const;
    bool is_array() const;
    bool is_string() const;
    bool is_number() const;

    /// Refuses anything but an object that has no keys beyond `known`.
    void allow_keys(std::span<const std::string_view> known) const;
    void allow_keys(std::initializer_list<std::string_view> known) const;
    /// The value of a key that must be there.
    JsonValue at(std::string_view key) const;
    std::optional<JsonValue> find(std::string_view key) const;
    /// Keys in alphabetical order, with their values.
    std::vector<std::pair<std::string_view, JsonValue>> members() const;

    /// Elements of an array.
    std::size_t size() const;
    JsonValue operator[](std::size_t index) const;

    bool boolean() const;
    const std::string& text() const;
    /// A finite number with least <= number <= most.
    double real(double least = std::numeric_limits<double>::lowest(),
                double most = std::numeric_limits<double>::max()) const;
    /// A whole number with least <= number <= most; 1e6 counts as one.
    std::uint64_t whole(std::uint64_t least = 0,
                        std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
    /// A whole number of either sign.
    std::int64_t integer(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
    /// Index of this string in `choices`.
    std::size_t choice(std::span<const std::string_view> choices) const;

    /// The value in few words for messages: `"far"`, `12`, `an object`.
    std::string shown() const;
    /// Where it stands: `links[3].length_km`; "" for the whole document.
    std::string path() const;
    SourcePosition position() const;
    /// Throws InputError `FILE:LINE:COLUMN: PATH: MESSAGE`.
    [[noreturn]] void fail(const std::string& message) const;
    /// The same at a key of this object.
    [[noreturn]] void fail_key(std::string_view key, const std::string& message) const;

  private:
    friend class JsonDocument;
    JsonValue(const JsonDocument::State* document, const nlohmann::json* json)
        : document_(document), json_(json) {}
    [[noreturn]] void fail_type(const std::string& wanted) const;

    const JsonDocument::State* document_;
    const nlohmann::json* json_;
};

/// Reads a whole file.
///
/// Throws: ResourceError when it cannot be read.
std::string read_text_file(const std::string& path);

}  // namespace carillon
