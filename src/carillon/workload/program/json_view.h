// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace carillon::program_json {

/// A place in a JSON document that knows its path, so that every error can name it. Costs nothing
/// until an error occurs. A view refers to its parent: keep that alive.
class View {
  public:
    View(const nlohmann::json& root, const std::string& file) : json_(&root), file_(&file) {}

    /// Member `key` of an object; an error when it is missing.
    View at(const char* key) const;
    bool has(const char* key) const;
    /// Element of an array.
    View operator[](std::size_t index) const;

    /// Throws InputError naming the first key that is not among `allowed`.
    void allow(std::initializer_list<std::string_view> allowed) const;
    void expect_object() const;
    bool is_object() const;
    bool is_string() const;
    bool is_null() const;

    /// Length of an array; an error for anything else, and when it differs from `expected`.
    std::size_t length() const;
    void expect_length(std::size_t expected) const;
    /// A whole number in [0, limit); `what` says what it counts.
    std::uint32_t index(std::size_t limit, const char* what) const;
    /// A whole number in [low, high].
    std::int64_t integer(std::int64_t low, std::int64_t high) const;
    std::uint64_t unsigned_integer() const;
    /// A number, or "inf", "-inf", "nan".
    double number() const;
    double finite_number() const;
    bool boolean() const;
    const std::string& text() const;

    [[noreturn]] void fail(const std::string& message) const;
    std::string path() const;

  private:
    View(const nlohmann::json& json, const View& parent, const char* key, std::size_t index)
        : json_(&json), file_(parent.file_), parent_(&parent), key_(key), index_(index) {}
    [[noreturn]] void wrong_type(const char* wanted) const;

    const nlohmann::json* json_;
    const std::string* file_;
    const View* parent_ = nullptr;
    const char* key_ = nullptr;
    std::size_t index_ = 0;
};

}  // namespace carillon::program_json
