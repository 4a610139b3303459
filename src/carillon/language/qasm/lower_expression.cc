// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

std::optional<double> builtin_constant(std::string_view name) {
    using namespace std::numbers;
    if (name == "pi" || name == "\xCF\x80") return pi;
    if (name == "tau" || name == "\xCF\x84") return 2 * pi;
    if (name == "euler" || name == "\xE2\x84\x87") return e;
    if (name == "\xCE\xB5") return e;  // a small epsilon, as an early compiler wrote it
    return std::nullopt;
}

/// Binary digits of a decimal number, least significant first.
std::vector<BitAtom> decimal_bits(std::string digits) {
    std::vector<BitAtom> bits;
    while (digits.find_first_not_of('0') != std::string::npos) {
        int carry = 0;
        for (char& c : digits) {
            const int v = carry * 10 + (c - '0');
            c = static_cast<char>('0' + v / 2);
            carry = v % 2;
        }
        bits.push_back({static_cast<std::int8_t>(carry), {}, {}});
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    }
    return bits;
}

}  // namespace

Datum Lowerer::evaluate(const Node& n) {
    const DepthGuard depth(*this, n.loc);
    switch (n.kind) {
        case NodeKind::kInteger:
            return integer_literal(n);
        case NodeKind::kFloat:
            return Datum::of(Value::floating(n.number));
        case NodeKind::kImaginary:
            return Datum::complex(0, n.number);
        case NodeKind::kBool:
            return Datum::of(Value::boolean(n.number != 0));
        case NodeKind::kBitString:
            return bit_string(n);
        case NodeKind::kDuration:
            return duration_literal(n);
        case NodeKind::kName:
            return name_value(n);
        case NodeKind::kUnary:
            return unary(n);
        case NodeKind::kBinary:
            return binary(n);
        case NodeKind::kCast:
            return cast_node(n);
        case NodeKind::kCall:
            return call(n);
        case NodeKind::kIndex:
            return index(n);
        case NodeKind::kMeasure:
            return measure_value(n);
        case NodeKind::kDurationOf:
            return duration_of(n);
        case NodeKind::kRange:
            fail(n.loc, "a range is no value; ranges stand in indices and in `for`");
        case NodeKind::kSet:
            fail(n.loc, "values in braces initialise arrays; they are no value elsewhere");
    }
    throw InternalError("evaluate: unknown node");
}

Datum Lowerer::integer_literal(const Node& n) {
    std::string digits;
    for (const char c : n.text)
        if (c != '_') digits += c;
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0') {
        const char b = digits[1];
        base = b == 'x' || b == 'X' ? 16 : b == 'o' || b == 'O' ? 8 : b == 'b' || b == 'B' ? 2 : 10;
    }
    const char* const begin = digits.data() + (base == 10 ? 0 : 2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(begin, digits.data() + digits.size(), value, base);
    if (error == std::errc{}) {
        if (value >> 63) return Datum::of(Value::unsigned_integer(value));
        return Datum::of(Value::integer(static_cast<std::int64_t>(value)));
    }
    // Wider than 64 bits: only bit registers can take it.
    if (base != 10 || digits.size() > 2000)
        fail(n.loc, "this number does not fit in 64 bits; write a bit string for a wide register");
    return bits_datum(decimal_bits(digits), true);
}

Datum Lowerer::bit_string(const Node& n) {
    std::vector<BitAtom> atoms;
    for (auto it = n.text.rbegin(); it != n.text.rend(); ++it)
        if (*it != '_') atoms.push_back({static_cast<std::int8_t>(*it - '0'), {}, {}});
    return bits_datum(std::move(atoms), true);
}

Datum Lowerer::bits_datum(std::vector<BitAtom> atoms, bool is_register) {
    Datum d;
    d.type.base = Base::kBit;
    d.type.width = static_cast<std::uint32_t>(atoms.size());
    d.type.is_register = is_register;
    d.bits = std::move(atoms);
    return d;
}

Datum Lowerer::duration_literal(const Node& n) {
    double ns = 1;
    if (n.text == "us" || n.text == "\xC2\xB5s" || n.text == "\xCE\xBCs") ns = 1e3;
    if (n.text == "ms") ns = 1e6;
    if (n.text == "s") ns = 1e9;
    if (n.text == "dt")
        warn_once(n.loc, "dt", "the length of `dt` is not known here; 1 dt is taken as 1 ns");
    return Datum::duration(n.number * ns);
}

Datum Lowerer::name_value(const Node& n) {
    if (frame_) {
        const auto& names = frame_->definition->parameters;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i].name != n.text) continue;
            const Param& p = frame_->params[i];
            if (p.constant()) return Datum::of(Value::floating(p.value));
            return Datum::later(p.expr, circuit_.exprs[p.expr.value]);
        }
    }
    if (const Symbol* s = find(n.text)) return symbol_value(*s, n.loc);
    if (const auto constant = builtin_constant(n.text))
        return Datum::of(Value::floating(*constant));
    return symbol_value(find_visible(n.text, n.loc), n.loc);
}

Datum Lowerer::cell_value(const Cell& cell, const Type& type) {
    Datum d;
    d.type = type;
    d.type.sizes.clear();
    d.scalar = cell.now;
    if (cell.known) return d;
    d.scalar.expr = circuit_.variable_expr(cell.var);
    return d;
}

Datum Lowerer::symbol_value(const Symbol& s, Loc loc) {
    if (s.frozen) return *s.frozen;
    switch (s.kind) {
        case SymbolKind::kScalar:
            return cell_value(s.cell, s.type);
        case SymbolKind::kBits: {
            std::vector<BitAtom> atoms;
            atoms.reserve(s.bits.size());
            for (const BitId b : s.bits) atoms.push_back({bit_known_[b.value], b, {}});
            return bits_datum(std::move(atoms), s.type.is_register);
        }
        case SymbolKind::kArray: {
            Datum d;
            d.type = s.type;
            for (const std::uint32_t i : s.view)
                d.elements.push_back(cell_value((*s.cells)[i], s.type).scalar);
            return d;
        }
        case SymbolKind::kQubits:
            fail(loc, quoted(s.name) + " is " + describe(s) +
                          "; a classical value is needed here (measure it first)");
        default:
            fail(loc, quoted(s.name) + " is " + describe(s) + ", not a value");
    }
}

Datum Lowerer::cast_node(const Node& n) {
    const Type type = resolve_type(*n.type);
    const Datum value = evaluate(*n.args[0]);
    if (type.is_array() || type.base == Base::kQubit)
        fail(n.loc, "this type is no target of a cast");
    return convert(value, type, n.loc);
}

/// Measures into fresh bits that are no part of the output.
Datum Lowerer::measure_value(const Node& n) {
    std::vector<Operand> operands{operand(*n.args[0])};
    const bool is_register = operands[0].is_register;
    const std::size_t size = operands[0].selector.valid() ? 1 : operands[0].qubits.size();
    Type type;
    type.base = Base::kBit;
    type.width = static_cast<std::uint32_t>(size);
    type.is_register = is_register;
    const SymbolPtr target = make_bits("_measured", n.loc, type, false);
    with_choices(operands, 0, [&] {
        for (std::size_t i = 0; i < size; ++i) {
            count(n.loc);
            circuit_.measure(operands[0].qubits[i], target->bits[i], where_);
            stamp();
        }
    });
    for (const BitId b : target->bits) bit_known_[b.value] = -1;
    return symbol_value(*target, n.loc);
}

/// Longest sum of delays on one qubit of the block; gates have no length before they are compiled.
Datum Lowerer::duration_of(const Node& n) {
    warn_once(n.loc, "durationof",
              "gate lengths are not known when a program is read; durationof counts delays only");
    const BlockId scratch = circuit_.add_block();
    const BlockId outer = std::exchange(where_, scratch);
    const std::vector<std::int8_t> known = bit_known_;
    const double phase = circuit_.global_phase;
    execute_scoped(*n.block);
    circuit_.global_phase = phase;
    std::map<QubitId, double> busy;
    double longest = 0;
    for (const Operation& op : circuit_.block(scratch)) {
        if (op.kind != OpKind::kDelay) continue;
        for (const QubitId q : circuit_.qubits(op))
            longest = std::max(longest, busy[q] += circuit_.parameters(op)[0].value);
    }
    where_ = outer;
    std::copy(known.begin(), known.end(), bit_known_.begin());
    circuit_.block(scratch).clear();
    if (scratch.value + 1 == circuit_.blocks.size()) circuit_.blocks.pop_back();
    return Datum::duration(longest);
}

std::int64_t Lowerer::known_int(const Node& n, std::string_view what) {
    const Scalar s = as_scalar(evaluate(n), n.loc);
    if (!s.known())
        fail(n.loc, std::string(what) +
                        " must be known when the program is read, but it depends "
                        "on a measurement");
    if (s.value.type == ScalarType::kFloat && s.value.real != std::floor(s.value.real))
        fail(n.loc,
             std::string(what) + " must be a whole number, not " + std::to_string(s.value.real));
    if (s.value.type == ScalarType::kAngle) fail(n.loc, std::string(what) + " must be an integer");
    if (s.value.type == ScalarType::kFloat && !(std::abs(s.value.real) < 9e18))
        fail(n.loc, std::string(what) + " is too large");
    return s.value.as_int();
}

double Lowerer::known_number(const Node& n, std::string_view what) {
    const Scalar s = as_scalar(evaluate(n), n.loc);
    if (!s.known())
        fail(n.loc, std::string(what) +
                        " must be known when the program is read, but it depends "
                        "on a measurement");
    return s.value.as_double();
}

double Lowerer::known_duration(const Node& n) {
    const Datum d = evaluate(n);
    if (d.type.is_array() || d.type.base != Base::kDuration)
        fail(n.loc, "a duration such as 100ns is needed here, not " + to_string(d.type));
    return d.scalar.value.real;
}

}  // namespace carillon::qasm
