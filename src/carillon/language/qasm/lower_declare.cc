// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "carillon/language/qasm/lower.h"
#include "carillon/language/qasm/parser.h"

namespace carillon::qasm {

namespace {

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

Base base_of(Tok token) {
    switch (token) {
        case Tok::kBool:
            return Base::kBool;
        case Tok::kBit:
            return Base::kBit;
        case Tok::kInt:
            return Base::kInt;
        case Tok::kUint:
            return Base::kUint;
        case Tok::kFloatType:
            return Base::kFloat;
        case Tok::kAngle:
            return Base::kAngle;
        case Tok::kComplex:
            return Base::kComplex;
        case Tok::kDurationType:
        case Tok::kStretch:
            return Base::kDuration;
        case Tok::kQubit:
            return Base::kQubit;
        default:
            return Base::kVoid;
    }
}

}  // namespace

std::uint32_t Lowerer::resolve_size(const Node& size, std::string_view what, std::uint32_t most) {
    const std::int64_t n = known_int(size, what);
    if (n < 1 || n > most)
        fail(size.loc, std::string(what) + " is " + std::to_string(n) + "; it must be 1 to " +
                           std::to_string(most));
    return static_cast<std::uint32_t>(n);
}

Type Lowerer::resolve_type(const TypeNode& t) {
    Type type;
    if (t.base == Tok::kArray) {
        type = resolve_type(*t.element);
        if (t.dimensions)
            fail(t.loc, "`#dim` stands in subroutine parameters only; give the sizes here");
        std::uint64_t total = 1;
        for (const NodePtr& n : t.sizes) {
            type.sizes.push_back(resolve_size(*n, "the size of an array", kMaxRegister));
            total *= type.sizes.back();
            if (total > kMaxArray)
                fail(t.loc, "this array has more than " + std::to_string(kMaxArray) + " elements");
        }
        if (type.base == Base::kBit && type.width > 64)
            fail(t.loc, "an array's registers hold at most 64 bits each");
        return type;
    }
    type.base = base_of(t.base);
    if (type.base == Base::kBool) type.width = 1;
    if (type.base == Base::kBit || type.base == Base::kQubit) {
        type.is_register = t.width != nullptr;
        type.width = t.width ? resolve_size(*t.width, "the size of a register", kMaxRegister) : 1;
        return type;
    }
    if (!t.width) return type;
    const std::uint32_t width = resolve_size(*t.width, "the width of a type", 1u << 16);
    if (type.base == Base::kComplex) return type;
    if (width > 64)
        warn_once(t.loc, "wide",
                  "numbers are kept in 64 bits; " + std::to_string(width) + " bits are asked for");
    type.width = std::min(width, 64u);
    return type;
}

void Lowerer::declare_statement(const Statement& s) {
    count(s.loc);
    if (s.qualifier == Qualifier::kInput || s.qualifier == Qualifier::kOutput) {
        if (!scopes_.empty()) fail(s.loc, "inputs and outputs are declared at the top level");
        has_output_ |= s.qualifier == Qualifier::kOutput;
    }
    if (s.type->base == Tok::kQubit) {
        declare_qubits(s);
        return;
    }
    if (s.type->base == Tok::kStretch)
        warn_once(s.loc, "stretch", "stretches are resolved to zero length");
    const Type type = resolve_type(*s.type);
    if (type.is_array())
        declare_array(s, type);
    else if (type.base == Base::kBit)
        declare_bits(s, type);
    else
        declare_scalar(s, type);
}

void Lowerer::declare_qubits(const Statement& s) {
    if (!scopes_.empty()) fail(s.loc, "qubits are declared at the top level");
    const Type type = resolve_type(*s.type);
    if (s.name.front() == '$' && globals_.count(s.name)) return;  // already used
    Symbol& q = declare(s.name, s.name_loc, SymbolKind::kQubits);
    q.type = type;
    count(s.loc, type.width / 64);
    const QubitId first = circuit_.add_qubits(std::string(s.name), type.width);
    for (std::uint32_t i = 0; i < type.width; ++i) q.qubits.push_back(QubitId{first.value + i});
}

/// Fresh bits, all 0 in memory when the program starts.
SymbolPtr Lowerer::make_bits(std::string_view name, Loc loc, const Type& type, bool output) {
    auto symbol = std::make_shared<Symbol>();
    symbol->kind = SymbolKind::kBits;
    symbol->name = name;
    symbol->loc = loc;
    symbol->type = type;
    symbol->level = level_;
    count(loc, type.width / 64);
    const BitId first = circuit_.add_bits(std::string(name), type.width, output);
    for (std::uint32_t i = 0; i < type.width; ++i) symbol->bits.push_back(BitId{first.value + i});
    // In a run-time loop they hold what the pass before left.
    bit_known_.resize(circuit_.num_bits, static_cast<std::int8_t>(run_time_loops_ > 0 ? -1 : 0));
    return symbol;
}

/// The value of an `input`, from the options or else from its initial value.
std::optional<Datum> Lowerer::input_value(const Statement& s, const Type& type) {
    const std::string name(s.name);
    const auto it = options_.inputs.find(name);
    if (it == options_.inputs.end()) {
        if (s.value) return std::nullopt;
        fail(s.name_loc, "the input " + quoted(s.name) + " of type " + to_string(type) +
                             " has no value; give one with `--input " + name + "=value`");
    }
    used_inputs_.insert(name);
    std::string text = it->second;
    const bool plain_bits = type.base == Base::kBit && !type.is_array() &&
                            text.size() == type.width && type.is_register &&
                            text.find_first_not_of("01") == std::string::npos;
    if (plain_bits) text = '"' + text + '"';
    const std::uint32_t file = sources_.add_included("--input " + name, text, s.name_loc);
    Parser parser(sources_, file, version_);
    const NodePtr node = parser.whole_expression();
    if (type.is_array()) return array_literal(*node, type);
    return convert(evaluate(*node), type, node->loc);
}

void Lowerer::declare_bits(const Statement& s, const Type& type) {
    // The value is computed before the name exists.
    std::optional<Datum> value;
    const bool measured = s.value && s.value->kind == NodeKind::kMeasure;
    if (s.qualifier == Qualifier::kInput) value = input_value(s, type);
    if (!value && s.value && !measured) {
        if (s.value->kind == NodeKind::kSet)
            fail(s.value->loc, "values in braces initialise arrays, not registers");
        value = convert(evaluate(*s.value), type, s.value->loc);
    }
    if (s.qualifier == Qualifier::kConst) {
        if (std::any_of(value->bits.begin(), value->bits.end(),
                        [](const BitAtom& a) { return a.known < 0; }))
            fail(s.value->loc,
                 "the value of the constant " + quoted(s.name) + " depends on a measurement");
        Symbol& constant = declare(s.name, s.name_loc, SymbolKind::kBits);
        constant.type = type;
        constant.constant = true;
        constant.frozen = std::make_shared<const Datum>(std::move(*value));
        return;
    }
    check_undeclared(s.name, s.name_loc);
    const bool input = s.qualifier == Qualifier::kInput;
    const SymbolPtr symbol = make_bits(s.name, s.name_loc, type, scopes_.empty() && !input);
    symbol->output = s.qualifier == Qualifier::kOutput;
    if (symbol->output) outputs_.push_back(symbol);
    if (scopes_.empty())
        globals_.emplace(s.name, symbol);
    else
        scopes_.back().symbols.push_back(symbol);
    if (measured) {
        Node target;
        target.kind = NodeKind::kName;
        target.text = s.name;
        target.loc = s.name_loc;
        measure_into(*s.value->args[0], &target, s.loc);
    } else if (value) {
        store_bits(symbol->bits, std::move(value->bits), s.loc);
    } else if (run_time_loops_ > 0) {
        BitAtom zero;
        zero.known = 0;
        store_bits(symbol->bits, std::vector<BitAtom>(type.width, zero), s.loc);
    }
}

void Lowerer::declare_scalar(const Statement& s, const Type& type) {
    std::optional<Datum> value;
    if (s.qualifier == Qualifier::kInput) value = input_value(s, type);
    if (!value && s.value) {
        if (s.value->kind == NodeKind::kSet)
            fail(s.value->loc, "values in braces initialise arrays");
        value = convert(evaluate(*s.value), type, s.value->loc);
    }
    if (s.qualifier == Qualifier::kConst && !value->scalar.known())
        fail(s.value->loc,
             "the value of the constant " + quoted(s.name) + " depends on a measurement");
    Symbol& symbol = declare(s.name, s.name_loc, SymbolKind::kScalar);
    symbol.type = type;
    symbol.cell.now.value =
        type.base == Base::kComplex || type.base == Base::kDuration
            ? Value::floating(0)
            : cast(Value::integer(0), scalar_type_of(type.base), static_cast<int>(type.width));
    const bool output = s.qualifier == Qualifier::kOutput;
    if (output && (type.base == Base::kComplex || type.base == Base::kDuration))
        fail(s.name_loc, "an output of type " + to_string(type) + " is not supported");
    if (output) reserve_variable(symbol.cell, type, std::string(s.name));
    if (value) store(symbol.cell, type, *value, s.name, level_, s.value ? s.value->loc : s.loc);
    symbol.constant = s.qualifier == Qualifier::kConst || s.type->base == Tok::kStretch;
    if (output) outputs_.push_back(globals_.at(s.name));
}

void Lowerer::declare_array(const Statement& s, const Type& type) {
    if (!scopes_.empty()) fail(s.loc, "arrays are declared at the top level");
    std::optional<Datum> value;
    if (s.qualifier == Qualifier::kInput) value = input_value(s, type);
    if (!value && s.value)
        value = s.value->kind == NodeKind::kSet
                    ? array_literal(*s.value, type)
                    : convert_array(evaluate(*s.value), type, s.value->loc);
    Symbol& symbol = declare(s.name, s.name_loc, SymbolKind::kArray);
    symbol.type = type;
    std::uint32_t total = 1;
    for (const std::uint32_t n : type.sizes) total *= n;
    count(s.loc, total / 4);
    symbol.cells = std::make_shared<std::vector<Cell>>(total);
    Cell zero;
    zero.now.value =
        type.base == Base::kComplex || type.base == Base::kDuration
            ? Value::floating(0)
            : cast(Value::integer(0), scalar_type_of(type.base), static_cast<int>(type.width));
    std::fill(symbol.cells->begin(), symbol.cells->end(), zero);
    for (std::uint32_t i = 0; i < total; ++i) symbol.view.push_back(i);
    if (s.qualifier == Qualifier::kOutput) {
        if (type.base == Base::kComplex || type.base == Base::kDuration)
            fail(s.name_loc, "an output of type " + to_string(type) + " is not supported");
        Type element = type;
        element.sizes.clear();
        for (std::uint32_t i = 0; i < total; ++i)
            reserve_variable((*symbol.cells)[i], element,
                             std::string(s.name) + "[" + std::to_string(i) + "]");
        outputs_.push_back(globals_.at(s.name));
    }
    if (value) assign_array(symbol, symbol.view, *value, s.loc);
    symbol.constant = s.qualifier == Qualifier::kConst;
}

/// let name = value: another name for qubits, bits or a part of an array.
void Lowerer::declare_alias(const Statement& s) {
    std::vector<const Node*> indices;
    const Node& root = s.value->kind == NodeKind::kBinary ? *s.value : flatten(*s.value, indices);
    // Leftmost name of a concatenation decides what it is made of.
    const Node* first = s.value.get();
    while (!first->args.empty() && first->args[0] &&
           (first->kind == NodeKind::kIndex || first->kind == NodeKind::kBinary))
        first = first->args[0].get();
    if (first->kind != NodeKind::kName)
        fail(s.value->loc, "an alias names qubits, bits or arrays that are declared");
    const Symbol* target =
        first->text.front() == '$' ? nullptr : &find_visible(first->text, first->loc);
    if (!target || target->kind == SymbolKind::kQubits) {
        Operand o = operand(*s.value);
        if (o.selector.valid())
            fail(s.value->loc, "an alias needs indices that are known when the program is read");
        Symbol& alias = declare(s.name, s.name_loc, SymbolKind::kQubits);
        alias.type.base = Base::kQubit;
        alias.type.width = static_cast<std::uint32_t>(o.qubits.size());
        alias.type.is_register = o.is_register;
        alias.qubits = std::move(o.qubits);
        return;
    }
    if (target->kind == SymbolKind::kArray && root.kind == NodeKind::kName) {
        ArrayPart part = array_part(*target, indices, s.value->loc);
        if (part.run_time.valid() || part.sizes.empty())
            fail(s.value->loc, "an alias of an array names a part with known indices");
        Symbol copy = *target;
        Symbol& alias = declare(s.name, s.name_loc, SymbolKind::kArray);
        alias.type = copy.type;
        alias.type.sizes = std::move(part.sizes);
        alias.cells = copy.cells;
        alias.view = std::move(part.cells);
        alias.constant = copy.constant;
        alias.level = copy.level;
        return;
    }
    if (target->kind != SymbolKind::kBits)
        fail(s.value->loc, "an alias names qubits, bits or arrays; " + quoted(first->text) +
                               " is " + describe(*target));
    const Datum d = evaluate(*s.value);
    if (d.type.is_array() || d.type.base != Base::kBit)
        fail(s.value->loc, "an alias names qubits, bits or arrays");
    std::vector<BitId> bits;
    for (const BitAtom& a : d.bits) {
        if (!a.bit.valid())
            fail(s.value->loc, "an alias names bits in memory, not a computed value");
        bits.push_back(a.bit);
    }
    const int level = target->level;
    Symbol& alias = declare(s.name, s.name_loc, SymbolKind::kBits);
    alias.type = d.type;
    alias.bits = std::move(bits);
    alias.level = level;
}

/// Gates, opaque gates, subroutines and externs.
void Lowerer::define(const Statement& s) {
    if (!scopes_.empty()) fail(s.loc, "definitions stand at the top level");
    SymbolKind kind = SymbolKind::kGate;
    if (s.kind == StatementKind::kOpaque) kind = SymbolKind::kOpaque;
    if (s.kind == StatementKind::kDef) kind = SymbolKind::kSubroutine;
    if (s.kind == StatementKind::kExtern) kind = SymbolKind::kExtern;
    if (s.kind == StatementKind::kGate) check_gate_body(s);
    declare(s.name, s.name_loc, kind).definition = &s;
}

void Lowerer::check_gate_body(const Statement& gate) {
    check_gate_statements(gate, gate.body);
}

/// A gate's body acts on its own qubits by gates that exist, and neither measures nor resets.
void Lowerer::check_gate_statements(const Statement& gate, const Statements& body) {
    for (const StatementPtr& s : body) {
        switch (s->kind) {
            case StatementKind::kGateCall: {
                if (s->name == gate.name && !find(s->name) &&
                    !(stdgates_ && in_stdgates(s->name)) && !(qelib1_ && in_qelib1(s->name)))
                    fail(s->name_loc, "gate " + quoted(s->name) + " uses itself");
                find_gate_named(s->name, s->name_loc);
                break;
            }
            case StatementKind::kBarrier:
            case StatementKind::kNop:
            case StatementKind::kDelay:
            case StatementKind::kPragma:
            case StatementKind::kAnnotation:
            case StatementKind::kBox:
            case StatementKind::kBlock:
            case StatementKind::kFor:
            case StatementKind::kIf:
            case StatementKind::kWhile:
            case StatementKind::kSwitch:
                break;
            default:
                fail(s->loc,
                     "a gate's body holds gates only; measurements, resets and classical "
                     "statements belong in a subroutine (`def`)");
        }
        for (const NodePtr& o : s->operands) {
            std::vector<const Node*> indices;
            const Node& root = flatten(*o, indices);
            const auto& names = gate.qubits;
            const bool known = std::any_of(names.begin(), names.end(),
                                           [&](const Parameter& p) { return p.name == root.text; });
            if (!known) {
                std::vector<std::string_view> candidates;
                candidates.reserve(names.size());
                for (const Parameter& p : names) candidates.push_back(p.name);
                fail(o->loc, quoted(root.text) + " is no qubit of the gate " + quoted(gate.name) +
                                 did_you_mean(root.text, candidates));
            }
            if (!indices.empty())
                fail(o->loc,
                     quoted(root.text) + " is a single qubit inside a gate and has no index");
        }
        check_gate_statements(gate, s->body);
        check_gate_statements(gate, s->otherwise);
        for (const SwitchCase& c : s->cases) check_gate_statements(gate, c.body);
    }
}

}  // namespace carillon::qasm
