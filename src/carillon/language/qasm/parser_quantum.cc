// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "carillon/language/qasm/parser.h"

namespace carillon::qasm {

namespace {

bool is_assignment(Tok kind) {
    return kind >= Tok::kAssign && kind <= Tok::kShiftRightAssign;
}

}  // namespace

/// A qubit, a register or a part of one.
NodePtr Parser::operand() {
    if (!at_operand()) unexpected("a qubit or register");
    NodePtr node = make_node(NodeKind::kName, take());
    while (at(Tok::kLeftBracket)) node = index_of(std::move(node));
    return node;
}

void Parser::operand_list(std::vector<NodePtr>& operands) {
    do {
        if (!operands.empty() && at(Tok::kSemicolon)) break;  // a trailing comma
        operands.push_back(operand());
    } while (accept(Tok::kComma));
}

StatementPtr Parser::operand_statement(StatementKind kind, bool may_be_empty) {
    StatementPtr s = make(kind);
    const std::string what = describe(take());
    if (!(may_be_empty && at(Tok::kSemicolon))) operand_list(s->operands);
    expect_semicolon("the operands of " + what);
    return s;
}

StatementPtr Parser::delay_statement() {
    StatementPtr s = make(StatementKind::kDelay);
    take();
    if (!at(Tok::kLeftBracket)) unexpected("the duration in brackets after `delay`");
    s->value = designator();
    if (!at(Tok::kSemicolon)) operand_list(s->operands);
    expect_semicolon("the operands of `delay`");
    return s;
}

StatementPtr Parser::measure_statement() {
    StatementPtr s = make(StatementKind::kMeasure);
    take();
    s->value = operand();
    if (accept(Tok::kArrow)) s->target = operand();
    expect_semicolon("the measurement");
    return s;
}

Modifier Parser::modifier() {
    Modifier m;
    m.loc = token_.loc;
    m.kind = take().kind;
    if (at(Tok::kLeftParen)) {
        if (m.kind == Tok::kInv) fail(token_.loc, "`inv` takes no argument; write `inv @`");
        take();
        m.argument = expression();
        expect(Tok::kRightParen, "after the modifier's argument");
    } else if (m.kind == Tok::kPow) {
        unexpected("`(` and the exponent after `pow`");
    }
    expect(Tok::kAt, "after the modifier");
    return m;
}

StatementPtr Parser::modified_call() {
    StatementPtr s = make(StatementKind::kGateCall);
    while (at(Tok::kInv) || at(Tok::kPow) || at(Tok::kCtrl) || at(Tok::kNegctrl))
        s->modifiers.push_back(modifier());
    if (!at_name()) unexpected("a gate's name after the modifiers");
    const Token name = take();
    finish_call(*s, at(Tok::kLeftParen) ? call(name) : make_node(NodeKind::kName, name));
    return s;
}

/// Operands and `;` of a gate call whose name and arguments are in `callee`.
void Parser::finish_call(Statement& s, NodePtr callee) {
    if (callee->kind == NodeKind::kIndex) {  // gate[duration] operands
        if (callee->args.size() != 2 || callee->args[0]->kind == NodeKind::kIndex)
            fail(token_.loc, "expected `;` or an assignment, found " + describe(token_));
        s.value = std::move(callee->args[1]);
        callee = NodePtr(std::move(callee->args[0]));
    }
    if (callee->kind != NodeKind::kName && callee->kind != NodeKind::kCall)
        fail(token_.loc, "expected `;`, found " + describe(token_));
    s.name = callee->text;
    s.name_loc = callee->loc;
    s.args = std::move(callee->args);
    if (at(Tok::kAt))
        fail(callee->loc, "`" + std::string(s.name) +
                              "` is not a gate modifier; inv, "
                              "pow(k), ctrl(n) and negctrl(n) are");
    if (!at(Tok::kSemicolon) || s.name != "gphase") operand_list(s.operands);
    expect_semicolon("the gate's operands");
}

StatementPtr Parser::assignment(NodePtr target) {
    StatementPtr s = make(StatementKind::kAssign);
    s->loc = target->loc;
    if (target->kind != NodeKind::kName && target->kind != NodeKind::kIndex)
        fail(target->loc, "only a variable or an element of one can be assigned to");
    s->target = std::move(target);
    s->op = take().kind;
    s->value = s->op == Tok::kAssign && at(Tok::kLeftBrace) ? set()
               : s->op == Tok::kAssign && at(Tok::kMeasure) ? value_or_measure()
                                                            : alias_value();
    expect_semicolon("the assignment");
    return s;
}

/// What begins with a name: gate call, assignment or expression.
StatementPtr Parser::name_statement() {
    StatementPtr s = make(StatementKind::kGateCall);
    NodePtr first;
    if (at_name() && !(at_type() && peek().kind == Tok::kLeftParen)) {
        const Token name = take();
        first = at(Tok::kLeftParen) ? call(name) : make_node(NodeKind::kName, name);
        while (at(Tok::kLeftBracket)) first = index_of(std::move(first));
        if (at_operand() || at(Tok::kAt) || (first->text == "gphase" && at(Tok::kSemicolon))) {
            finish_call(*s, std::move(first));
            return s;
        }
        if (is_assignment(token_.kind)) return assignment(std::move(first));
        if (at(Tok::kSemicolon)) {
            take();
            s->kind = StatementKind::kExpression;
            s->value = std::move(first);
            return s;
        }
        if (first->kind == NodeKind::kCall && at(Tok::kLeftParen))
            fail(token_.loc, "expected the operands of `" + std::string(first->text) +
                                 "`, found a second list of arguments");
    }
    s->kind = StatementKind::kExpression;
    s->value = first ? binary(0, std::move(first)) : expression();
    if (is_assignment(token_.kind)) return assignment(std::move(s->value));
    expect_semicolon("the statement");
    return s;
}

}  // namespace carillon::qasm
