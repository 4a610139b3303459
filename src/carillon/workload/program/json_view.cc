// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/json_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "carillon/base/error.h"

namespace carillon::program_json {

View View::at(const char* key) const {
    expect_object();
    const auto it = json_->find(key);
    if (it == json_->end()) fail("key '" + std::string(key) + "' is missing");
    return {*it, *this, key, 0};
}

bool View::has(const char* key) const {
    return json_->is_object() && json_->contains(key);
}

View View::operator[](std::size_t index) const {
    return {(*json_)[index], *this, nullptr, index};
}

void View::allow(std::initializer_list<std::string_view> allowed) const {
    expect_object();
    for (const auto& [key, value] : json_->items()) {
        if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
        std::string known;
        for (const std::string_view a : allowed)
            known += (known.empty() ? "" : ", ") + std::string(a);
        fail("unknown key '" + key.substr(0, 60) + "'; known here: " + known);
    }
}

void View::expect_object() const {
    if (!json_->is_object()) wrong_type("an object");
}

bool View::is_object() const {
    return json_->is_object();
}

bool View::is_string() const {
    return json_->is_string();
}

bool View::is_null() const {
    return json_->is_null();
}

std::size_t View::length() const {
    if (!json_->is_array()) wrong_type("an array");
    return json_->size();
}

void View::expect_length(std::size_t expected) const {
    if (length() != expected)
        fail("an array of " + std::to_string(expected) + " is needed, but it has " +
             std::to_string(length()));
}

std::uint32_t View::index(std::size_t limit, const char* what) const {
    if (!json_->is_number_unsigned()) wrong_type("a whole number");
    const auto value = json_->get<std::uint64_t>();
    if (value >= limit)
        fail(std::string(what) + " " + std::to_string(value) + " does not exist; there " +
             (limit == 1 ? "is " : "are ") + std::to_string(limit));
    return static_cast<std::uint32_t>(value);
}

std::int64_t View::integer(std::int64_t low, std::int64_t high) const {
    if (!json_->is_number_integer()) wrong_type("a whole number");
    const bool huge = json_->is_number_unsigned() &&
                      json_->get<std::uint64_t>() >
                          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (huge || json_->get<std::int64_t>() < low || json_->get<std::int64_t>() > high)
        fail("a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
             " is needed, but " + json_->dump() + " came");
    return json_->get<std::int64_t>();
}

std::uint64_t View::unsigned_integer() const {
    if (!json_->is_number_unsigned()) wrong_type("a whole number of at least 0");
    return json_->get<std::uint64_t>();
}

double View::number() const {
    if (json_->is_number()) return json_->get<double>();
    if (json_->is_string()) {
        const auto& word = json_->get_ref<const std::string&>();
        constexpr double kInf = std::numeric_limits<double>::infinity();
        if (word == "inf") return kInf;
        if (word == "-inf") return -kInf;
        if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
    }
    wrong_type("a number");
}

double View::finite_number() const {
    const double value = number();
    if (!std::isfinite(value)) fail("a finite number is needed");
    return value;
}

bool View::boolean() const {
    if (!json_->is_boolean()) wrong_type("true or false");
    return json_->get<bool>();
}

const std::string& View::text() const {
    if (!json_->is_string()) wrong_type("a text");
    return json_->get_ref<const std::string&>();
}

void View::fail(const std::string& message) const {
    const std::string place = path();
    throw InputError(*file_ + ": " + (place.empty() ? "" : place + ": ") + message);
}

std::string View::path() const {
    if (!parent_) return {};
    const std::string head = parent_->path();
    if (!key_) return head + "[" + std::to_string(index_) + "]";
    return head.empty() ? key_ : head + "." + key_;
}

void View::wrong_type(const char* wanted) const {
    fail(std::string(wanted) + " is needed, but " + json_->type_name() + " came");
}

}  // namespace carillon::program_json
