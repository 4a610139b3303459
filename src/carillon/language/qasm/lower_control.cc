// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "carillon/language/qasm/lower.h"

namespace carillon::qasm {

namespace {

constexpr std::size_t kLongestChain = 16;  ///< more cases than this are tested one after the other

void add_flags(std::vector<VariableId>& to, const std::vector<VariableId>& from) {
    for (const VariableId f : from)
        if (std::find(to.begin(), to.end(), f) == to.end()) to.push_back(f);
}

}  // namespace

/// A run-time bool, false where the flow comes by at the end of block `where` as it is now. The
/// operations behind that point are not appended yet, because their block is still being built.
VariableId Lowerer::new_flag(std::string_view name, BlockId where) {
    const VariableId flag = circuit_.add_variable(std::string(name), Value::boolean(false));
    if (run_time_loops_ > 0) {  // else the initial value serves
        circuit_.assign_variable(flag, circuit_.constant(Value::boolean(false)), where);
        circuit_.block(where).back().line = line_;
    }
    return flag;
}

ExprId Lowerer::joined(ExprOp op, std::span<const ExprId> parts) {
    if (parts.empty()) return {};
    if (parts.size() == 1) return parts[0];
    const std::size_t half = parts.size() / 2;
    const ExprId a = joined(op, parts.subspan(0, half));
    return circuit_.binary(op, a, joined(op, parts.subspan(half)));
}

ExprId Lowerer::none_set(const std::vector<VariableId>& flags) {
    std::vector<ExprId> parts;
    parts.reserve(flags.size());
    for (const VariableId f : flags) parts.push_back(circuit_.variable_expr(f));
    return circuit_.unary(ExprOp::kNot, joined(ExprOp::kOr, parts));
}

BlockId Lowerer::run_time_block(const std::function<void()>& body) {
    const BlockId block = circuit_.add_block();
    const BlockId outer = std::exchange(where_, block);
    ++level_;
    body();
    --level_;
    where_ = outer;
    return block;
}

void Lowerer::emit_if(ExprId condition, BlockId then, BlockId otherwise) {
    if (otherwise.valid() && circuit_.block(otherwise).empty()) otherwise = {};
    if (circuit_.block(then).empty()) {
        if (!otherwise.valid()) return;
        condition = circuit_.unary(ExprOp::kNot, condition);
        then = std::exchange(otherwise, BlockId{});
    }
    circuit_.if_else(condition, then, otherwise, where_);
    stamp();
}

/// Flow behind a run-time choice between two ways.
Flow Lowerer::merged(const Flow& a, const Flow& b) const {
    Flow flow;
    if (a.kind == Flow::kNormal && b.kind == Flow::kNormal) return flow;
    flow.kind = Flow::kMaybe;
    add_flags(flow.flags, a.flags);
    add_flags(flow.flags, b.flags);
    return flow;
}

Flow Lowerer::if_statement(const Statement& s) {
    count(s.loc);
    const Datum condition = evaluate(*s.value);
    if (const auto truth = known_truth(condition, s.value->loc))
        return execute_scoped(*truth ? s.body : s.otherwise);
    return run_time_if(as_condition(condition, s.value->loc), s.body, s.otherwise);
}

Flow Lowerer::run_time_if(ExprId condition, const Statements& then, const Statements& otherwise) {
    const std::vector<Symbol*> assigned = assigned_in(AssignedLists{then, otherwise});
    demote_all(assigned);
    const std::uint32_t line = line_;
    Flow first, second;
    forget_all(assigned);
    const BlockId then_block = run_time_block([&] { first = execute_scoped(then); });
    forget_all(assigned);
    BlockId else_block;
    if (!otherwise.empty())
        else_block = run_time_block([&] { second = execute_scoped(otherwise); });
    forget_all(assigned);
    line_ = line;
    emit_if(condition, then_block, else_block);
    return merged(first, second);
}

/// Executes `body` under the run-time condition that no flag is set. `statements` is what it will
/// execute.
Flow Lowerer::guarded(const std::vector<VariableId>& flags, const std::function<Flow()>& body,
                      StatementSpan statements) {
    const std::vector<Symbol*> assigned = assigned_in(statements);
    demote_all(assigned);
    forget_all(assigned);
    Flow inner;
    const BlockId block = run_time_block([&] { inner = body(); });
    forget_all(assigned);
    if (!circuit_.block(block).empty()) emit_if(none_set(flags), block, {});
    Flow flow{Flow::kMaybe, flags};
    add_flags(flow.flags, inner.flags);
    return flow;
}

Flow Lowerer::break_or_continue(const Statement& s) {
    const bool is_break = s.kind == StatementKind::kBreak;
    if (loops_.empty() || loops_.back().call != calls_.size())
        fail(s.loc,
             std::string(is_break ? "`break`" : "`continue`") + " stands outside of any loop");
    Loop& loop = loops_.back();
    const Flow::Kind kind = is_break ? Flow::kBreak : Flow::kContinue;
    if (loop.level == level_) return {kind, {}};
    VariableId& flag = is_break ? loop.broken : loop.skipped;
    if (!flag.valid())
        flag = new_flag(is_break ? "_break" : "_continue", is_break ? loop.block : loop.body_block);
    assign_variable(flag, circuit_.constant(Value::boolean(true)));
    return {kind, {flag}};
}

/// Calls body(i) under the run-time condition that the selector is i, for i < n.
void Lowerer::for_cases(ExprId selector, std::size_t n,
                        const std::function<void(std::size_t)>& body) {
    if (n > 0) for_cases_between(selector, 0, n, body);
}

void Lowerer::for_cases_between(ExprId selector, std::size_t first, std::size_t last,
                                const std::function<void(std::size_t)>& body) {
    const auto number = [&](std::size_t i) {
        const auto v = static_cast<std::int64_t>(i);
        return circuit_.constant(circuit_.exprs[selector.value].type == ScalarType::kUint
                                     ? Value::unsigned_integer(static_cast<std::uint64_t>(v))
                                     : Value::integer(v));
    };
    if (last - first == 1) {
        const BlockId block = run_time_block([&] { body(first); });
        emit_if(circuit_.binary(ExprOp::kEq, selector, number(first)), block, {});
        return;
    }
    const std::size_t middle = first + (last - first) / 2;
    const BlockId low = run_time_block([&] { for_cases_between(selector, first, middle, body); });
    const BlockId high = run_time_block([&] { for_cases_between(selector, middle, last, body); });
    emit_if(circuit_.binary(ExprOp::kLt, selector, number(middle)), low, high);
}

ExprId Lowerer::matches(const Datum& selector, const SwitchCase& c) {
    std::vector<ExprId> parts;
    for (const NodePtr& label : c.labels) {
        const Datum value = evaluate(*label);
        const Datum same = operate(Tok::kEqual, selector, value, label->loc);
        if (value.scalar.expr.valid())
            fail(label->loc, "the label of a case must be known when the program is read");
        parts.push_back(as_expr(same.scalar));
    }
    return joined(ExprOp::kOr, parts);
}

Flow Lowerer::switch_statement(const Statement& s) {
    count(s.loc);
    const Datum selector = evaluate(*s.value);
    const Scalar number = as_scalar(selector, s.value->loc);
    if (number.value.type == ScalarType::kFloat)
        fail(s.value->loc, "`switch` chooses by an integer, not by a float");
    if (!number.known()) return run_time_switch(s, selector);
    for (const SwitchCase& c : s.cases) {
        bool taken = c.labels.empty();
        for (const NodePtr& label : c.labels) {
            const Datum same = operate(Tok::kEqual, selector, evaluate(*label), label->loc);
            if (!same.scalar.known())
                fail(label->loc, "the label of a case must be known when the program is read");
            taken |= same.scalar.value.truthy();
        }
        if (taken) return execute_scoped(c.body);
    }
    return {};
}

Flow Lowerer::run_time_switch(const Statement& s, const Datum& given) {
    // The selector is taken once: a case may change what it was computed from.
    const Scalar number = as_scalar(given, s.value->loc);
    const Expr& e = circuit_.exprs[number.expr.value];
    Datum selector = given;
    if (e.kind != ExprKind::kConstant) {
        Value zero;
        zero.type = e.type;
        zero.width = e.width;
        const VariableId kept = circuit_.add_variable("_switch", zero);
        assign_variable(kept, number.expr);
        const ExprId read = circuit_.variable_expr(kept);
        selector = Datum::later(read, circuit_.exprs[read.value]);
    }
    AssignedLists lists;
    for (const SwitchCase& c : s.cases) lists.push_back(c.body);
    const std::vector<Symbol*> assigned = assigned_in(lists);
    demote_all(assigned);
    forget_all(assigned);
    Flow flow;
    const std::uint32_t line = line_;
    std::vector<ExprId> conditions;
    for (const SwitchCase& c : s.cases)
        conditions.push_back(c.labels.empty() ? ExprId{} : matches(selector, c));
    std::vector<BlockId> blocks;
    for (const SwitchCase& c : s.cases) {
        Flow inner;
        blocks.push_back(run_time_block([&] { inner = execute_scoped(c.body); }));
        forget_all(assigned);
        flow = merged(flow, inner);
    }
    line_ = line;
    const bool has_default = !conditions.back().valid();
    if (s.cases.size() > kLongestChain) {  // no deep nesting: labels exclude each other
        for (std::size_t i = 0; i + has_default < blocks.size(); ++i)
            emit_if(conditions[i], blocks[i], {});
        conditions.pop_back();
        if (has_default)
            emit_if(circuit_.unary(ExprOp::kNot, joined(ExprOp::kOr, conditions)), blocks.back(),
                    {});
        return flow;
    }
    BlockId rest = has_default ? blocks.back() : BlockId{};
    for (std::size_t i = blocks.size() - (has_default ? 1 : 0); i-- > 0;) {
        if (i == 0) {
            emit_if(conditions[0], blocks[0], rest);
            return flow;
        }
        const BlockId outer = std::exchange(where_, circuit_.add_block());
        emit_if(conditions[i], blocks[i], rest);
        rest = std::exchange(where_, outer);
    }
    // Only a default: it always runs.
    emit_if(circuit_.constant(Value::boolean(true)), blocks[0], {});
    return flow;
}

}  // namespace carillon::qasm
