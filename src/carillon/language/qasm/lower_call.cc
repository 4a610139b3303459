// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

ExprOp unary_function(std::string_view name) {
    static const std::unordered_map<std::string_view, ExprOp> kTable = {
        {"sin", ExprOp::kSin},     {"cos", ExprOp::kCos},     {"tan", ExprOp::kTan},
        {"arcsin", ExprOp::kAsin}, {"asin", ExprOp::kAsin},   {"arccos", ExprOp::kAcos},
        {"acos", ExprOp::kAcos},   {"arctan", ExprOp::kAtan}, {"atan", ExprOp::kAtan},
        {"exp", ExprOp::kExp},     {"log", ExprOp::kLog},     {"ln", ExprOp::kLog},
        {"sqrt", ExprOp::kSqrt},   {"floor", ExprOp::kFloor}, {"ceiling", ExprOp::kCeil},
        {"ceil", ExprOp::kCeil},
    };
    const auto it = kTable.find(name);
    return it == kTable.end() ? ExprOp::kNone : it->second;
}

std::vector<std::string_view> function_names() {
    return {"sin",  "cos",  "tan",   "arcsin",  "arccos",   "arctan", "exp",
            "log",  "sqrt", "floor", "ceiling", "popcount", "mod",    "pow",
            "rotl", "rotr", "real",  "imag",    "sizeof"};
}

}  // namespace

Datum Lowerer::call(const Node& n) {
    if (const Symbol* s = find(n.text)) {
        if (s->kind != SymbolKind::kSubroutine && s->kind != SymbolKind::kExtern)
            fail(n.loc, quoted(n.text) + " is " + describe(*s) + " and cannot be called");
        std::vector<const Node*> args;
        for (const NodePtr& a : n.args) args.push_back(a.get());
        return subroutine_call(*s, args, n.loc);
    }
    if (auto result = math_call(n)) return std::move(*result);
    std::vector<std::string_view> names = names_of({SymbolKind::kSubroutine, SymbolKind::kExtern});
    for (const std::string_view f : function_names()) names.push_back(f);
    fail(n.loc, "the function " + quoted(n.text) + " is not defined" + did_you_mean(n.text, names));
}

std::optional<Datum> Lowerer::math_call(const Node& n) {
    const auto need = [&](std::size_t count_wanted) {
        if (n.args.size() != count_wanted)
            fail(n.loc, quoted(n.text) + " takes " + std::to_string(count_wanted) +
                            (count_wanted == 1 ? " argument, not " : " arguments, not ") +
                            std::to_string(n.args.size()));
    };
    if (const ExprOp op = unary_function(n.text); op != ExprOp::kNone) {
        need(1);
        return unary_math(n, op);
    }
    if (n.text == "sizeof") return size_of(n);
    if (n.text == "popcount") {
        need(1);
        return popcount(n);
    }
    if (n.text == "rotl" || n.text == "rotr") {
        need(2);
        return rotate(n, n.text == "rotl");
    }
    if (n.text == "mod" || n.text == "pow") {
        need(2);
        return operate(n.text == "mod" ? Tok::kPercent : Tok::kPower, evaluate(*n.args[0]),
                       evaluate(*n.args[1]), n.loc);
    }
    if (n.text == "real" || n.text == "imag") {
        need(1);
        Type type;
        type.base = Base::kComplex;
        const Datum d = convert(evaluate(*n.args[0]), type, n.loc);
        return Datum::of(Value::floating(n.text == "real" ? d.scalar.value.real : d.scalar.imag));
    }
    return std::nullopt;
}

Datum Lowerer::unary_math(const Node& n, ExprOp op) {
    const Datum d = evaluate(*n.args[0]);
    if (d.type.base == Base::kComplex && d.scalar.imag != 0 && op == ExprOp::kExp) {
        const Complex z = std::exp(Complex{d.scalar.value.real, d.scalar.imag});
        return Datum::complex(z.real(), z.imag());
    }
    if (d.type.base == Base::kComplex && d.scalar.imag != 0 && op == ExprOp::kSqrt) {
        const Complex z = std::sqrt(Complex{d.scalar.value.real, d.scalar.imag});
        return Datum::complex(z.real(), z.imag());
    }
    return scalar_unary(op, as_scalar(d, n.args[0]->loc), n.loc);
}

Datum Lowerer::popcount(const Node& n) {
    const Datum d = evaluate(*n.args[0]);
    if (d.type.base == Base::kBit && d.bits.size() > 64) {
        Datum sum = Datum::of(Value::unsigned_integer(0));
        for (std::size_t i = 0; i < d.bits.size(); i += 64) {
            const std::size_t end = std::min(d.bits.size(), i + 64);
            const Datum chunk = bits_datum(
                {d.bits.begin() + static_cast<long>(i), d.bits.begin() + static_cast<long>(end)},
                true);
            sum = operate(Tok::kPlus, sum,
                          scalar_unary(ExprOp::kPopcount, as_scalar(chunk, n.loc), n.loc), n.loc);
        }
        return sum;
    }
    const Scalar s = as_scalar(d, n.loc);
    if (s.value.type == ScalarType::kFloat || s.value.type == ScalarType::kAngle)
        fail(n.loc, "`popcount` counts the bits of a register or an integer");
    return scalar_unary(ExprOp::kPopcount, s, n.loc);
}

Datum Lowerer::rotate(const Node& n, bool left) {
    const Datum d = evaluate(*n.args[0]);
    std::int64_t by = known_int(*n.args[1], "the distance of a rotation");
    if (d.type.is_array() || (d.type.base != Base::kBit && d.type.base != Base::kUint &&
                              d.type.base != Base::kInt && d.type.base != Base::kAngle))
        fail(n.loc, "`" + std::string(n.text) + "` rotates bits, integers and angles");
    const auto width = static_cast<std::int64_t>(
        d.type.base == Base::kBit ? d.bits.size() : std::size_t{d.type.width});
    if (width == 0) return d;
    by = ((left ? by : -(by % width)) % width + width) % width;
    if (d.type.base != Base::kBit) {
        Scalar k;
        k.value = Value::integer(by);
        return scalar_operate(ExprOp::kRotl, d.scalar, k, n.loc);
    }
    std::vector<BitAtom> atoms(d.bits.size());
    for (std::size_t i = 0; i < atoms.size(); ++i)
        atoms[(i + static_cast<std::size_t>(by)) % atoms.size()] = d.bits[i];
    return bits_datum(std::move(atoms), true);
}

/// sizeof(array [, dimension]); also of registers.
Datum Lowerer::size_of(const Node& n) {
    if (n.args.empty() || n.args.size() > 2)
        fail(n.loc, "`sizeof` takes an array and, if wanted, the number of a dimension");
    std::vector<std::uint32_t> sizes;
    const Symbol* s = n.args[0]->kind == NodeKind::kName ? find(n.args[0]->text) : nullptr;
    if (s && s->kind == SymbolKind::kQubits) {
        sizes = {static_cast<std::uint32_t>(s->qubits.size())};
    } else if (s && s->kind == SymbolKind::kArray) {
        sizes = s->type.sizes;
    } else {
        const Datum d = evaluate(*n.args[0]);
        sizes = d.type.sizes;
        if (d.type.base == Base::kBit && sizes.empty())
            sizes = {static_cast<std::uint32_t>(d.bits.size())};
    }
    if (sizes.empty()) fail(n.loc, "`sizeof` needs an array or a register");
    const std::int64_t dimension =
        n.args.size() == 2 ? known_int(*n.args[1], "the dimension of `sizeof`") : 0;
    if (dimension < 0 || dimension >= static_cast<std::int64_t>(sizes.size()))
        fail(n.loc, "dimension " + std::to_string(dimension) + " does not exist; there are " +
                        std::to_string(sizes.size()));
    return Datum::of(Value::unsigned_integer(sizes[static_cast<std::size_t>(dimension)]));
}

SymbolPtr Lowerer::bind_array(const Parameter& p, const Node& arg) {
    std::vector<const Node*> indices;
    const Node& root = flatten(arg, indices);
    const Symbol* array = root.kind == NodeKind::kName ? find(root.text) : nullptr;
    if (!array || array->kind != SymbolKind::kArray)
        fail(arg.loc, "the parameter " + quoted(p.name) + " needs an array");
    if (array->constant && p.type->mutable_reference)
        fail(arg.loc, quoted(root.text) + " is read-only and cannot be passed as `mutable`");
    auto symbol = std::make_shared<Symbol>(*array);
    if (!indices.empty()) {
        ArrayPart part = array_part(*array, indices, arg.loc);
        if (part.run_time.valid() || part.sizes.empty())
            fail(arg.loc, "the parameter " + quoted(p.name) + " needs an array");
        symbol->view = std::move(part.cells);
        symbol->type.sizes = std::move(part.sizes);
    }
    Type type;
    std::int64_t dimensions = -1;
    {
        const ScopeGuard callee(*this, true);
        const FrameGuard no_gate(*this, nullptr);
        type = p.type->dimensions ? resolve_type(*p.type->element) : resolve_type(*p.type);
        if (p.type->dimensions) dimensions = known_int(*p.type->dimensions, "`#dim`");
    }
    const bool shape_fits = p.type->dimensions
                                ? dimensions == static_cast<std::int64_t>(symbol->type.sizes.size())
                                : type.sizes == symbol->type.sizes;
    if (!shape_fits || type.base != symbol->type.base || type.width != symbol->type.width)
        fail(arg.loc, to_string(symbol->type) + " does not fit the parameter " + quoted(p.name) +
                          (p.type->dimensions ? ", which takes " + std::to_string(dimensions) +
                                                    " dimensions of " + to_string(type)
                                              : ", which is " + to_string(type)));
    symbol->name = p.name;
    symbol->loc = p.loc;
    symbol->constant = p.type->readonly;
    return symbol;
}

/// The symbol that a parameter becomes inside the subroutine.
SymbolPtr Lowerer::bind_argument(const Statement& definition, const Parameter& p, const Node& arg) {
    if (p.type->base == Tok::kArray) return bind_array(p, arg);
    Type type;
    {
        const ScopeGuard callee(*this, true);
        const FrameGuard no_gate(*this, nullptr);
        type = resolve_type(*p.type);
    }
    auto symbol = std::make_shared<Symbol>();
    symbol->name = p.name;
    symbol->loc = p.loc;
    symbol->type = type;
    symbol->level = level_;
    if (type.base == Base::kQubit) {
        const Operand o = operand(arg);
        if (o.selector.valid())
            fail(arg.loc,
                 "a run-time index cannot choose the qubit of a call inside an expression; call "
                 "the subroutine as a statement of its own");
        if (o.qubits.size() != type.width)
            fail(arg.loc, "the parameter " + quoted(p.name) + " takes " +
                              std::to_string(type.width) +
                              (type.width == 1 ? " qubit" : " qubits") + ", not " +
                              std::to_string(o.qubits.size()));
        symbol->kind = SymbolKind::kQubits;
        symbol->qubits = o.qubits;
        return symbol;
    }
    const Datum value = convert(evaluate(arg), type, arg.loc);
    if (type.base == Base::kBit) {
        // Bits that nobody changes during the call need no copy.
        if (!assigns_name(definition, p.name) && assigned_in(definition.body).empty()) {
            symbol->kind = SymbolKind::kBits;
            symbol->frozen = std::make_shared<const Datum>(value);
            return symbol;
        }
        SymbolPtr bits = make_bits(p.name, p.loc, type, false);
        store_bits(bits->bits, value.bits, arg.loc);
        return bits;
    }
    symbol->kind = SymbolKind::kScalar;
    if (value.scalar.known())
        symbol->cell.now = value.scalar;
    else  // a copy, since the call may change what the value is computed from
        store(symbol->cell, type, value, p.name, level_, arg.loc);
    return symbol;
}

Datum Lowerer::subroutine_call(const Symbol& callee, const std::vector<const Node*>& args,
                               Loc loc) {
    if (callee.kind == SymbolKind::kExtern)
        fail(loc, "the extern function " + quoted(callee.name) +
                      " has no implementation here and cannot be called");
    if (calls_.size() >= kMaxCalls)
        fail(loc, "subroutine calls are nested deeper than " + std::to_string(kMaxCalls) +
                      " levels; is this recursion without end?");
    const DepthGuard depth(*this, loc, kCallDepth);
    count(loc);
    const Statement& definition = *callee.definition;
    if (args.size() != definition.parameters.size())
        fail(loc, "the subroutine " + quoted(callee.name) + " takes " +
                      std::to_string(definition.parameters.size()) +
                      (definition.parameters.size() == 1 ? " argument, not " : " arguments, not ") +
                      std::to_string(args.size()));
    std::vector<SymbolPtr> symbols;
    for (std::size_t i = 0; i < args.size(); ++i)
        symbols.push_back(bind_argument(definition, definition.parameters[i], *args[i]));
    const ScopeGuard scope(*this, true);
    const FrameGuard no_gate(*this, nullptr);
    scopes_.back().symbols = std::move(symbols);
    Call call{&definition, level_, where_, {}, {}, {}, {}};
    if (definition.type) call.type = resolve_type(*definition.type);
    calls_.push_back(&call);
    try {
        execute_list(definition.body);
    } catch (...) {
        calls_.pop_back();
        throw;
    }
    calls_.pop_back();
    return finish_call(call);
}

Datum Lowerer::finish_call(Call& c) {
    if (c.result) {
        c.result->cell.known = false;
        for (const BitId b : c.result->bits) bit_known_[b.value] = -1;
        return symbol_value(*c.result, c.definition->loc);
    }
    if (c.value) {
        // The caller may go on changing an array that the value is read from.
        const auto& parameters = c.definition->parameters;
        const bool by_reference =
            std::any_of(parameters.begin(), parameters.end(),
                        [](const Parameter& p) { return p.type->base == Tok::kArray; });
        if (!by_reference || c.value->scalar.known() || !c.value->type.is_number())
            return std::move(*c.value);
        Cell kept;
        store(kept, c.type, *c.value, "_result", level_, c.definition->loc);
        return cell_value(kept, c.type);
    }
    if (c.definition->type)
        fail(c.definition->name_loc, "the subroutine " + quoted(c.definition->name) +
                                         " ends without returning its " + to_string(c.type));
    return {};
}

}  // namespace carillon::qasm
