// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/classical.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "carillon/base/error.h"

namespace carillon {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

std::uint64_t mask_of(int width) {
    return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

double reduced(double radians) {
    const double r = std::fmod(radians, kTwoPi);
    return r < 0 ? r + kTwoPi : r;
}

std::uint64_t angle_bits(double radians, int width) {
    const double turns = reduced(radians) / kTwoPi;
    if (width >= 64) return static_cast<std::uint64_t>(std::ldexp(turns, 53)) << 11;
    return static_cast<std::uint64_t>(std::llround(std::ldexp(turns, std::min(width, 62)))) &
           mask_of(width);
}

double angle_from_bits(std::uint64_t bits, int width) {
    return std::ldexp(static_cast<double>(bits & mask_of(width)), -width) * kTwoPi;
}

bool is_real(const Value& v) {
    return v.type == ScalarType::kFloat;
}

/// Integer power by squaring, wrapping; a negative exponent gives the truncated quotient.
std::int64_t int_power(std::int64_t base, std::int64_t exponent) {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
    std::uint64_t result = 1, square = static_cast<std::uint64_t>(base);
    for (auto e = static_cast<std::uint64_t>(exponent); e; e >>= 1, square *= square)
        if (e & 1) result *= square;
    return static_cast<std::int64_t>(result);
}

Value compare(ExprOp op, const Value& a, const Value& b) {
    const auto decide = [op](auto x, auto y) {
        switch (op) {
            case ExprOp::kEq:
                return x == y;
            case ExprOp::kNe:
                return x != y;
            case ExprOp::kLt:
                return x < y;
            case ExprOp::kLe:
                return x <= y;
            case ExprOp::kGt:
                return x > y;
            default:
                return x >= y;
        }
    };
    if (is_real(a) || is_real(b) || a.type == ScalarType::kAngle || b.type == ScalarType::kAngle)
        return Value::boolean(decide(a.as_double(), b.as_double()));
    const bool is_signed = a.type == ScalarType::kInt || b.type == ScalarType::kInt;
    if (is_signed) return Value::boolean(decide(a.as_int(), b.as_int()));
    return Value::boolean(decide(a.as_uint(), b.as_uint()));
}

Value arithmetic_real(ExprOp op, double x, double y, int width) {
    switch (op) {
        case ExprOp::kAdd:
            return Value::floating(x + y, width);
        case ExprOp::kSub:
            return Value::floating(x - y, width);
        case ExprOp::kMul:
            return Value::floating(x * y, width);
        case ExprOp::kDiv:
            return Value::floating(x / y, width);
        case ExprOp::kMod:
            return Value::floating(std::fmod(x, y), width);
        case ExprOp::kPow:
            return Value::floating(std::pow(x, y), width);
        default:
            throw InputError("a bitwise operator is applied to a float");
    }
}

Value arithmetic_int(ExprOp op, const Value& a, const Value& b) {
    const bool is_unsigned = a.type == ScalarType::kUint || b.type == ScalarType::kUint;
    const int width = std::max(a.width, b.width);
    const auto x = a.as_uint(), y = b.as_uint();
    const auto make = [&](std::uint64_t v) {
        return is_unsigned ? Value::unsigned_integer(v, width)
                           : Value::integer(static_cast<std::int64_t>(v), width);
    };
    switch (op) {
        case ExprOp::kAdd:
            return make(x + y);
        case ExprOp::kSub:
            return make(x - y);
        case ExprOp::kMul:
            return make(x * y);
        case ExprOp::kDiv:
        case ExprOp::kMod: {
            if (y == 0) throw InputError("integer division by zero");
            if (is_unsigned) return make(op == ExprOp::kDiv ? x / y : x % y);
            const auto sx = a.as_int(), sy = b.as_int();
            if (sy == -1) return make(op == ExprOp::kDiv ? 0 - x : 0);
            return make(static_cast<std::uint64_t>(op == ExprOp::kDiv ? sx / sy : sx % sy));
        }
        case ExprOp::kPow:
            return make(static_cast<std::uint64_t>(int_power(a.as_int(), b.as_int())));
        case ExprOp::kBitAnd:
            return make(x & y);
        case ExprOp::kBitOr:
            return make(x | y);
        case ExprOp::kBitXor:
            return make(x ^ y);
        default:
            throw InternalError("arithmetic_int: not an arithmetic operator");
    }
}

/// Angles add and subtract modulo a turn, scale by integers, and divide into an integer ratio.
Value arithmetic_angle(ExprOp op, const Value& a, const Value& b) {
    const int width = std::max(a.type == ScalarType::kAngle ? a.width : 1,
                               b.type == ScalarType::kAngle ? b.width : 1);
    const double x = a.as_double(), y = b.as_double();
    switch (op) {
        case ExprOp::kAdd:
            return Value::angle(x + y, width);
        case ExprOp::kSub:
            return Value::angle(x - y, width);
        case ExprOp::kMul:
            return Value::angle(x * y, width);
        case ExprOp::kDiv:
            if (y == 0) throw InputError("an angle is divided by zero");
            if (a.type == ScalarType::kAngle && b.type == ScalarType::kAngle)
                return Value::unsigned_integer(static_cast<std::uint64_t>(x / y), width);
            return Value::angle(x / y, width);
        case ExprOp::kBitAnd:
        case ExprOp::kBitOr:
        case ExprOp::kBitXor: {
            const auto p = angle_bits(x, width), q = angle_bits(y, width);
            const auto r = op == ExprOp::kBitAnd ? p & q : op == ExprOp::kBitOr ? p | q : p ^ q;
            return Value::angle(angle_from_bits(r, width), width);
        }
        default:
            throw InputError("this operator does not apply to angles");
    }
}

Value shift(ExprOp op, const Value& a, const Value& b) {
    const std::int64_t by = b.as_int();
    if (by < 0) throw InputError("a shift by a negative amount");
    const int width = a.width;
    std::uint64_t bits =
        (a.type == ScalarType::kAngle ? angle_bits(a.real, width) : a.as_uint()) & mask_of(width);
    const auto turn = static_cast<int>(by % width);
    switch (op) {
        case ExprOp::kShl:
            bits = by >= width ? 0 : bits << by;
            break;
        case ExprOp::kShr:
            bits = by >= width ? 0 : bits >> by;
            break;
        case ExprOp::kRotl:
            bits = turn ? bits << turn | bits >> (width - turn) : bits;
            break;
        default:
            bits = turn ? bits >> turn | bits << (width - turn) : bits;
            break;
    }
    if (a.type == ScalarType::kAngle) return Value::angle(angle_from_bits(bits, width), width);
    if (a.type == ScalarType::kInt) return Value::integer(static_cast<std::int64_t>(bits), width);
    return Value::unsigned_integer(bits, width);
}

}  // namespace

Value Value::boolean(bool b) {
    return {ScalarType::kBool, 1, b, 0};
}

Value Value::integer(std::int64_t v, int width) {
    const int drop = 64 - width;
    return {ScalarType::kInt, static_cast<std::uint8_t>(width),
            static_cast<std::int64_t>(static_cast<std::uint64_t>(v) << drop) >> drop, 0};
}

Value Value::unsigned_integer(std::uint64_t v, int width) {
    return {ScalarType::kUint, static_cast<std::uint8_t>(width),
            static_cast<std::int64_t>(v & mask_of(width)), 0};
}

Value Value::floating(double v, int width) {
    return {ScalarType::kFloat, static_cast<std::uint8_t>(width), 0,
            width <= 32 ? static_cast<double>(static_cast<float>(v)) : v};
}

Value Value::angle(double radians, int width) {
    double r = reduced(radians);
    if (width < 53) r = angle_from_bits(angle_bits(r, width), width);
    return {ScalarType::kAngle, static_cast<std::uint8_t>(width), 0, r};
}

bool Value::truthy() const {
    return type == ScalarType::kFloat || type == ScalarType::kAngle ? real != 0 : bits != 0;
}

double Value::as_double() const {
    switch (type) {
        case ScalarType::kFloat:
        case ScalarType::kAngle:
            return real;
        case ScalarType::kUint:
            return static_cast<double>(static_cast<std::uint64_t>(bits));
        default:
            return static_cast<double>(bits);
    }
}

std::int64_t Value::as_int() const {
    if (type == ScalarType::kFloat) return static_cast<std::int64_t>(real);
    if (type == ScalarType::kAngle) return static_cast<std::int64_t>(angle_bits(real, width));
    return bits;
}

std::uint64_t Value::as_uint() const {
    return static_cast<std::uint64_t>(as_int());
}

Value cast(const Value& value, ScalarType type, int width) {
    switch (type) {
        case ScalarType::kBool:
            return Value::boolean(value.truthy());
        case ScalarType::kInt:
            return Value::integer(value.as_int(), width);
        case ScalarType::kUint:
            return Value::unsigned_integer(value.as_uint(), width);
        case ScalarType::kFloat:
            return Value::floating(value.as_double(), width);
        case ScalarType::kAngle:
            if (value.type == ScalarType::kUint &&
                value.width == width)  // bit[n] -> angle[n] keeps the bits
                return Value::angle(angle_from_bits(value.as_uint(), width), width);
            return Value::angle(value.as_double(), width);
    }
    throw InternalError("cast: unknown type");
}

Value apply_unary(ExprOp op, const Value& a) {
    const double x = a.as_double();
    switch (op) {
        case ExprOp::kNeg:
            if (is_real(a)) return Value::floating(-x, a.width);
            if (a.type == ScalarType::kAngle) return Value::angle(-x, a.width);
            if (a.type == ScalarType::kUint)
                return Value::unsigned_integer(0 - a.as_uint(), a.width);
            return Value::integer(static_cast<std::int64_t>(0 - a.as_uint()),
                                  std::max<int>(a.width, 2));
        case ExprOp::kNot:
            return Value::boolean(!a.truthy());
        case ExprOp::kBitNot:
            if (a.type == ScalarType::kAngle)
                return Value::angle(angle_from_bits(~angle_bits(x, a.width), a.width), a.width);
            if (a.type == ScalarType::kBool) return Value::boolean(!a.truthy());
            if (a.type == ScalarType::kInt) return Value::integer(~a.as_int(), a.width);
            if (a.type == ScalarType::kUint) return Value::unsigned_integer(~a.as_uint(), a.width);
            throw InputError("a bitwise operator is applied to a float");
        case ExprOp::kSin:
            return Value::floating(std::sin(x));
        case ExprOp::kCos:
            return Value::floating(std::cos(x));
        case ExprOp::kTan:
            return Value::floating(std::tan(x));
        case ExprOp::kAsin:
            return Value::floating(std::asin(x));
        case ExprOp::kAcos:
            return Value::floating(std::acos(x));
        case ExprOp::kAtan:
            return Value::floating(std::atan(x));
        case ExprOp::kExp:
            return Value::floating(std::exp(x));
        case ExprOp::kLog:
            return Value::floating(std::log(x));
        case ExprOp::kSqrt:
            return Value::floating(std::sqrt(x));
        case ExprOp::kFloor:
            return Value::floating(std::floor(x));
        case ExprOp::kCeil:
            return Value::floating(std::ceil(x));
        case ExprOp::kPopcount:
            return Value::unsigned_integer(
                static_cast<std::uint64_t>(std::popcount(a.as_uint() & mask_of(a.width))));
        default:
            throw InternalError("apply_unary: not a unary operator");
    }
}

Value apply_binary(ExprOp op, const Value& a, const Value& b) {
    switch (op) {
        case ExprOp::kAnd:
            return Value::boolean(a.truthy() && b.truthy());
        case ExprOp::kOr:
            return Value::boolean(a.truthy() || b.truthy());
        case ExprOp::kEq:
        case ExprOp::kNe:
        case ExprOp::kLt:
        case ExprOp::kLe:
        case ExprOp::kGt:
        case ExprOp::kGe:
            return compare(op, a, b);
        case ExprOp::kShl:
        case ExprOp::kShr:
        case ExprOp::kRotl:
        case ExprOp::kRotr:
            return shift(op, a, b);
        default:
            break;
    }
    if (a.type == ScalarType::kAngle || b.type == ScalarType::kAngle) {
        if (is_real(a) || is_real(b))
            if (op == ExprOp::kPow || op == ExprOp::kMod)
                return arithmetic_real(op, a.as_double(), b.as_double(), 64);
        return arithmetic_angle(op, a, b);
    }
    if (is_real(a) || is_real(b))
        return arithmetic_real(op, a.as_double(), b.as_double(),
                               std::max(is_real(a) ? a.width : 1, is_real(b) ? b.width : 1));
    return arithmetic_int(op, a, b);
}

Value evaluate(const ExprArena& arena, ExprId root, const ClassicalState& state) {
    const Expr& e = arena.at(static_cast<std::size_t>(root));
    switch (e.kind) {
        case ExprKind::kConstant:
            return e.value;
        case ExprKind::kVariable:
            return state.variables.at(static_cast<std::size_t>(e.variable));
        case ExprKind::kBits: {
            std::uint64_t bits = 0;
            for (std::uint32_t i = 0; i < e.bit_count; ++i)
                bits |= std::uint64_t{state.bits.at(e.first_bit.value + i)} << i;
            return Value::unsigned_integer(bits, static_cast<int>(e.bit_count));
        }
        case ExprKind::kUnary:
            return apply_unary(e.op, evaluate(arena, e.a, state));
        case ExprKind::kBinary: {
            const Value a = evaluate(arena, e.a, state);
            // Short circuit, so that a guard protects what follows it.
            if (e.op == ExprOp::kAnd && !a.truthy()) return Value::boolean(false);
            if (e.op == ExprOp::kOr && a.truthy()) return Value::boolean(true);
            return apply_binary(e.op, a, evaluate(arena, e.b, state));
        }
        case ExprKind::kCast:
            return cast(evaluate(arena, e.a, state), e.type, e.width);
        case ExprKind::kSelect:
            return evaluate(arena, evaluate(arena, e.a, state).truthy() ? e.b : e.c, state);
    }
    throw InternalError("evaluate: unknown expression");
}

void collect_reads(const ExprArena& arena, ExprId root, std::vector<BitId>& bits,
                   std::vector<VariableId>& variables) {
    if (!root.valid()) return;
    const Expr& e = arena.at(static_cast<std::size_t>(root));
    if (e.kind == ExprKind::kVariable) variables.push_back(e.variable);
    if (e.kind == ExprKind::kBits)
        for (std::uint32_t i = 0; i < e.bit_count; ++i)
            bits.push_back(BitId{e.first_bit.value + i});
    for (const ExprId child : {e.a, e.b, e.c}) collect_reads(arena, child, bits, variables);
}

bool same_expression(const ExprArena& arena_a, ExprId a, const ExprArena& arena_b, ExprId b) {
    if (a.valid() != b.valid()) return false;
    if (!a.valid()) return true;
    const Expr& x = arena_a.at(static_cast<std::size_t>(a));
    const Expr& y = arena_b.at(static_cast<std::size_t>(b));
    if (x.kind != y.kind || x.op != y.op || x.type != y.type || x.width != y.width) return false;
    if (x.kind == ExprKind::kConstant && x.value != y.value) return false;
    if (x.kind == ExprKind::kVariable && x.variable != y.variable) return false;
    if (x.kind == ExprKind::kBits && (x.first_bit != y.first_bit || x.bit_count != y.bit_count))
        return false;
    return same_expression(arena_a, x.a, arena_b, y.a) &&
           same_expression(arena_a, x.b, arena_b, y.b) &&
           same_expression(arena_a, x.c, arena_b, y.c);
}

}  // namespace carillon
