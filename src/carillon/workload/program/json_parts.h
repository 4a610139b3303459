// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "carillon/workload/program/json_names.h"
#include "carillon/workload/program/json_view.h"
#include "carillon/workload/program/program.h"

namespace carillon::program_json {

template <class IdType>
IdType optional_id(const View& v, std::size_t limit, const char* what) {
    return v.is_null() ? IdType{} : IdType{v.index(limit, what)};
}

template <class Enum>
Enum read_name(const View& v, std::span<const std::string_view> names) {
    const auto found = find_name(names, v.text());
    if (found) return static_cast<Enum>(*found);
    std::string known;
    for (const std::string_view n : names)
        if (!n.empty()) known += (known.empty() ? "" : ", ") + std::string(n);
    v.fail("'" + v.text().substr(0, 60) + "' is not one of " + known);
}

Value read_value(const View& v);

/// What an expression may refer to.
struct Scope {
    std::size_t bits, variables;
};

/// Reads expressions; each may refer only to those before it, so there are no cycles.
ExprArena read_expressions(const View& list, const Scope& scope);

std::vector<Matrix> read_matrices(const View& list);
Param read_param(const View& v, std::size_t expressions);

struct GateHead {
    GateKind kind = GateKind::kId;
    std::uint16_t controls = 0;
    std::uint32_t matrix = 0;
};

/// The gate itself, checked against the number of operands and angles beside it.
GateHead read_gate(const View& v, std::span<const Matrix> matrices);

template <class T>
void expect_distinct(const View& v, std::vector<T> items) {
    std::sort(items.begin(), items.end());
    if (std::adjacent_find(items.begin(), items.end()) != items.end())
        v.fail("the same qubit stands there twice");
}

}  // namespace carillon::program_json
