// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/expression_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "carillon/workload/validate/difference.h"

namespace carillon::validation {

namespace {

constexpr std::uint64_t kNone = ~std::uint64_t{0};

[[noreturn]] void malformed(std::size_t node, const char* what) {
    throw Difference("expression " + std::to_string(node) + " of the program " + what);
}

/// True when the value is surely no angle, which would be reduced to one turn.
bool is_number(const ExpressionTable::Numbered& expressions, ExprId id, int depth = 0) {
    if (!id.valid() || depth > 16) return false;
    const Expr& e = (*expressions.arena)[id.value];
    const auto operand = [&](ExprId x) { return is_number(expressions, x, depth + 1); };
    switch (e.kind) {
        case ExprKind::kConstant:
            return e.value.type != ScalarType::kAngle;
        case ExprKind::kVariable:
            return expressions.variables[e.variable.value].initial.type != ScalarType::kAngle;
        case ExprKind::kBits:
            return true;
        case ExprKind::kCast:
            return e.type != ScalarType::kAngle;
        case ExprKind::kUnary:
            return operand(e.a);
        case ExprKind::kBinary:
            return operand(e.a) && operand(e.b);
        case ExprKind::kSelect:
            return operand(e.b) && operand(e.c);
    }
    return false;
}

/// A factor that can be taken off: a double that is neither 0 nor infinite.
bool is_factor(const ExprArena& arena, ExprId id) {
    if (!id.valid()) return false;
    const Expr& e = arena[id.value];
    return e.kind == ExprKind::kConstant && e.value.type == ScalarType::kFloat &&
           e.value.width == 64 && std::isfinite(e.value.real) && e.value.real != 0;
}

}  // namespace

ExpressionTable::Multiple ExpressionTable::as_multiple(const Numbered& expressions, ExprId root) {
    const ExprArena& arena = *expressions.arena;
    Multiple out{1, root};
    while (out.of.valid()) {
        const Expr& e = arena[out.of.value];
        if (e.kind == ExprKind::kCast && e.type == ScalarType::kFloat && e.width == 64 &&
            e.a.valid()) {
            out.of = e.a;
        } else if (e.kind == ExprKind::kBinary && e.op == ExprOp::kMul && is_factor(arena, e.b) &&
                   is_number(expressions, e.a)) {
            out = {out.factor * arena[e.b.value].value.real, e.a};
        } else if (e.kind == ExprKind::kBinary && e.op == ExprOp::kMul && is_factor(arena, e.a) &&
                   is_number(expressions, e.b)) {
            out = {out.factor * arena[e.a.value].value.real, e.b};
        } else {
            break;
        }
    }
    return out;
}

ExpressionTable::Numbered ExpressionTable::number(const ExprArena& arena, std::uint32_t num_bits,
                                                  std::span<const Variable> variables) {
    Numbered out{&arena, variables, std::vector<std::uint32_t>(arena.size())};
    for (std::size_t i = 0; i < arena.size(); ++i) {
        const Expr& e = arena[i];
        const auto child = [&](ExprId id) {
            if (!id.valid()) return kNone;
            if (id.value >= i) malformed(i, "has an operand that does not stand before it");
            return std::uint64_t{out.numbers[id.value]};
        };
        const bool constant = e.kind == ExprKind::kConstant;
        const bool variable = e.kind == ExprKind::kVariable;
        const bool bits = e.kind == ExprKind::kBits;
        if (variable && e.variable.value >= variables.size())
            malformed(i, "reads a variable that does not exist");
        if (bits && (e.bit_count > num_bits || e.first_bit.value > num_bits - e.bit_count))
            malformed(i, "reads a bit that does not exist");
        const std::array<std::uint64_t, 9> key = {
            static_cast<std::uint64_t>(e.kind) | static_cast<std::uint64_t>(e.op) << 8 |
                static_cast<std::uint64_t>(e.type) << 16 | std::uint64_t{e.width} << 24,
            child(e.a),
            child(e.b),
            child(e.c),
            constant ? static_cast<std::uint64_t>(e.value.type) << 8 | e.value.width : 0,
            constant ? static_cast<std::uint64_t>(e.value.bits) : 0,
            constant ? std::bit_cast<std::uint64_t>(e.value.real + 0.0) : 0,
            variable ? e.variable.value : 0,
            bits ? std::uint64_t{e.first_bit.value} << 32 | e.bit_count : 0,
        };
        out.numbers[i] = nodes_.insert(key);
    }
    return out;
}

std::vector<std::uint32_t> ExpressionTable::reads(const Numbered& expressions, ExprId root,
                                                  std::uint32_t num_bits) {
    if (root.value >= expressions.arena->size())
        throw Difference("an expression that does not exist is used");
    std::vector<std::uint32_t> slots;
    std::vector<std::uint32_t> todo{root.value}, seen;
    while (!todo.empty()) {
        const std::uint32_t node = todo.back();
        todo.pop_back();
        const auto at = std::ranges::lower_bound(seen, node);
        if (at != seen.end() && *at == node) continue;
        seen.insert(at, node);
        const Expr& e = (*expressions.arena)[node];
        if (e.kind == ExprKind::kVariable) slots.push_back(num_bits + e.variable.value);
        if (e.kind == ExprKind::kBits)
            for (std::uint32_t i = 0; i < e.bit_count; ++i) slots.push_back(e.first_bit.value + i);
        for (const ExprId child : {e.a, e.b, e.c})
            if (child.valid()) todo.push_back(child.value);
    }
    std::ranges::sort(slots);
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

std::uint32_t ExpressionTable::value_number(std::uint32_t expression,
                                            std::span<const std::uint32_t> definitions) {
    std::vector<std::uint64_t> key{expression};
    key.insert(key.end(), definitions.begin(), definitions.end());
    return values_.insert(key) + 1;
}

}  // namespace carillon::validation
