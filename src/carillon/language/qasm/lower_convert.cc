// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

ExprId Lowerer::as_expr(const Scalar& s) {
    return s.known() ? circuit_.constant(s.value) : s.expr;
}

ExprId Lowerer::atom_expr(const BitAtom& atom) {
    if (atom.known >= 0)
        return circuit_.constant(
            Value::unsigned_integer(static_cast<std::uint64_t>(atom.known), 1));
    if (atom.bit.valid()) return circuit_.bits_expr(atom.bit, 1);
    return atom.expr;
}

/// At most 64 bits as one unsigned integer; runs that are neighbours in memory are read at once.
ExprId Lowerer::bits_expr(std::span<const BitAtom> atoms) {
    const int width = static_cast<int>(atoms.size());
    std::uint64_t known = 0;
    ExprId sum;
    const auto add = [&](ExprId part, std::size_t offset) {
        if (width > 1 && circuit_.exprs[part.value].width != width)
            part = circuit_.cast_expr(part, ScalarType::kUint, width);
        if (offset > 0)
            part = circuit_.binary(
                ExprOp::kShl, part,
                circuit_.constant(Value::integer(static_cast<std::int64_t>(offset))));
        sum = sum.valid() ? circuit_.binary(ExprOp::kBitOr, sum, part) : part;
    };
    for (std::size_t i = 0; i < atoms.size();) {
        if (atoms[i].known >= 0) {
            known |= static_cast<std::uint64_t>(atoms[i].known) << i;
            ++i;
            continue;
        }
        if (!atoms[i].bit.valid()) {
            add(atom_expr(atoms[i]), i);
            ++i;
            continue;
        }
        std::size_t end = i + 1, last_unknown = i;
        while (end < atoms.size() && atoms[end].bit.valid() &&
               atoms[end].bit.value == atoms[i].bit.value + (end - i)) {
            if (atoms[end].known < 0) last_unknown = end;
            ++end;
        }
        add(circuit_.bits_expr(atoms[i].bit, static_cast<std::uint32_t>(last_unknown + 1 - i)), i);
        i = last_unknown + 1;
    }
    if (!sum.valid()) return circuit_.constant(Value::unsigned_integer(known, std::max(width, 1)));
    if (known)
        sum = circuit_.binary(ExprOp::kBitOr, sum,
                              circuit_.constant(Value::unsigned_integer(known, width)));
    return sum;
}

/// The value as one number; bit registers count as unsigned integers.
Scalar Lowerer::as_scalar(const Datum& d, Loc loc) {
    if (d.type.is_array()) fail(loc, "an array stands where a single value is needed");
    switch (d.type.base) {
        case Base::kVoid:
            fail(loc, "this subroutine returns no value");
        case Base::kComplex:
            if (d.scalar.imag == 0) return d.scalar;
            fail(loc, "a complex value stands where a real one is needed; use real() or imag()");
        case Base::kDuration:
            fail(loc, "a duration stands where a number is needed");
        case Base::kQubit:
            fail(loc, "a qubit stands where a number is needed");
        case Base::kBit:
            break;
        default:
            return d.scalar;
    }
    std::size_t n = d.bits.size();
    while (n > 64 && d.bits[n - 1].known == 0) --n;
    if (n > 64)
        fail(loc, "a register of " + std::to_string(d.bits.size()) +
                      " bits is used as a number; up to 64 bits can be");
    const std::span<const BitAtom> atoms(d.bits.data(), n);
    Scalar s;
    std::uint64_t value = 0;
    bool known = true;
    for (std::size_t i = 0; i < n; ++i) {
        known &= atoms[i].known >= 0;
        if (atoms[i].known > 0) value |= std::uint64_t{1} << i;
    }
    s.value = Value::unsigned_integer(value, static_cast<int>(std::max<std::size_t>(n, 1)));
    if (!known) s.expr = bits_expr(atoms);
    return s;
}

std::optional<bool> Lowerer::known_truth(const Datum& d, Loc loc) {
    if (d.type.base == Base::kBit && !d.type.is_array()) {
        bool all = true;
        for (const BitAtom& a : d.bits) {
            if (a.known == 1) return true;
            all &= a.known == 0;
        }
        if (all) return false;
        return std::nullopt;
    }
    const Scalar s = as_scalar(d, loc);
    if (!s.known()) return std::nullopt;
    return s.value.truthy();
}

/// A run-time condition: true when the value is not zero.
ExprId Lowerer::as_condition(const Datum& d, Loc loc) {
    if (d.type.base != Base::kBit || d.bits.size() <= 64) return as_expr(as_scalar(d, loc));
    std::vector<ExprId> parts;
    for (std::size_t i = 0; i < d.bits.size(); i += 64) {
        const std::size_t n = std::min<std::size_t>(64, d.bits.size() - i);
        parts.push_back(circuit_.binary(ExprOp::kNe, bits_expr({d.bits.data() + i, n}),
                                        circuit_.constant(Value::unsigned_integer(0))));
    }
    return joined(ExprOp::kOr, parts);
}

/// The value as `n` bits. Bits must match in number; numbers give their lowest bits.
std::vector<BitAtom> Lowerer::as_bits(const Datum& d, std::uint32_t n, Loc loc) {
    if (d.type.base == Base::kBit && !d.type.is_array()) {
        if (d.bits.size() != n)
            fail(loc, std::to_string(d.bits.size()) + (d.bits.size() == 1 ? " bit" : " bits") +
                          " cannot be assigned to " + std::to_string(n) +
                          (n == 1 ? " bit" : " bits"));
        return d.bits;
    }
    const Scalar s = as_scalar(d, loc);
    if (s.value.type == ScalarType::kFloat)
        fail(loc, "a float has no bits to assign; cast it to int or angle first");
    if (s.value.type == ScalarType::kAngle && s.value.width != n)
        fail(loc, "an " + to_string(d.type) + " gives " + std::to_string(s.value.width) +
                      " bits, not " + std::to_string(n));
    std::vector<BitAtom> atoms(n);
    const bool negative = s.value.type == ScalarType::kInt && s.value.bits < 0;
    const std::uint64_t raw = s.known() ? s.value.as_uint() : 0;
    ExprId whole;
    if (!s.known()) whole = circuit_.cast_expr(s.expr, ScalarType::kUint, s.value.width);
    const std::uint32_t width = s.value.width;
    for (std::uint32_t i = 0; i < n; ++i) {
        if (s.known()) {
            atoms[i].known = static_cast<std::int8_t>(i < 64 ? raw >> i & 1 : negative);
        } else if (i < width) {
            const ExprId by = circuit_.constant(Value::integer(i));
            const ExprId bit = i ? circuit_.binary(ExprOp::kShr, whole, by) : whole;
            atoms[i].expr = width == 1 ? bit : circuit_.cast_expr(bit, ScalarType::kUint, 1);
        } else {
            atoms[i].known = 0;
        }
    }
    return atoms;
}

Scalar Lowerer::convert_scalar(const Scalar& s, Base from, const Type& type, Loc loc) {
    Scalar result;
    if (type.base == Base::kComplex) {
        if (!s.known()) fail(loc, "a complex value that depends on a measurement is not supported");
        result.value = Value::floating(s.value.as_double());
        result.imag = from == Base::kComplex ? s.imag : 0;
        return result;
    }
    if (type.base == Base::kDuration || from == Base::kDuration) {
        const bool zero = s.known() && s.value.as_double() == 0;
        if (type.base != from && !(type.base == Base::kDuration && zero))
            fail(loc, "a duration and a number do not convert into each other");
        return s;
    }
    if (from == Base::kComplex && s.imag != 0)
        fail(loc, "a complex value stands where a real one is needed; use real() or imag()");
    const ScalarType target = scalar_type_of(type.base);
    const int width = static_cast<int>(type.width);
    if (s.known()) {
        const bool from_real = s.value.type == ScalarType::kFloat;
        if (from_real && (target == ScalarType::kInt || target == ScalarType::kUint) &&
            !(s.value.real > -9.3e18 && s.value.real < 1.85e19))
            fail(loc, "the value " + std::to_string(s.value.real) + " does not fit an integer");
        result.value = cast(s.value, target, width);
        return result;
    }
    result.value.type = target;
    result.value.width = static_cast<std::uint8_t>(width);
    const Expr& e = circuit_.exprs[s.expr.value];
    result.expr =
        e.type == target && e.width == width ? s.expr : circuit_.cast_expr(s.expr, target, width);
    return result;
}

/// The value as a cast or an assignment to `type` gives it.
Datum Lowerer::convert(const Datum& value, const Type& type, Loc loc) {
    if (type.is_array()) return convert_array(value, type, loc);
    if (value.type.base == Base::kVoid) fail(loc, "this subroutine returns no value");
    if (type.base == Base::kBit) {
        Datum d = bits_datum(as_bits(value, type.width, loc), type.is_register);
        return d;
    }
    Datum d;
    d.type = type;
    if (type.base == Base::kBool && value.type.base == Base::kBit) {
        const auto truth = known_truth(value, loc);
        if (truth) {
            d.scalar.value = Value::boolean(*truth);
        } else {
            d.scalar.expr = circuit_.cast_expr(as_condition(value, loc), ScalarType::kBool, 1);
            d.scalar.value.type = ScalarType::kBool;
            d.scalar.value.width = 1;
        }
        return d;
    }
    const bool plain = value.type.base == Base::kComplex || value.type.base == Base::kDuration;
    const Scalar s = plain && !value.type.is_array() ? value.scalar : as_scalar(value, loc);
    d.scalar = convert_scalar(s, value.type.base, type, loc);
    return d;
}

Datum Lowerer::convert_array(const Datum& value, const Type& type, Loc loc) {
    if (!value.type.is_array())
        fail(loc, "a single value cannot be assigned to " + to_string(type));
    if (value.type.sizes != type.sizes)
        fail(loc, to_string(value.type) + " cannot be assigned to " + to_string(type) +
                      ": the shapes differ");
    Datum d;
    d.type = type;
    Type element = type;
    element.sizes.clear();
    for (const Scalar& s : value.elements)
        d.elements.push_back(convert_scalar(s, value.type.base, element, loc));
    return d;
}

Datum Lowerer::array_literal(const Node& n, const Type& type) {
    Datum d;
    d.type = type;
    fill_array(n, type, 0, d.elements);
    return d;
}

void Lowerer::fill_array(const Node& n, const Type& type, std::size_t dimension,
                         std::vector<Scalar>& elements) {
    if (n.kind != NodeKind::kSet) {
        // A row given by another array, or at the bottom a single value.
        Type rest = type;
        rest.sizes.erase(rest.sizes.begin(), rest.sizes.begin() + static_cast<long>(dimension));
        if (rest.sizes.empty() && rest.base == Base::kBit) {
            const Datum bits = convert(evaluate(n), rest, n.loc);
            elements.push_back(as_scalar(bits, n.loc));
            return;
        }
        const Datum d = convert(evaluate(n), rest, n.loc);
        if (rest.sizes.empty())
            elements.push_back(d.scalar);
        else
            elements.insert(elements.end(), d.elements.begin(), d.elements.end());
        return;
    }
    if (dimension >= type.sizes.size())
        fail(n.loc, "these braces are one level too deep for " + to_string(type));
    if (n.args.size() != type.sizes[dimension])
        fail(n.loc, std::to_string(n.args.size()) + " elements are given where " + to_string(type) +
                        " needs " + std::to_string(type.sizes[dimension]));
    for (const NodePtr& a : n.args) fill_array(*a, type, dimension + 1, elements);
}

}  // namespace carillon::qasm
