// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

std::string counted(std::size_t n, const std::string& noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string quoted(std::string_view name) {
    return "`" + std::string(name) + "`";
}

}  // namespace

Lowerer::GateRef Lowerer::row_ref(GateName row, std::string_view name) const {
    const GateInfo& info = gate_info(row.kind);
    GateRef ref;
    ref.row = row;
    ref.params = info.params;
    ref.qubits = info.targets + row.controls;
    ref.name = name;
    return ref;
}

/// What the gate `name` is: a definition of the program, or one of the built-in libraries.
Lowerer::GateRef Lowerer::find_gate_named(std::string_view name, Loc loc) {
    if (const Symbol* s = find(name)) {
        if (s->kind == SymbolKind::kOpaque)
            fail(loc, "the opaque gate " + quoted(name) + " has no definition and cannot be used");
        if (s->kind != SymbolKind::kGate)
            fail(loc, quoted(name) + " is " + describe(*s) + ", not a gate");
        GateRef ref;
        ref.definition = s->definition;
        ref.params = static_cast<int>(s->definition->parameters.size());
        ref.qubits = static_cast<int>(s->definition->qubits.size());
        ref.name = name;
        return ref;
    }
    // In OpenQASM 2, U has no global phase of its own.
    if (name == "U") return row_ref({version_ == 2 ? GateKind::kU3 : GateKind::kU, 0}, name);
    if (name == "CX") return row_ref({GateKind::kX, 1}, name);
    if (name == "gphase") return row_ref({GateKind::kGphase, 0}, name);
    const bool library = (stdgates_ && in_stdgates(name)) || (qelib1_ && in_qelib1(name));
    if (!library) {
        const std::string_view file = in_stdgates(name) && version_ == 3 ? "stdgates.inc"
                                      : in_qelib1(name)                  ? "qelib1.inc"
                                                                         : "";
        if (!file.empty())
            fail(loc, "gate " + quoted(name) + " is not defined here; it is in \"" +
                          std::string(file) + "\": add `include \"" + std::string(file) + "\";`");
        std::vector<std::string_view> names =
            names_of({SymbolKind::kGate, SymbolKind::kSubroutine});
        if (stdgates_) names.insert(names.end(), stdgates_names().begin(), stdgates_names().end());
        if (qelib1_) names.insert(names.end(), qelib1_names().begin(), qelib1_names().end());
        fail(loc, "gate " + quoted(name) + " is not defined" + did_you_mean(name, names));
    }
    const bool from_stdgates = version_ == 3 && stdgates_ && !qelib1_;
    const CompositeGate* composite = from_stdgates && name == "u2"   ? find_composite("stdgates u2")
                                     : from_stdgates && name == "u3" ? find_composite("stdgates u3")
                                                                     : find_composite(name);
    if (composite) {
        GateRef ref;
        ref.composite = composite;
        ref.params = composite->params;
        ref.qubits = composite->qubits;
        ref.name = name;
        return ref;
    }
    return row_ref(*find_gate(name), name);
}

Param Lowerer::gate_argument(const Node& n) {
    if (n.kind == NodeKind::kFloat) return Param(n.number);
    const Datum d = evaluate(n);
    if (d.type.is_array() || d.type.base == Base::kComplex || d.type.base == Base::kDuration ||
        d.type.base == Base::kVoid)
        fail(n.loc, "a gate's parameter must be a number or an angle, not " + to_string(d.type));
    const Scalar s = as_scalar(d, n.loc);
    if (!s.known()) return Param(s.expr);
    const double value = s.value.as_double();
    if (!std::isfinite(value)) fail(n.loc, "this gate parameter is not a finite number");
    return Param(value);
}

QubitId Lowerer::hardware_qubit(std::string_view name, Loc loc) {
    const auto it = globals_.find(name);
    if (it != globals_.end()) return it->second->qubits[0];
    if (name.size() > 9) fail(loc, "hardware qubit " + quoted(name) + " has too large a number");
    auto symbol = std::make_shared<Symbol>();
    symbol->kind = SymbolKind::kQubits;
    symbol->name = name;
    symbol->loc = loc;
    symbol->type.base = Base::kQubit;
    symbol->type.width = 1;
    symbol->qubits = {circuit_.add_qubits(std::string(name), 1)};
    const QubitId id = symbol->qubits[0];
    globals_.emplace(name, std::move(symbol));
    return id;
}

/// The qubits that an operand means.
Operand Lowerer::operand(const Node& n) {
    const DepthGuard depth(*this, n.loc);
    if (!chosen_.empty())
        if (const auto it = chosen_.find(&n); it != chosen_.end()) return it->second;
    Operand result;
    result.loc = n.loc;
    if (n.kind == NodeKind::kName) {
        if (frame_) {
            const auto& names = frame_->definition->qubits;
            for (std::size_t i = 0; i < names.size(); ++i)
                if (names[i].name == n.text) {
                    result.qubits = {frame_->qubits[i]};
                    return result;
                }
        }
        if (n.text.front() == '$' && !find(n.text)) {
            result.qubits = {hardware_qubit(n.text, n.loc)};
            return result;
        }
        const Symbol& s = find_visible(n.text, n.loc);
        if (s.kind != SymbolKind::kQubits)
            fail(n.loc, quoted(n.text) + " is " + describe(s) + ", not a qubit");
        result.qubits = s.qubits;
        result.is_register = s.type.is_register;
        return result;
    }
    if (n.kind == NodeKind::kBinary && n.op == Tok::kConcat) {
        result = operand(*n.args[0]);
        const Operand second = operand(*n.args[1]);
        if (result.selector.valid() || second.selector.valid())
            fail(n.loc, "registers are joined only where every index is known");
        result.qubits.insert(result.qubits.end(), second.qubits.begin(), second.qubits.end());
        result.is_register = true;
        return result;
    }
    if (n.kind != NodeKind::kIndex) fail(n.loc, "a qubit or register is needed here");
    const Node& base_node = *n.args[0];
    const Operand base = operand(base_node);
    if (base.selector.valid()) fail(n.loc, "an index behind a run-time index is not supported");
    if (!base.is_register)
        fail(n.loc, quoted(base_node.text) + " is a single qubit and has no index");
    if (n.args.size() != 2) fail(n.loc, "a qubit register has one index");
    const auto size = static_cast<std::uint32_t>(base.qubits.size());
    const Selection s = select(*n.args[1], size, "qubit", base_node.text);
    if (s.run_time.valid()) {
        result.selector = s.run_time;
        for (const QubitId q : base.qubits) {
            Operand choice;
            choice.loc = n.loc;
            choice.qubits = {q};
            result.choices.push_back(std::move(choice));
        }
        return result;
    }
    for (const std::int64_t i : s.positions)
        result.qubits.push_back(base.qubits[static_cast<std::size_t>(i)]);
    result.is_register = !s.single;
    return result;
}

std::vector<QubitId> Lowerer::known_qubits(const Node& n) {
    Operand o = operand(n);
    if (!o.selector.valid()) return std::move(o.qubits);
    // Used where every qubit the operand may mean is affected (barrier, delay).
    std::vector<QubitId> all;
    for (const Operand& c : o.choices) all.insert(all.end(), c.qubits.begin(), c.qubits.end());
    return all;
}

/// Calls `body` with every run-time operand from number `from` on replaced by each of its choices,
/// inside the run-time tests that pick the choice.
void Lowerer::with_choices(std::vector<Operand>& operands, std::size_t from,
                           const std::function<void()>& body) {
    while (from < operands.size() && !operands[from].selector.valid()) ++from;
    if (from == operands.size()) {
        body();
        return;
    }
    const Operand whole = operands[from];
    for_cases(whole.selector, whole.choices.size(), [&](std::size_t i) {
        operands[from] = whole.choices[i];
        with_choices(operands, from + 1, body);
    });
    operands[from] = whole;
}

std::vector<Lowerer::KnownModifier> Lowerer::known_modifiers(const Statement& s) {
    std::vector<KnownModifier> result;
    for (const Modifier& m : s.modifiers) {
        KnownModifier k{m.kind};
        if (m.kind == Tok::kPow) {
            k.exponent = known_number(*m.argument, "the exponent of `pow`");
        } else if (m.kind != Tok::kInv) {
            const std::int64_t n =
                m.argument ? known_int(*m.argument, "the number of controls") : 1;
            if (n < 1 || n > 1000)
                fail(m.loc,
                     "the number of controls is " + std::to_string(n) + "; it must be 1 to 1000");
            k.controls = static_cast<int>(n);
        }
        result.push_back(k);
    }
    return result;
}

void Lowerer::gate_call(const Statement& s) {
    if (const Symbol* callee = find(s.name))
        if (callee->kind == SymbolKind::kSubroutine || callee->kind == SymbolKind::kExtern) {
            subroutine_as_gate(*callee, s);
            return;
        }
    const GateRef gate = find_gate_named(s.name, s.name_loc);
    if (s.args.size() != static_cast<std::size_t>(gate.params))
        fail(s.name_loc, "gate " + quoted(s.name) + " takes " +
                             counted(static_cast<std::size_t>(gate.params), "parameter") +
                             ", not " + std::to_string(s.args.size()));
    std::vector<Param> params;
    params.reserve(s.args.size());
    for (const NodePtr& a : s.args) params.push_back(gate_argument(*a));
    if (s.value) known_duration(*s.value);
    std::size_t want = static_cast<std::size_t>(gate.qubits);
    const std::vector<KnownModifier> modifiers = known_modifiers(s);
    for (const KnownModifier& m : modifiers) want += static_cast<std::size_t>(m.controls);
    if (s.operands.size() != want) {
        const std::string note =
            want == static_cast<std::size_t>(gate.qubits) ? "" : " with its modifiers";
        fail(s.name_loc, "gate " + quoted(s.name) + note + " acts on " + counted(want, "qubit") +
                             ", not " + std::to_string(s.operands.size()));
    }
    std::vector<Operand> operands;
    operands.reserve(want);
    bool run_time = false;
    for (const NodePtr& o : s.operands) {
        operands.push_back(operand(*o));
        run_time |= operands.back().selector.valid();
    }
    const auto body = [&] {
        std::size_t times = 1;
        bool any_register = false;
        for (const Operand& o : operands) {
            if (!o.is_register) continue;
            if (any_register && o.qubits.size() != times)
                fail(o.loc, "the registers of one gate must have the same size; this one has " +
                                counted(o.qubits.size(), "qubit") + ", an earlier one " +
                                std::to_string(times));
            any_register = true;
            times = o.qubits.size();
        }
        std::vector<QubitId> qubits(want);
        for (std::size_t k = 0; k < times; ++k) {
            for (std::size_t i = 0; i < want; ++i)
                qubits[i] = operands[i].qubits[operands[i].is_register ? k : 0];
            for (std::size_t i = 0; i < want; ++i)
                for (std::size_t j = 0; j < i; ++j)
                    if (qubits[i] == qubits[j]) {
                        if (run_time) return;  // the program may never take this choice
                        fail(operands[i].loc, "gate " + quoted(s.name) + " gets the qubit " +
                                                  quoted(circuit_.qubit_name(qubits[i])) +
                                                  " twice");
                    }
            apply(gate, params, qubits, modifiers, s.loc);
        }
    };
    if (run_time)
        with_choices(operands, 0, body);
    else
        body();
}

/// Early OpenQASM 3 let a subroutine be called like a gate: `f(x) q;`.
void Lowerer::subroutine_as_gate(const Symbol& callee, const Statement& s) {
    if (!s.modifiers.empty())
        fail(s.loc, "modifiers apply to gates; " + quoted(s.name) + " is " + describe(callee));
    warn_once(s.loc, "call as gate",
              "a subroutine is called as " + std::string(s.name) + "(arguments, qubits)");
    std::vector<const Node*> args;
    for (const NodePtr& a : s.args) args.push_back(a.get());
    for (const NodePtr& o : s.operands) args.push_back(o.get());
    if (callee.kind == SymbolKind::kSubroutine)
        call_for_choices(callee, s, args, 0);
    else
        subroutine_call(callee, args, s.loc);
}

}  // namespace carillon::qasm
