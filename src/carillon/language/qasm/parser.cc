// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/parser.h"

#include <charconv>
#include <utility>

namespace carillon::qasm {

Parser::Parser(const Sources& sources, std::uint32_t file, int version)
    : sources_(sources), lexer_(sources, file), version_(version) {
    token_ = lexer_.next();
}

Parser::Nest::Nest(Parser& parser) : parser_(parser) {
    if (++parser.nesting_ > kMaxNesting)
        parser.fail(parser.token_.loc,
                    "nested deeper than " + std::to_string(kMaxNesting) + " levels");
}

const Token& Parser::peek() {
    if (!peeked_) peeked_ = lexer_.next();
    return *peeked_;
}

Token Parser::take() {
    Token taken = token_;
    previous_end_ = taken.loc;
    previous_end_.offset +=
        static_cast<std::uint32_t>(taken.text.size()) + (taken.kind == Tok::kString ? 2 : 0);
    if (peeked_) {
        token_ = *peeked_;
        peeked_.reset();
    } else {
        token_ = lexer_.next();
    }
    return taken;
}

bool Parser::accept(Tok kind) {
    if (!at(kind)) return false;
    take();
    return true;
}

void Parser::fail(Loc loc, const std::string& message) const {
    sources_.fail(loc, message);
}

void Parser::unexpected(std::string_view wanted) const {
    fail(token_.loc, "expected " + std::string(wanted) + ", found " + describe(token_));
}

Token Parser::expect(Tok kind, std::string_view where) {
    if (!at(kind)) unexpected(describe(kind) + " " + std::string(where));
    return take();
}

void Parser::expect_semicolon(std::string_view after) {
    // Said where it is missing, not where the next line begins.
    if (!at(Tok::kSemicolon))
        fail(previous_end_,
             "expected `;` after " + std::string(after) + ", found " + describe(token_));
    take();
}

bool Parser::at_name() const {
    return at(Tok::kIdentifier) || (version_ == 2 && is_keyword(token_.kind));
}

bool Parser::at_operand() const {
    return at_name() || at(Tok::kHardwareQubit);
}

Token Parser::expect_name(std::string_view what) {
    if (at_name()) return take();
    if (is_keyword(token_.kind))
        fail(token_.loc, "`" + std::string(token_.text) +
                             "` is a keyword and cannot be the name of " + std::string(what));
    unexpected("the name of " + std::string(what));
}

StatementPtr Parser::make(StatementKind kind) const {
    auto statement = std::make_unique<Statement>();
    statement->kind = kind;
    statement->loc = token_.loc;
    return statement;
}

StatementPtr Parser::next_statement() {
    if (at(Tok::kEndOfFile)) return nullptr;
    StatementPtr result = statement();
    if (result->kind != StatementKind::kPragma) first_ = false;
    return result;
}

NodePtr Parser::whole_expression() {
    NodePtr node = initializer();
    if (!at(Tok::kEndOfFile)) unexpected("the end of the value");
    return node;
}

StatementPtr Parser::statement() {
    const Nest nest(*this);
    switch (token_.kind) {
        case Tok::kIdentifier:
            if (old_bit_type()) return declaration(Qualifier::kNone, token_.loc);
            return name_statement();
        case Tok::kPragma: {
            StatementPtr s = make(StatementKind::kPragma);
            take();
            return s;
        }
        case Tok::kAnnotation: {
            StatementPtr s = make(StatementKind::kAnnotation);
            take();
            if (at(Tok::kEndOfFile) || at(Tok::kRightBrace))
                fail(s->loc, "an annotation must stand before a statement");
            return s;
        }
        case Tok::kLeftBrace:
            return block_statement();
        case Tok::kSemicolon:
            fail(token_.loc, "an empty statement: nothing stands before this `;`");
        default:
            break;
    }
    if (is_keyword(token_.kind)) return keyword_statement();
    return name_statement();
}

StatementPtr Parser::keyword_statement() {
    if (version_ == 2 && keyword_gates_.count(token_.text)) return name_statement();
    const Loc loc = token_.loc;
    switch (token_.kind) {
        case Tok::kOpenQasm:
            return version_statement();
        case Tok::kInclude:
            return include_statement();
        case Tok::kDefcalgrammar:
            return defcalgrammar();
        case Tok::kDef:
            return subroutine_definition();
        case Tok::kCal:
            return cal_block();
        case Tok::kDefcal:
            return defcal_block();
        case Tok::kGate:
            return gate_definition(StatementKind::kGate);
        case Tok::kOpaque:
            return gate_definition(StatementKind::kOpaque);
        case Tok::kExtern:
            return extern_declaration();
        case Tok::kBox:
            return box_statement();
        case Tok::kLet:
            return let_statement();
        case Tok::kBreak:
            return simple_statement(StatementKind::kBreak, "`break`");
        case Tok::kContinue:
            return simple_statement(StatementKind::kContinue, "`continue`");
        case Tok::kEnd:
            return simple_statement(StatementKind::kEnd, "`end`");
        case Tok::kIf:
            return if_statement();
        case Tok::kElse:
            fail(loc, "this `else` belongs to no `if`");
        case Tok::kReturn:
            return return_statement();
        case Tok::kFor:
            return for_statement();
        case Tok::kWhile:
            return while_statement();
        case Tok::kSwitch:
            return switch_statement();
        case Tok::kNop:
            return operand_statement(StatementKind::kNop, true);
        case Tok::kBarrier:
            return operand_statement(StatementKind::kBarrier, true);
        case Tok::kReset:
            return operand_statement(StatementKind::kReset, false);
        case Tok::kDelay:
            return delay_statement();
        case Tok::kMeasure:
            return measure_statement();
        case Tok::kInput:
            take();
            return declaration(Qualifier::kInput, loc);
        case Tok::kOutput:
            take();
            return declaration(Qualifier::kOutput, loc);
        case Tok::kConst:
            take();
            return declaration(Qualifier::kConst, loc);
        case Tok::kQreg:
        case Tok::kCreg:
            return old_register(Qualifier::kNone, loc);
        case Tok::kInv:
        case Tok::kPow:
        case Tok::kCtrl:
        case Tok::kNegctrl:
            return modified_call();
        default:
            break;
    }
    if (at_type()) {
        // `bool(x);` is an expression, `bool x;` a declaration.
        if (peek().kind == Tok::kLeftParen) return name_statement();
        return declaration(Qualifier::kNone, loc);
    }
    return name_statement();
}

StatementPtr Parser::version_statement() {
    StatementPtr s = make(StatementKind::kVersion);
    if (!first_) fail(token_.loc, "the version must be the first statement of the file");
    take();
    if (!at(Tok::kInteger) && !at(Tok::kFloat)) unexpected("a version such as 2.0 or 3.0");
    const Token number = take();
    const std::string_view major = number.text.substr(0, number.text.find('.'));
    int version = 0;
    std::from_chars(major.data(), major.data() + major.size(), version);
    if (version != 2 && version != 3)
        fail(number.loc,
             "version " + std::string(number.text) + " is not known; OpenQASM 2.0 and 3.x are");
    version_ = version;
    expect_semicolon("the version");
    return s;
}

StatementPtr Parser::include_statement() {
    StatementPtr s = make(StatementKind::kInclude);
    take();
    if (!at(Tok::kString)) unexpected("the file's name in quotes after `include`");
    s->name_loc = token_.loc;
    s->name = take().text;
    if (nesting_ > 1) fail(s->loc, "`include` is allowed at the top level only");
    expect_semicolon("the file's name");
    return s;
}

StatementPtr Parser::simple_statement(StatementKind kind, std::string_view what) {
    StatementPtr s = make(kind);
    take();
    expect_semicolon(what);
    return s;
}

StatementPtr Parser::return_statement() {
    StatementPtr s = make(StatementKind::kReturn);
    take();
    if (!at(Tok::kSemicolon)) s->value = value_or_measure();
    expect_semicolon("`return`");
    return s;
}

StatementPtr Parser::let_statement() {
    StatementPtr s = make(StatementKind::kLet);
    take();
    s->name_loc = token_.loc;
    s->name = expect_name("an alias").text;
    expect(Tok::kAssign, "after the alias");
    s->value = alias_value();
    expect_semicolon("the alias");
    return s;
}

std::vector<StatementPtr> Parser::braced_block(std::string_view what) {
    const Loc open = token_.loc;
    expect(Tok::kLeftBrace, "to open the body of " + std::string(what));
    std::vector<StatementPtr> body;
    while (!at(Tok::kRightBrace)) {
        if (at(Tok::kEndOfFile)) fail(open, "this `{` is never closed");
        body.push_back(statement());
    }
    take();
    return body;
}

std::vector<StatementPtr> Parser::block_or_statement(std::string_view what) {
    if (at(Tok::kLeftBrace)) return braced_block(what);
    if (at(Tok::kEndOfFile) || at(Tok::kSemicolon)) unexpected("a body after " + std::string(what));
    std::vector<StatementPtr> body;
    do body.push_back(statement());
    while (body.back()->kind == StatementKind::kAnnotation);
    return body;
}

StatementPtr Parser::block_statement() {
    StatementPtr s = make(StatementKind::kBlock);
    s->body = braced_block("the block");
    return s;
}

StatementPtr Parser::box_statement() {
    StatementPtr s = make(StatementKind::kBox);
    take();
    if (at(Tok::kLeftBracket)) s->value = designator();
    s->body = braced_block("`box`");
    return s;
}

NodePtr Parser::parenthesised(std::string_view what) {
    expect(Tok::kLeftParen, "after " + std::string(what));
    NodePtr value = expression();
    expect(Tok::kRightParen, "after the condition of " + std::string(what));
    return value;
}

StatementPtr Parser::if_statement() {
    StatementPtr s = make(StatementKind::kIf);
    take();
    s->value = parenthesised("`if`");
    s->body = block_or_statement("`if (...)`");
    if (accept(Tok::kElse)) s->otherwise = block_or_statement("`else`");
    return s;
}

StatementPtr Parser::while_statement() {
    StatementPtr s = make(StatementKind::kWhile);
    take();
    s->value = parenthesised("`while`");
    s->body = block_or_statement("`while (...)`");
    return s;
}

StatementPtr Parser::for_statement() {
    StatementPtr s = make(StatementKind::kFor);
    take();
    if (at_type()) s->type = type();  // the type is optional in early OpenQASM 3
    s->name_loc = token_.loc;
    s->name = expect_name("the loop variable").text;
    expect(Tok::kIn, "after the loop variable");
    if (at(Tok::kLeftBracket)) {
        const Token open = take();
        NodePtr range = range_or_expression();
        if (range->kind != NodeKind::kRange)
            fail(open.loc, "expected a range such as [0:3] after `in`");
        if (!range->args[0] || !range->args[2])
            fail(open.loc, "the range of a loop needs both ends");
        expect(Tok::kRightBracket, "after the range");
        s->value = std::move(range);
    } else {
        s->value = at(Tok::kLeftBrace) ? set() : expression();
    }
    s->body = block_or_statement("`for`");
    return s;
}

StatementPtr Parser::switch_statement() {
    StatementPtr s = make(StatementKind::kSwitch);
    take();
    s->value = parenthesised("`switch`");
    expect(Tok::kLeftBrace, "to open the cases");
    bool has_default = false;
    while (!at(Tok::kRightBrace)) {
        if (at(Tok::kEndOfFile)) fail(s->loc, "this `switch` is never closed with `}`");
        SwitchCase c;
        c.loc = token_.loc;
        if (has_default) fail(c.loc, "`default` must be the last case of its switch");
        if (accept(Tok::kCase)) {
            do {
                if (at(Tok::kLeftBrace) && !c.labels.empty()) break;  // a trailing comma
                c.labels.push_back(expression());
            } while (accept(Tok::kComma));
        } else if (accept(Tok::kDefault)) {
            has_default = true;
        } else {
            unexpected("`case` or `default`");
        }
        const bool early_form = accept(Tok::kColon);  // `case 1: { } break;`
        c.body = braced_block("the case");
        if (early_form && accept(Tok::kBreak)) expect_semicolon("`break`");
        s->cases.push_back(std::move(c));
    }
    take();
    if (s->cases.empty()) fail(s->loc, "this `switch` has no case");
    return s;
}

}  // namespace carillon::qasm
