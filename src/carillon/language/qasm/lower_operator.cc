// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

/// The operator that a token stands for; a compound assignment gives the operator in it.
ExprOp operator_of(Tok op) {
    switch (op) {
        case Tok::kPlus:
        case Tok::kPlusAssign:
            return ExprOp::kAdd;
        case Tok::kMinus:
        case Tok::kMinusAssign:
            return ExprOp::kSub;
        case Tok::kStar:
        case Tok::kStarAssign:
            return ExprOp::kMul;
        case Tok::kSlash:
        case Tok::kSlashAssign:
            return ExprOp::kDiv;
        case Tok::kPercent:
        case Tok::kPercentAssign:
            return ExprOp::kMod;
        case Tok::kPower:
        case Tok::kPowerAssign:
            return ExprOp::kPow;
        case Tok::kAmpersand:
        case Tok::kAndAssign:
            return ExprOp::kBitAnd;
        case Tok::kPipe:
        case Tok::kOrAssign:
            return ExprOp::kBitOr;
        case Tok::kCaret:
        case Tok::kXorAssign:
            return ExprOp::kBitXor;
        case Tok::kShiftLeft:
        case Tok::kShiftLeftAssign:
            return ExprOp::kShl;
        case Tok::kShiftRight:
        case Tok::kShiftRightAssign:
            return ExprOp::kShr;
        case Tok::kAndAnd:
            return ExprOp::kAnd;
        case Tok::kOrOr:
            return ExprOp::kOr;
        case Tok::kEqual:
            return ExprOp::kEq;
        case Tok::kNotEqual:
            return ExprOp::kNe;
        case Tok::kLess:
            return ExprOp::kLt;
        case Tok::kLessEqual:
            return ExprOp::kLe;
        case Tok::kGreater:
            return ExprOp::kGt;
        case Tok::kGreaterEqual:
            return ExprOp::kGe;
        default:
            return ExprOp::kNone;
    }
}

bool is_comparison(ExprOp op) {
    return op >= ExprOp::kEq && op <= ExprOp::kGe;
}
bool is_arithmetic(ExprOp op) {
    return op >= ExprOp::kAdd && op <= ExprOp::kPow;
}
bool is_bits(const Datum& d) {
    return d.type.base == Base::kBit && !d.type.is_array();
}
bool all_known(const Datum& d) {
    return std::all_of(d.bits.begin(), d.bits.end(), [](const BitAtom& a) { return a.known >= 0; });
}

}  // namespace

Datum Lowerer::unary(const Node& n) {
    const Datum d = evaluate(*n.args[0]);
    if (n.op == Tok::kNot) {
        if (const auto truth = known_truth(d, n.loc)) return Datum::of(Value::boolean(!*truth));
        const ExprId e = circuit_.unary(ExprOp::kNot, as_condition(d, n.loc));
        return Datum::later(e, circuit_.exprs[e.value]);
    }
    if (n.op == Tok::kTilde && is_bits(d) && (all_known(d) || d.bits.size() > 64)) {
        std::vector<BitAtom> atoms;
        for (const BitAtom& a : d.bits) {
            BitAtom flipped;
            if (a.known >= 0)
                flipped.known = static_cast<std::int8_t>(1 - a.known);
            else
                flipped.expr = circuit_.unary(ExprOp::kBitNot, atom_expr(a));
            atoms.push_back(flipped);
        }
        return bits_datum(std::move(atoms), d.type.is_register);
    }
    if (n.op == Tok::kMinus && !d.type.is_array() &&
        (d.type.base == Base::kComplex || d.type.base == Base::kDuration)) {
        Datum negative = d;
        negative.scalar.value = Value::floating(-d.scalar.value.real);
        negative.scalar.imag = -d.scalar.imag;
        return negative;
    }
    Scalar s = as_scalar(d, n.loc);
    if (n.op == Tok::kMinus && (d.type.base == Base::kBit || d.type.base == Base::kBool)) {
        Type wide;
        wide.base = Base::kInt;
        s = convert_scalar(s, d.type.base, wide, n.loc);
    }
    return scalar_unary(n.op == Tok::kMinus ? ExprOp::kNeg : ExprOp::kBitNot, s, n.loc);
}

Datum Lowerer::scalar_unary(ExprOp op, const Scalar& a, Loc loc) {
    if (a.known()) return Datum::of(placed(loc, [&] { return apply_unary(op, a.value); }));
    if (op == ExprOp::kBitNot && a.value.type == ScalarType::kFloat)
        fail(loc, "a bitwise operator is applied to a float");
    const ExprId e = circuit_.unary(op, a.expr);
    return Datum::later(e, circuit_.exprs[e.value]);
}

Datum Lowerer::binary(const Node& n) {
    if (n.op == Tok::kConcat) return concatenate(n);
    if (n.op == Tok::kAndAnd || n.op == Tok::kOrOr) return logical(n);
    // Chains such as a + b + c are left-deep: each level evaluates its left side first.
    const Datum a = evaluate(*n.args[0]);
    const Datum b = evaluate(*n.args[1]);
    if (n.op == Tok::kSlash && version_ == 3 && n.args[0]->kind == NodeKind::kInteger &&
        n.args[1]->kind == NodeKind::kInteger && b.scalar.value.bits > 0 &&
        a.scalar.value.bits % b.scalar.value.bits != 0)
        warn(n.loc, "integer division: " + std::string(n.args[0]->text) + " / " +
                        std::string(n.args[1]->text) + " is rounded toward zero");
    return operate(n.op, a, b, n.loc);
}

/// `&&` and `||`; a side that decides alone makes the other irrelevant.
Datum Lowerer::logical(const Node& n) {
    const bool is_or = n.op == Tok::kOrOr;
    const Datum a = evaluate(*n.args[0]);
    const auto known_a = known_truth(a, n.args[0]->loc);
    if (known_a && *known_a == is_or) return Datum::of(Value::boolean(is_or));
    const Datum b = evaluate(*n.args[1]);
    const auto known_b = known_truth(b, n.args[1]->loc);
    if (known_b && *known_b == is_or) return Datum::of(Value::boolean(is_or));
    if (known_a && known_b) return Datum::of(Value::boolean(!is_or));
    Type boolean;
    boolean.base = Base::kBool;
    boolean.width = 1;
    if (known_a) return convert(b, boolean, n.loc);
    if (known_b) return convert(a, boolean, n.loc);
    const ExprId x = as_condition(a, n.loc), y = as_condition(b, n.loc);
    const ExprId e = circuit_.binary(is_or ? ExprOp::kOr : ExprOp::kAnd, x, y);
    return Datum::later(e, circuit_.exprs[e.value]);
}

Datum Lowerer::concatenate(const Node& n) {
    Datum a = evaluate(*n.args[0]);
    const Datum b = evaluate(*n.args[1]);
    if (is_bits(a) && is_bits(b)) {  // the first register holds the low indices
        std::vector<BitAtom> atoms = std::move(a.bits);
        atoms.insert(atoms.end(), b.bits.begin(), b.bits.end());
        return bits_datum(std::move(atoms), true);
    }
    if (!a.type.is_array() || !b.type.is_array() || a.type.base != b.type.base ||
        !std::equal(a.type.sizes.begin() + 1, a.type.sizes.end(), b.type.sizes.begin() + 1,
                    b.type.sizes.end()))
        fail(n.loc, "`++` joins registers or arrays of one kind, not " + to_string(a.type) +
                        " and " + to_string(b.type));
    a.type.sizes[0] += b.type.sizes[0];
    a.elements.insert(a.elements.end(), b.elements.begin(), b.elements.end());
    return a;
}

Datum Lowerer::operate(Tok tok, const Datum& a, const Datum& b, Loc loc) {
    const ExprOp op = operator_of(tok);
    if (op == ExprOp::kNone) fail(loc, "this operator is not supported here");
    if (a.type.is_array() || b.type.is_array())
        fail(loc, "operators apply to single values, not to whole arrays");
    if (a.type.base == Base::kVoid || b.type.base == Base::kVoid)
        fail(loc, "this subroutine returns no value");
    if (a.type.base == Base::kComplex || b.type.base == Base::kComplex)
        return complex_operate(tok, a, b, loc);
    if (a.type.base == Base::kDuration || b.type.base == Base::kDuration)
        return duration_operate(tok, a, b, loc);
    if (is_bits(a) || is_bits(b)) {
        if (is_comparison(op))
            if (auto result = compare_bits(tok, a, b, loc)) return *result;
        if (auto result = operate_bits(tok, a, b, loc)) return *result;
    }
    Scalar x = as_scalar(a, loc), y = as_scalar(b, loc);
    const auto widen = [&](Scalar& s, const Datum& d, Base base, std::uint32_t width) {
        Type wide;
        wide.base = base;
        wide.width = width;
        s = convert_scalar(s, d.type.base, wide, loc);
    };
    // Bits and bools count in full integers, so that 1 + 1 is 2.
    if (is_arithmetic(op)) {
        if (is_bits(a) || a.type.base == Base::kBool) widen(x, a, Base::kInt, 64);
        if (is_bits(b) || b.type.base == Base::kBool) widen(y, b, Base::kInt, 64);
    } else if (op == ExprOp::kBitAnd || op == ExprOp::kBitOr || op == ExprOp::kBitXor ||
               op == ExprOp::kShl || op == ExprOp::kShr) {
        if (a.type.base == Base::kBool) widen(x, a, Base::kUint, 1);
        if (b.type.base == Base::kBool) widen(y, b, Base::kUint, 1);
    }
    // OpenQASM 2 knows real numbers only.
    if (version_ == 2 && (op == ExprOp::kDiv || op == ExprOp::kPow)) {
        widen(x, a, Base::kFloat, 64);
        widen(y, b, Base::kFloat, 64);
    }
    return scalar_operate(op, x, y, loc);
}

Datum Lowerer::scalar_operate(ExprOp op, const Scalar& a, const Scalar& b, Loc loc) {
    if (a.known() && b.known())
        return Datum::of(placed(loc, [&] { return apply_binary(op, a.value, b.value); }));
    const bool bitwise = op >= ExprOp::kBitAnd && op <= ExprOp::kShr;
    if (bitwise && (a.value.type == ScalarType::kFloat || b.value.type == ScalarType::kFloat))
        fail(loc, "a bitwise operator is applied to a float");
    if ((op == ExprOp::kDiv || op == ExprOp::kMod) && b.known() && b.value.as_double() == 0 &&
        b.value.type != ScalarType::kFloat)
        fail(loc, "division by zero");
    Scalar y = b;
    // A non-negative literal beside an unsigned value is unsigned, so that bit 63 is no sign.
    if (is_comparison(op) && y.known() && a.value.type == ScalarType::kUint &&
        y.value.type == ScalarType::kInt && y.value.bits >= 0)
        y.value = Value::unsigned_integer(static_cast<std::uint64_t>(y.value.bits));
    const ExprId e = circuit_.binary(op, as_expr(a), as_expr(y));
    return Datum::later(e, circuit_.exprs[e.value]);
}

Datum Lowerer::complex_operate(Tok tok, const Datum& a, const Datum& b, Loc loc) {
    Type type;
    type.base = Base::kComplex;
    const Datum x = convert(a, type, loc), y = convert(b, type, loc);
    const Complex p{x.scalar.value.real, x.scalar.imag}, q{y.scalar.value.real, y.scalar.imag};
    Complex r;
    switch (operator_of(tok)) {
        case ExprOp::kAdd:
            r = p + q;
            break;
        case ExprOp::kSub:
            r = p - q;
            break;
        case ExprOp::kMul:
            r = p * q;
            break;
        case ExprOp::kDiv:
            r = p / q;
            break;
        case ExprOp::kPow:
            r = std::pow(p, q);
            break;
        case ExprOp::kEq:
            return Datum::of(Value::boolean(p == q));
        case ExprOp::kNe:
            return Datum::of(Value::boolean(p != q));
        default:
            fail(loc, "this operator does not apply to complex numbers");
    }
    return Datum::complex(r.real(), r.imag());
}

Datum Lowerer::duration_operate(Tok tok, const Datum& a, const Datum& b, Loc loc) {
    const bool both = a.type.base == Base::kDuration && b.type.base == Base::kDuration;
    const auto number = [&](const Datum& d) {
        if (d.type.base == Base::kDuration) return d.scalar.value.real;
        const Scalar s = as_scalar(d, loc);
        if (!s.known()) fail(loc, "a duration that depends on a measurement is not supported");
        return s.value.as_double();
    };
    const double x = number(a), y = number(b);
    const ExprOp op = operator_of(tok);
    if (both && is_comparison(op))
        return Datum::of(apply_binary(op, Value::floating(x), Value::floating(y)));
    if (both && op == ExprOp::kAdd) return Datum::duration(x + y);
    if (both && op == ExprOp::kSub) return Datum::duration(x - y);
    if (op == ExprOp::kDiv && a.type.base == Base::kDuration) {
        if (y == 0) fail(loc, "a duration is divided by zero");
        return both ? Datum::of(Value::floating(x / y)) : Datum::duration(x / y);
    }
    if (!both && op == ExprOp::kMul) return Datum::duration(x * y);
    fail(loc, "this operator does not apply to " + to_string(a.type) + " and " + to_string(b.type));
}

/// Equality with bits where one 64-bit test does not do: chunk by chunk.
std::optional<Datum> Lowerer::compare_bits(Tok tok, const Datum& a, const Datum& b, Loc loc) {
    const std::size_t n = std::max(a.bits.size(), b.bits.size());
    if (n <= 64) return std::nullopt;
    const ExprOp op = operator_of(tok);
    if (op != ExprOp::kEq && op != ExprOp::kNe)
        fail(loc, "registers of more than 64 bits are compared with == and != only");
    const auto bits_of = [&](const Datum& d) {
        std::vector<BitAtom> atoms =
            is_bits(d) ? d.bits : as_bits(d, static_cast<std::uint32_t>(n), loc);
        BitAtom zero;
        zero.known = 0;
        atoms.resize(n, zero);
        return atoms;
    };
    const std::vector<BitAtom> x = bits_of(a), y = bits_of(b);
    std::vector<ExprId> parts;
    for (std::size_t i = 0; i < n; i += 64) {
        const std::size_t m = std::min<std::size_t>(64, n - i);
        const Scalar p = as_scalar(
            bits_datum({x.begin() + static_cast<long>(i), x.begin() + static_cast<long>(i + m)},
                       true),
            loc);
        const Scalar q = as_scalar(
            bits_datum({y.begin() + static_cast<long>(i), y.begin() + static_cast<long>(i + m)},
                       true),
            loc);
        const Datum same = scalar_operate(ExprOp::kEq, p, q, loc);
        if (same.scalar.known()) {
            if (same.scalar.value.truthy()) continue;
            return Datum::of(Value::boolean(op == ExprOp::kNe));
        }
        parts.push_back(same.scalar.expr);
    }
    ExprId all = joined(ExprOp::kAnd, parts);
    if (!all.valid()) return Datum::of(Value::boolean(op == ExprOp::kEq));
    if (op == ExprOp::kNe) all = circuit_.unary(ExprOp::kNot, all);
    return Datum::later(all, circuit_.exprs[all.value]);
}

/// Bitwise operators on known or wide registers, bit by bit; nothing when numbers serve better.
std::optional<Datum> Lowerer::operate_bits(Tok tok, const Datum& a, const Datum& b, Loc loc) {
    const ExprOp op = operator_of(tok);
    const bool shift = op == ExprOp::kShl || op == ExprOp::kShr;
    const bool logic = op == ExprOp::kBitAnd || op == ExprOp::kBitOr || op == ExprOp::kBitXor;
    const bool wide = a.bits.size() > 64 || b.bits.size() > 64;
    if (shift && is_bits(a)) {
        const Scalar by = as_scalar(b, loc);
        if (!by.known() && wide)
            fail(loc, "a register of more than 64 bits is shifted by known amounts only");
        if (!by.known() || (!wide && !all_known(a))) return std::nullopt;
        if (by.value.as_int() < 0) fail(loc, "a shift by a negative amount");
        BitAtom zero;
        zero.known = 0;
        std::vector<BitAtom> atoms(a.bits.size(), zero);
        const auto k = static_cast<std::size_t>(
            std::min<std::int64_t>(by.value.as_int(), static_cast<std::int64_t>(atoms.size())));
        for (std::size_t i = k; i < atoms.size(); ++i) {
            if (op == ExprOp::kShl)
                atoms[i] = a.bits[i - k];
            else
                atoms[i - k] = a.bits[i];
        }
        return bits_datum(std::move(atoms), a.type.is_register);
    }
    if (!logic || !is_bits(a) || !is_bits(b)) return std::nullopt;
    if (a.bits.size() != b.bits.size())
        fail(loc, "registers of " + std::to_string(a.bits.size()) + " and " +
                      std::to_string(b.bits.size()) + " bits are combined; sizes must agree");
    if (!wide && !(all_known(a) && all_known(b))) return std::nullopt;
    std::vector<BitAtom> atoms(a.bits.size());
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        const BitAtom &p = a.bits[i], &q = b.bits[i];
        if (p.known >= 0 && q.known >= 0) {
            const int v = op == ExprOp::kBitAnd  ? p.known & q.known
                          : op == ExprOp::kBitOr ? p.known | q.known
                                                 : p.known ^ q.known;
            atoms[i].known = static_cast<std::int8_t>(v);
        } else {
            atoms[i].expr = circuit_.binary(op, atom_expr(p), atom_expr(q));
        }
    }
    return bits_datum(std::move(atoms), a.type.is_register);
}

}  // namespace carillon::qasm
