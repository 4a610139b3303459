// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

void drop_flag(std::vector<VariableId>& flags, VariableId flag) {
    flags.erase(std::remove(flags.begin(), flags.end(), flag), flags.end());
}

bool is_literal(const Node& n) {
    if (n.kind == NodeKind::kUnary) return is_literal(*n.args[0]);
    return n.kind == NodeKind::kInteger;
}

}  // namespace

bool Lowerer::range_is_known(const Node& range) {
    for (const NodePtr& a : range.args)
        if (a && !is_literal(*a) && !as_scalar(evaluate(*a), a->loc).known()) return false;
    return true;
}

/// The values that a loop over a range, a set, an array or bits takes.
std::vector<Datum> Lowerer::loop_values(const Statement& s, const Type& type) {
    const Node& source = *s.value;
    std::vector<Datum> values;
    if (source.kind == NodeKind::kRange) {
        for (const std::int64_t v : range_values(source, std::nullopt))
            values.push_back(convert(Datum::of(Value::integer(v)), type, source.loc));
        return values;
    }
    if (source.kind == NodeKind::kSet) {
        for (const NodePtr& a : source.args) values.push_back(convert(evaluate(*a), type, a->loc));
        return values;
    }
    const Datum d = evaluate(source);
    if (d.type.is_array()) {
        if (d.type.sizes.size() != 1)
            fail(source.loc, "a loop runs over arrays of one dimension; this one has " +
                                 std::to_string(d.type.sizes.size()));
        for (const Scalar& e : d.elements) {
            Datum element;
            element.type = d.type;
            element.type.sizes.clear();
            element.scalar = e;
            if (element.type.base == Base::kBit) element.type.base = Base::kUint;
            values.push_back(convert(element, type, source.loc));
        }
        return values;
    }
    if (d.type.base != Base::kBit)
        fail(source.loc, "a loop runs over a range, a set, an array or a bit register, not over " +
                             to_string(d.type));
    // The loop runs over the bits as they are now, whatever its body does to them.
    std::vector<BitAtom> atoms = d.bits;
    const bool known =
        std::all_of(atoms.begin(), atoms.end(), [](const BitAtom& a) { return a.known >= 0; });
    if (!known && !assigned_in(s.body).empty()) {
        const SymbolPtr copy = make_bits("_copy", source.loc, d.type, false);
        store_bits(copy->bits, atoms, source.loc);
        atoms = symbol_value(*copy, source.loc).bits;
    }
    for (const BitAtom& a : atoms)
        values.push_back(convert(bits_datum({a}, false), type, source.loc));
    return values;
}

Flow Lowerer::for_statement(const Statement& s) {
    count(s.loc);
    Type type;
    type.base = Base::kInt;
    if (s.type)
        type = resolve_type(*s.type);
    else
        warn_once(s.loc, "untyped loop", "a loop variable needs a type; int is taken");
    if (type.is_array() || type.base == Base::kQubit || type.base == Base::kComplex)
        fail(s.type->loc, "a loop variable cannot be of type " + to_string(type));
    if (s.value->kind == NodeKind::kRange && !range_is_known(*s.value))
        return run_time_for(s, type);
    return unrolled(s, loop_values(s, type));
}

/// Runs the body once in its own scope, behind the loop variable's.
Flow Lowerer::loop_body(const Statement& s, Loop& loop) {
    loops_.push_back(loop);
    Flow flow;
    try {
        flow = execute_scoped(s.body);
    } catch (...) {
        loops_.pop_back();
        throw;
    }
    loop = loops_.back();
    loops_.pop_back();
    return flow;
}

/// Flow behind a loop with the flags `pending` that may have ended it.
Flow Lowerer::loop_exit(const Loop& loop, const std::vector<VariableId>& pending) const {
    Flow flow{Flow::kMaybe, pending};
    drop_flag(flow.flags, loop.broken);
    if (flow.flags.empty()) flow.kind = Flow::kNormal;
    return flow;
}

Flow Lowerer::unrolled(const Statement& s, const std::vector<Datum>& values) {
    Loop loop{level_, where_, where_, {}, {}, calls_.size()};
    std::vector<VariableId> pending;
    for (const Datum& value : values) {
        count(s.loc);
        const auto pass = [&] {
            const ScopeGuard scope(*this);
            Symbol& variable = declare(s.name, s.name_loc, SymbolKind::kScalar);
            variable.type = value.type;
            if (value.type.base == Base::kBit) {
                variable.kind = SymbolKind::kBits;
                variable.frozen = std::make_shared<const Datum>(value);
                variable.constant = true;
            } else if (value.scalar.known()) {
                variable.cell.now = value.scalar;
            } else {
                store(variable.cell, value.type, value, s.name, level_, s.loc);
            }
            loop.level = level_;
            loop.body_block = where_;
            loop.skipped = {};
            return loop_body(s, loop);
        };
        Flow flow = pending.empty() ? pass() : guarded(pending, pass, s.body);
        drop_flag(flow.flags, loop.skipped);
        if (flow.kind == Flow::kMaybe) {
            pending = std::move(flow.flags);
            continue;
        }
        if (flow.kind == Flow::kBreak) break;
        if (flow.kind == Flow::kReturn || flow.kind == Flow::kEnd) return flow;
    }
    return loop_exit(loop, pending);
}

/// for over a range whose ends depend on measurements: a while loop that counts.
Flow Lowerer::run_time_for(const Statement& s, const Type& type) {
    const Node& range = *s.value;
    const std::int64_t step = range.args[1] ? known_int(*range.args[1], "the step of a range") : 1;
    if (step == 0) fail(range.loc, "the step of a range cannot be 0");
    if (type.base != Base::kInt && type.base != Base::kUint)
        fail(s.name_loc, "the variable of a loop with run-time ends must be int or uint");
    const Value zero = Value::integer(0);
    const auto bound = [&](const Node& n, const char* name) {
        const Scalar v = as_scalar(evaluate(n), n.loc);
        const VariableId id = circuit_.add_variable(name, zero);
        assign_variable(id, circuit_.cast_expr(as_expr(v), ScalarType::kInt, 64));
        return id;
    };
    const VariableId counter = bound(*range.args[0], "_counter");
    const VariableId last = bound(*range.args[2], "_last");
    const std::vector<Symbol*> assigned = assigned_in(s.body);
    demote_all(assigned);
    forget_all(assigned);
    Loop loop{-1, where_, where_, {}, {}, calls_.size()};
    Flow flow;
    ++run_time_loops_;
    const BlockId body = run_time_block([&] {
        const ScopeGuard scope(*this);
        Symbol& variable = declare(s.name, s.name_loc, SymbolKind::kScalar);
        variable.type = type;
        const ExprId now = circuit_.variable_expr(counter);
        store(variable.cell, type, Datum::later(now, circuit_.exprs[now.value]), s.name, level_,
              s.loc);
        loop.body_block = where_;
        flow = loop_body(s, loop);
        const ExprId by = circuit_.constant(Value::integer(step));
        assign_variable(counter,
                        circuit_.binary(ExprOp::kAdd, circuit_.variable_expr(counter), by));
    });
    --run_time_loops_;
    forget_all(assigned);
    ExprId condition =
        circuit_.binary(step > 0 ? ExprOp::kLe : ExprOp::kGe, circuit_.variable_expr(counter),
                        circuit_.variable_expr(last));
    std::vector<VariableId> pending = flow.flags;
    drop_flag(pending, loop.skipped);
    if (!pending.empty()) condition = circuit_.binary(ExprOp::kAnd, condition, none_set(pending));
    circuit_.while_loop(condition, body, where_);
    stamp();
    return loop_exit(loop, pending);
}

/// What is known about the symbols; two equal states lead a known condition the same way. Begins
/// with a mark, so that it is never empty.
std::vector<Scalar> Lowerer::known_state(const std::vector<Symbol*>& symbols) const {
    std::vector<Scalar> state(1);
    const auto add = [&](const Cell& cell) {
        state.push_back(cell.known ? cell.now : Scalar{{}, 0, ExprId{0}});
    };
    for (const Symbol* s : symbols) {
        if (s->kind == SymbolKind::kScalar) add(s->cell);
        if (s->kind == SymbolKind::kArray)
            for (const std::uint32_t i : s->view) add((*s->cells)[i]);
        for (const BitId b : s->bits) {
            Scalar bit;
            bit.value.bits = bit_known_[b.value];
            state.push_back(bit);
        }
    }
    return state;
}

/// A loop whose condition is known is run now, pass by pass; from the pass on where the condition
/// or the way out depends on a measurement, it is a loop of the circuit.
Flow Lowerer::while_statement(const Statement& s) {
    Loop loop{level_, where_, where_, {}, {}, calls_.size()};
    const std::vector<Symbol*> assigned = assigned_in_statement(s);
    for (std::vector<Scalar> before_pass;;) {
        count(s.loc);
        const std::size_t before = circuit_.block(where_).size();
        const bool calls = contains_call(*s.value);
        const auto truth = calls ? std::nullopt : known_truth(evaluate(*s.value), s.value->loc);
        if (circuit_.block(where_).size() != before && !calls)
            throw InternalError("qasm: a condition without calls made operations");
        if (!truth) return run_time_while(s, {});
        if (!*truth) return {};
        std::vector<Scalar> now = known_state(assigned);
        if (now == before_pass)
            fail(s.loc, "this loop never ends: nothing its condition knows changes");
        before_pass = std::move(now);
        loop.skipped = {};
        Flow flow = loop_body(s, loop);
        drop_flag(flow.flags, loop.skipped);
        if (flow.kind == Flow::kBreak && flow.flags.empty()) return {};
        if (flow.kind == Flow::kReturn || flow.kind == Flow::kEnd) return flow;
        if (flow.kind == Flow::kMaybe && !flow.flags.empty()) {
            const Flow rest = run_time_while(s, flow.flags);
            Flow out = loop_exit(loop, flow.flags);
            for (const VariableId f : rest.flags)
                if (std::find(out.flags.begin(), out.flags.end(), f) == out.flags.end())
                    out.flags.push_back(f);
            if (!out.flags.empty()) out.kind = Flow::kMaybe;
            return out;
        }
    }
}

bool Lowerer::contains_call(const Node& n) const {
    if (n.kind == NodeKind::kCall) {
        const Symbol* s = find(n.text);
        if (s && s->kind == SymbolKind::kSubroutine) return true;
    }
    return std::any_of(n.args.begin(), n.args.end(),
                       [&](const NodePtr& a) { return a && contains_call(*a); });
}

/// The loop as one of the circuit. `pending` are flags that have perhaps ended it already.
Flow Lowerer::run_time_while(const Statement& s, std::vector<VariableId> pending) {
    const std::vector<Symbol*> assigned = assigned_in_statement(s);
    demote_all(assigned);
    forget_all(assigned);
    Loop loop{-1, where_, where_, {}, {}, calls_.size()};
    // A condition that calls subroutines is computed into a variable, before and in the loop.
    const bool calls = contains_call(*s.value);
    VariableId kept;
    ExprId condition;
    const auto evaluate_condition = [&] {
        const Datum d = evaluate(*s.value);
        const auto truth = known_truth(d, s.value->loc);
        return truth ? circuit_.constant(Value::boolean(*truth)) : as_condition(d, s.value->loc);
    };
    ++run_time_loops_;
    if (calls) {
        kept = circuit_.add_variable("_condition", Value::boolean(false));
        assign_variable(kept, circuit_.cast_expr(evaluate_condition(), ScalarType::kBool, 1));
        condition = circuit_.variable_expr(kept);
    } else {
        condition = evaluate_condition();
    }
    Flow flow;
    const std::uint32_t line = line_;
    const BlockId body = run_time_block([&] {
        loop.body_block = where_;
        flow = loop_body(s, loop);
        if (calls) {
            forget_all(assigned);
            assign_variable(kept, circuit_.cast_expr(evaluate_condition(), ScalarType::kBool, 1));
        }
    });
    --run_time_loops_;
    forget_all(assigned);
    line_ = line;
    drop_flag(flow.flags, loop.skipped);
    for (const VariableId f : flow.flags)
        if (std::find(pending.begin(), pending.end(), f) == pending.end()) pending.push_back(f);
    if (pending.empty() && circuit_.exprs[condition.value].kind == ExprKind::kConstant)
        fail(s.loc, "this loop never ends: its condition does not change");
    if (!pending.empty()) condition = circuit_.binary(ExprOp::kAnd, condition, none_set(pending));
    circuit_.while_loop(condition, body, where_);
    stamp();
    return loop_exit(loop, flow.flags);
}

}  // namespace carillon::qasm
