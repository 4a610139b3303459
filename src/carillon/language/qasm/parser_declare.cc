// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "carillon/language/qasm/parser.h"

namespace carillon::qasm {

/// `cbit` of early OpenQASM 3 drafts, where a declaration must follow.
bool Parser::old_bit_type() const {
    return at(Tok::kIdentifier) && token_.text == "cbit";
}

bool Parser::at_type() const {
    switch (token_.kind) {
        case Tok::kBool:
        case Tok::kBit:
        case Tok::kInt:
        case Tok::kUint:
        case Tok::kFloatType:
        case Tok::kAngle:
        case Tok::kComplex:
        case Tok::kArray:
        case Tok::kDurationType:
        case Tok::kStretch:
        case Tok::kQubit:
            return true;
        default:
            return false;
    }
}

/// `[expression]`.
NodePtr Parser::designator() {
    expect(Tok::kLeftBracket, "before the size");
    NodePtr size = expression();
    expect(Tok::kRightBracket, "after the size");
    return size;
}

TypePtr Parser::type() {
    return at(Tok::kArray) ? array_type() : scalar_type();
}

TypePtr Parser::scalar_type() {
    const Nest nest(*this);
    auto t = std::make_unique<TypeNode>();
    t->loc = token_.loc;
    if (!at_type() && !old_bit_type()) unexpected("a type");
    t->base = old_bit_type() ? Tok::kBit : token_.kind;
    take();
    if (!at(Tok::kLeftBracket)) return t;
    if (t->base == Tok::kBool || t->base == Tok::kDurationType || t->base == Tok::kStretch)
        fail(token_.loc, "this type takes no size");
    if (t->base == Tok::kComplex && peek().kind == Tok::kFloatType) {
        take();
        t->element = scalar_type();
        expect(Tok::kRightBracket, "after the type of the parts");
        return t;
    }
    t->width = designator();
    return t;
}

/// array[element, size, ...] or array[element, #dim=n].
TypePtr Parser::array_type() {
    auto t = std::make_unique<TypeNode>();
    t->loc = token_.loc;
    t->base = take().kind;
    expect(Tok::kLeftBracket, "after `array`");
    if (at(Tok::kArray) || at(Tok::kQubit))
        fail(token_.loc, "an array holds classical scalars; several sizes give several dimensions");
    t->element = scalar_type();
    expect(Tok::kComma, "between the element type and the sizes");
    if (accept(Tok::kHashDim)) {
        expect(Tok::kAssign, "after `#dim`");
        t->dimensions = expression();
    } else {
        do {
            if (at(Tok::kRightBracket) && !t->sizes.empty()) break;
            if (at_type() && peek().kind != Tok::kLeftParen && peek().kind != Tok::kLeftBracket)
                unexpected("a size");
            t->sizes.push_back(expression());
        } while (accept(Tok::kComma));
    }
    expect(Tok::kRightBracket, "after the sizes");
    return t;
}

/// `int[8](x);`: what began like a declaration is an expression.
StatementPtr Parser::cast_statement(StatementPtr s) {
    auto node = std::make_unique<Node>();
    node->kind = NodeKind::kCast;
    node->loc = s->loc;
    node->type = std::move(s->type);
    take();
    adopt(*node, expression());
    expect(Tok::kRightParen, "after the value of a cast");
    while (at(Tok::kLeftBracket)) node = index_of(std::move(node));
    s->kind = StatementKind::kExpression;
    s->value = binary(0, std::move(node));
    expect_semicolon("the statement");
    return s;
}

StatementPtr Parser::declaration(Qualifier qualifier, Loc loc) {
    if (at(Tok::kQreg) || at(Tok::kCreg)) return old_register(qualifier, loc);
    StatementPtr s = make(StatementKind::kDeclare);
    s->loc = loc;
    s->qualifier = qualifier;
    const bool quantum = at(Tok::kQubit);
    if (quantum && qualifier != Qualifier::kNone)
        fail(token_.loc, "a qubit can be neither const nor input nor output");
    s->type = type();
    if (at(Tok::kLeftParen) && qualifier == Qualifier::kNone) return cast_statement(std::move(s));
    s->name_loc = token_.loc;
    if (quantum && at(Tok::kHardwareQubit))
        s->name = take().text;
    else
        s->name = expect_name(quantum ? "a qubit" : "a variable").text;
    if (at(Tok::kLeftBracket) && !quantum)
        fail(token_.loc,
             "the size stands with the type: write `type[size] " + std::string(s->name) + "`");
    if (at(Tok::kAssign)) {
        if (quantum) fail(token_.loc, "a qubit has no initial value");
        take();
        s->value = initializer();
        if (qualifier == Qualifier::kConst && s->value->kind == NodeKind::kMeasure)
            fail(s->value->loc, "a constant cannot be measured");
    } else if (qualifier == Qualifier::kConst) {
        fail(previous_end_, "the constant `" + std::string(s->name) + "` needs a value");
    }
    expect_semicolon("the declaration");
    return s;
}

/// qreg name[size]; creg name[size];
StatementPtr Parser::old_register(Qualifier qualifier, Loc loc) {
    StatementPtr s = make(StatementKind::kDeclare);
    s->loc = loc;
    s->qualifier = qualifier;
    s->type = std::make_unique<TypeNode>();
    s->type->loc = token_.loc;
    const bool quantum = take().kind == Tok::kQreg;
    if (qualifier != Qualifier::kNone && (quantum || qualifier == Qualifier::kConst))
        fail(loc, "a register can be neither const nor, when it holds qubits, input or output");
    s->type->base = quantum ? Tok::kQubit : Tok::kBit;
    s->name_loc = token_.loc;
    s->name = expect_name("a register").text;
    if (at(Tok::kLeftBracket)) s->type->width = designator();
    expect_semicolon("the register");
    return s;
}

std::vector<Parameter> Parser::name_list(std::string_view what, Tok closing) {
    std::vector<Parameter> names;
    while (!at(closing)) {
        Parameter p;
        p.loc = token_.loc;
        p.name = expect_name(what).text;
        for (const Parameter& other : names)
            if (other.name == p.name)
                fail(p.loc, "`" + std::string(p.name) + "` appears twice in this list");
        names.push_back(std::move(p));
        if (!accept(Tok::kComma)) break;
    }
    return names;
}

/// gate name(params) qubits { body }   or   opaque name(params) qubits;
StatementPtr Parser::gate_definition(StatementKind kind) {
    StatementPtr s = make(kind);
    take();
    s->name_loc = token_.loc;
    if (version_ == 2 && is_keyword(token_.kind)) keyword_gates_.insert(token_.text);
    s->name = expect_name("a gate").text;
    if (accept(Tok::kLeftParen)) {
        s->parameters = name_list("a parameter", Tok::kRightParen);
        expect(Tok::kRightParen, "after the parameters");
    }
    s->qubits =
        name_list("a qubit", kind == StatementKind::kGate ? Tok::kLeftBrace : Tok::kSemicolon);
    for (const Parameter& q : s->qubits)
        for (const Parameter& p : s->parameters)
            if (p.name == q.name)
                fail(q.loc, "`" + std::string(q.name) + "` is both a parameter and a qubit");
    if (kind == StatementKind::kGate)
        s->body = braced_block("the gate");
    else
        expect_semicolon("the opaque gate");
    return s;
}

Parameter Parser::subroutine_parameter() {
    Parameter p;
    const bool readonly = at(Tok::kReadonly), mutable_reference = at(Tok::kMutable);
    if (readonly || mutable_reference) {
        take();
        if (!at(Tok::kArray)) unexpected("an array type after `readonly` or `mutable`");
    } else if (at(Tok::kArray)) {
        fail(token_.loc, "an array parameter needs `readonly` or `mutable` in front");
    }
    if (at(Tok::kQreg) || at(Tok::kCreg)) {
        p.type = std::make_unique<TypeNode>();
        p.type->loc = token_.loc;
        p.type->base = take().kind == Tok::kQreg ? Tok::kQubit : Tok::kBit;
        p.loc = token_.loc;
        p.name = expect_name("a parameter").text;
        if (at(Tok::kLeftBracket)) p.type->width = designator();
        return p;
    }
    p.type = type();
    p.type->readonly = readonly;
    p.type->mutable_reference = mutable_reference;
    p.loc = token_.loc;
    p.name = at(Tok::kHardwareQubit) ? take().text : expect_name("a parameter").text;
    return p;
}

/// def name(parameters) -> type { body }
StatementPtr Parser::subroutine_definition() {
    StatementPtr s = make(StatementKind::kDef);
    take();
    s->name_loc = token_.loc;
    s->name = expect_name("a subroutine").text;
    expect(Tok::kLeftParen, "after the subroutine's name");
    while (!at(Tok::kRightParen)) {
        Parameter p = subroutine_parameter();
        for (const Parameter& other : s->parameters)
            if (other.name == p.name)
                fail(p.loc, "`" + std::string(p.name) + "` appears twice in this list");
        s->parameters.push_back(std::move(p));
        if (!accept(Tok::kComma)) break;
    }
    expect(Tok::kRightParen, "after the parameters");
    if (accept(Tok::kArrow)) {
        if (at(Tok::kQubit) || at(Tok::kArray))
            fail(token_.loc, "a subroutine returns a classical scalar or bits");
        s->type = scalar_type();
    }
    s->body = braced_block("the subroutine");
    return s;
}

/// extern name(types) -> type;
StatementPtr Parser::extern_declaration() {
    StatementPtr s = make(StatementKind::kExtern);
    take();
    s->name_loc = token_.loc;
    s->name = expect_name("an extern function").text;
    expect(Tok::kLeftParen, "after the function's name");
    while (!at(Tok::kRightParen)) {
        Parameter p;
        p.loc = token_.loc;
        if (at(Tok::kReadonly) || at(Tok::kMutable)) take();
        if (accept(Tok::kCreg)) {
            if (at(Tok::kLeftBracket)) designator();
        } else {
            p.type = type();
        }
        if (at(Tok::kIdentifier)) take();  // a name is allowed by early drafts
        s->parameters.push_back(std::move(p));
        if (!accept(Tok::kComma)) break;
    }
    expect(Tok::kRightParen, "after the parameter types");
    if (accept(Tok::kArrow)) s->type = scalar_type();
    expect_semicolon("the extern declaration");
    return s;
}

StatementPtr Parser::defcalgrammar() {
    StatementPtr s = make(StatementKind::kCalibration);
    s->name = take().text;
    if (!at(Tok::kString)) unexpected("the grammar's name in quotes");
    take();
    expect_semicolon("the grammar's name");
    return s;
}

/// cal { anything }
StatementPtr Parser::cal_block() {
    StatementPtr s = make(StatementKind::kCalibration);
    s->name = take().text;
    if (!at(Tok::kLeftBrace)) unexpected("`{` after `cal`");
    lexer_.skip_braced(token_.loc);
    take();
    return s;
}

/// defcal name(args) qubits -> type { anything }
StatementPtr Parser::defcal_block() {
    StatementPtr s = make(StatementKind::kCalibration);
    s->name = take().text;
    if (!at_name() && !at(Tok::kMeasure) && !at(Tok::kReset) && !at(Tok::kDelay))
        unexpected("what this `defcal` defines");
    take();
    if (accept(Tok::kLeftParen)) {
        while (!at(Tok::kRightParen)) {
            if (at_type() && peek().kind != Tok::kLeftParen) {
                type();
                expect_name("a parameter");
            } else {
                expression();
            }
            if (!accept(Tok::kComma)) break;
        }
        expect(Tok::kRightParen, "after the arguments");
    }
    while (at(Tok::kIdentifier) || at(Tok::kHardwareQubit)) {
        take();
        if (!accept(Tok::kComma)) break;
    }
    if (accept(Tok::kArrow)) {
        if (accept(Tok::kCreg)) {
            if (at(Tok::kLeftBracket)) designator();
        } else {
            scalar_type();
        }
    }
    if (!at(Tok::kLeftBrace)) unexpected("`{` and the body of this `defcal`");
    lexer_.skip_braced(token_.loc);
    take();
    return s;
}

}  // namespace carillon::qasm
