// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>

#include "carillon/base/error.h"
#include "carillon/language/qasm/write_text.h"

namespace carillon::qasm {

namespace {

std::string_view function_name(ExprOp op) {
    switch (op) {
        case ExprOp::kSin:
            return "sin";
        case ExprOp::kCos:
            return "cos";
        case ExprOp::kTan:
            return "tan";
        case ExprOp::kAsin:
            return "arcsin";
        case ExprOp::kAcos:
            return "arccos";
        case ExprOp::kAtan:
            return "arctan";
        case ExprOp::kExp:
            return "exp";
        case ExprOp::kLog:
            return "log";
        case ExprOp::kSqrt:
            return "sqrt";
        case ExprOp::kFloor:
            return "floor";
        case ExprOp::kCeil:
            return "ceiling";
        case ExprOp::kPopcount:
            return "popcount";
        case ExprOp::kRotl:
            return "rotl";
        case ExprOp::kRotr:
            return "rotr";
        default:
            return {};
    }
}

std::string_view operator_sign(ExprOp op) {
    switch (op) {
        case ExprOp::kNeg:
        case ExprOp::kSub:
            return "-";
        case ExprOp::kNot:
            return "!";
        case ExprOp::kBitNot:
            return "~";
        case ExprOp::kAdd:
            return "+";
        case ExprOp::kMul:
            return "*";
        case ExprOp::kDiv:
            return "/";
        case ExprOp::kMod:
            return "%";
        case ExprOp::kPow:
            return "**";
        case ExprOp::kBitAnd:
            return "&";
        case ExprOp::kBitOr:
            return "|";
        case ExprOp::kBitXor:
            return "^";
        case ExprOp::kShl:
            return "<<";
        case ExprOp::kShr:
            return ">>";
        case ExprOp::kAnd:
            return "&&";
        case ExprOp::kOr:
            return "||";
        case ExprOp::kEq:
            return "==";
        case ExprOp::kNe:
            return "!=";
        case ExprOp::kLt:
            return "<";
        case ExprOp::kLe:
            return "<=";
        case ExprOp::kGt:
            return ">";
        case ExprOp::kGe:
            return ">=";
        default:
            throw InternalError("operator_sign: not an operator");
    }
}

std::string constant_text(const Value& v) {
    switch (v.type) {
        case ScalarType::kBool:
            return v.bits ? "true" : "false";
        case ScalarType::kInt: {
            std::string text = std::to_string(v.bits);
            if (v.bits == std::numeric_limits<std::int64_t>::min())
                text = "(-9223372036854775807 - 1)";
            else if (v.bits < 0)
                text = "(" + text + ")";
            return v.width == 64 ? text : fmt::format("int[{}]({})", v.width, text);
        }
        case ScalarType::kUint:
            return fmt::format("uint[{}]({})", v.width, static_cast<std::uint64_t>(v.bits));
        case ScalarType::kFloat:
            if (v.width == 64) return "(" + number_text(v.real) + ")";
            return fmt::format("float[32]({})", number_text(v.real));
        case ScalarType::kAngle:
            return fmt::format("angle[{}]({})", v.width, number_text(v.real));
    }
    throw InternalError("constant_text: unknown type");
}

class Writer {
  public:
    Writer(const ExprArena& arena, const ExpressionNames& names) : arena_(arena), names_(names) {}

    std::string text(ExprId id) const {
        const Expr& e = node(id);
        switch (e.kind) {
            case ExprKind::kConstant:
                return constant_text(e.value);
            case ExprKind::kVariable:
                return names_.variable(e.variable);
            case ExprKind::kBits:
                return names_.bits(e.first_bit, e.bit_count);
            case ExprKind::kUnary:
                if (const auto function = function_name(e.op); !function.empty())
                    return fmt::format("{}({})", function, text(e.a));
                if (e.op == ExprOp::kNot) return "!" + condition(e.a);
                return fmt::format("{}{}", operator_sign(e.op), operand(e.a));
            case ExprKind::kBinary:
                return binary(e);
            case ExprKind::kCast:
                return fmt::format("{}({})", type_text(e.type, e.width), text(e.a));
            case ExprKind::kSelect:
                return select(e);
        }
        throw InternalError("expression_text: unknown expression");
    }

    /// An expression of type bool, ready to stand beside `&&`.
    std::string condition(ExprId id) const {
        const Expr& e = node(id);
        if (e.kind == ExprKind::kConstant && e.type == ScalarType::kBool) return text(id);
        const bool is_bool = e.type == ScalarType::kBool &&
                             (e.kind == ExprKind::kVariable || e.kind == ExprKind::kCast);
        if (is_bool) return text(id);
        if (e.type == ScalarType::kBool) return "(" + text(id) + ")";
        return "bool(" + text(id) + ")";
    }

  private:
    const Expr& node(ExprId id) const { return arena_.at(static_cast<std::size_t>(id)); }

    std::string binary(const Expr& e) const {
        if (const auto function = function_name(e.op); !function.empty())
            return fmt::format("{}({}, {})", function, text(e.a), text(e.b));
        if (e.op == ExprOp::kAnd || e.op == ExprOp::kOr)
            return fmt::format("{} {} {}", condition(e.a), operator_sign(e.op), condition(e.b));
        return fmt::format("{} {} {}", operand(e.a), operator_sign(e.op), operand(e.b));
    }

    std::string select(const Expr& e) const {
        const std::string c = condition(e.a);
        if (e.type == ScalarType::kBool)
            return fmt::format("({} && {}) || (!{} && {})", c, condition(e.b), c, condition(e.c));
        const ScalarType factor = e.type == ScalarType::kAngle ? ScalarType::kUint : e.type;
        const std::string type =
            type_text(factor, factor == ScalarType::kInt ? std::max<int>(e.width, 2) : e.width);
        return fmt::format("({}({}) * {}) + ({}(!{}) * {})", type, c, operand(e.b), type, c,
                           operand(e.c));
    }

    /// Wrapped so that it can stand on either side of any operator.
    std::string operand(ExprId id) const {
        const Expr& e = node(id);
        const bool compound = e.kind == ExprKind::kBinary || e.kind == ExprKind::kSelect ||
                              (e.kind == ExprKind::kUnary && function_name(e.op).empty());
        const bool call = e.kind == ExprKind::kBinary && !function_name(e.op).empty();
        return compound && !call ? "(" + text(id) + ")" : text(id);
    }

    const ExprArena& arena_;
    const ExpressionNames& names_;
};

}  // namespace

std::string expression_text(const ExprArena& arena, ExprId root, const ExpressionNames& names) {
    return Writer(arena, names).text(root);
}

std::string condition_text(const ExprArena& arena, ExprId root, const ExpressionNames& names) {
    return Writer(arena, names).condition(root);
}

}  // namespace carillon::qasm
