// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <utility>

#include "carillon/language/qasm/parser.h"

namespace carillon::qasm {

namespace {

/// Binding strength of a binary operator, 0 when `kind` is none. In OpenQASM 2 `^` is the power.
int strength(Tok kind, int version) {
    switch (kind) {
        case Tok::kOrOr:
            return 1;
        case Tok::kAndAnd:
            return 2;
        case Tok::kPipe:
            return 3;
        case Tok::kCaret:
            return version == 2 ? 0 : 4;
        case Tok::kAmpersand:
            return 5;
        case Tok::kEqual:
        case Tok::kNotEqual:
            return 6;
        case Tok::kLess:
        case Tok::kLessEqual:
        case Tok::kGreater:
        case Tok::kGreaterEqual:
            return 7;
        case Tok::kShiftLeft:
        case Tok::kShiftRight:
            return 8;
        case Tok::kPlus:
        case Tok::kMinus:
            return 9;
        case Tok::kStar:
        case Tok::kSlash:
        case Tok::kPercent:
            return 10;
        default:
            return 0;
    }
}

double number_from(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c != '_') digits += c;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    // Out of range: strtod knows whether that is infinity or zero.
    if (error == std::errc::result_out_of_range) return std::strtod(digits.c_str(), nullptr);
    return value;
}

bool is_bit_string(std::string_view text) {
    return !text.empty() && text.front() != '_' && text.back() != '_' &&
           text.find("__") == std::string_view::npos &&
           text.find_first_not_of("01_") == std::string_view::npos;
}

}  // namespace

NodePtr Parser::make_node(NodeKind kind, const Token& token) const {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->loc = token.loc;
    node->text = token.text;
    return node;
}

void Parser::adopt(Node& parent, NodePtr child) const {
    if (child) {
        if (child->depth + 1 > kMaxNesting)
            fail(parent.loc, "this expression is nested deeper than " +
                                 std::to_string(kMaxNesting) + " levels");
        parent.depth = std::max<std::uint16_t>(parent.depth, child->depth + 1);
    }
    parent.args.push_back(std::move(child));
}

NodePtr Parser::value_or_measure() {
    if (!at(Tok::kMeasure)) return expression();
    NodePtr node = make_node(NodeKind::kMeasure, take());
    adopt(*node, operand());
    return node;
}

/// The right side of a declaration: a value, a measurement or an array in braces.
NodePtr Parser::initializer() {
    if (at(Tok::kLeftBrace)) return set();
    if (at(Tok::kMeasure)) return value_or_measure();
    return alias_value();
}

/// A value, or several joined by `++`.
NodePtr Parser::alias_value() {
    NodePtr left = expression();
    while (at(Tok::kConcat)) {
        NodePtr node = make_node(NodeKind::kBinary, token_);
        node->op = take().kind;
        adopt(*node, std::move(left));
        adopt(*node, expression());
        left = std::move(node);
    }
    return left;
}

/// Operators stronger than `lowest`; `first` is the leftmost operand when it is already parsed.
NodePtr Parser::binary(int lowest, NodePtr first) {
    const Nest nest(*this);
    NodePtr left = first ? power(std::move(first)) : unary();
    while (true) {
        const int s = strength(token_.kind, version_);
        if (s == 0 || s <= lowest) return left;
        NodePtr node = make_node(NodeKind::kBinary, token_);
        node->op = take().kind;
        adopt(*node, std::move(left));
        adopt(*node, binary(s));
        left = std::move(node);
    }
}

NodePtr Parser::unary() {
    if (!at(Tok::kMinus) && !at(Tok::kNot) && !at(Tok::kTilde) && !at(Tok::kPlus))
        return power(postfix());
    if (at(Tok::kPlus)) unexpected("an expression");
    const Nest nest(*this);
    NodePtr node = make_node(NodeKind::kUnary, token_);
    node->op = take().kind;
    adopt(*node, unary());
    return node;
}

/// `a ** b`, stronger than a sign before a and grouping to the right.
NodePtr Parser::power(NodePtr base) {
    if (!at(Tok::kPower) && !(version_ == 2 && at(Tok::kCaret))) return base;
    const Nest nest(*this);
    NodePtr node = make_node(NodeKind::kBinary, token_);
    take();
    node->op = Tok::kPower;
    adopt(*node, std::move(base));
    adopt(*node, unary());
    return node;
}

NodePtr Parser::postfix() {
    NodePtr node = primary();
    while (at(Tok::kLeftBracket)) node = index_of(std::move(node));
    return node;
}

NodePtr Parser::index_of(NodePtr base) {
    NodePtr node = make_node(NodeKind::kIndex, take());
    node->loc = base->loc;
    adopt(*node, std::move(base));
    do {
        if (at(Tok::kRightBracket) && node->args.size() > 1) break;  // a trailing comma
        adopt(*node, at(Tok::kLeftBrace) ? set() : range_or_expression());
    } while (accept(Tok::kComma));
    expect(Tok::kRightBracket, "after the index");
    return node;
}

/// `a`, `a:b`, `a:step:b`, with a and b optional around the first colon.
NodePtr Parser::range_or_expression() {
    const Token first = token_;
    NodePtr start;
    if (!at(Tok::kColon)) {
        start = expression();
        if (!at(Tok::kColon)) return start;
    }
    NodePtr range = make_node(NodeKind::kRange, first);
    take();
    const auto ends = [&] { return at(Tok::kRightBracket) || at(Tok::kComma) || at(Tok::kColon); };
    NodePtr second = ends() ? nullptr : expression();
    NodePtr third;
    const bool has_step = accept(Tok::kColon);
    if (has_step && !ends()) third = expression();
    if (has_step && !second) fail(first.loc, "the step of this range is missing");
    adopt(*range, std::move(start));
    adopt(*range, has_step ? std::move(second) : nullptr);
    adopt(*range, has_step ? std::move(third) : std::move(second));
    return range;
}

NodePtr Parser::set() {
    const Nest nest(*this);
    NodePtr node = make_node(NodeKind::kSet, expect(Tok::kLeftBrace, "before the elements"));
    while (!at(Tok::kRightBrace)) {
        adopt(*node, at(Tok::kLeftBrace) ? set() : expression());
        if (!accept(Tok::kComma)) break;
    }
    expect(Tok::kRightBrace, "after the elements");
    return node;
}

NodePtr Parser::primary() {
    switch (token_.kind) {
        case Tok::kInteger:
        case Tok::kFloat:
        case Tok::kImaginary:
            return number_literal();
        case Tok::kDuration:
            return duration_literal();
        case Tok::kTrue:
        case Tok::kFalse: {
            NodePtr node = make_node(NodeKind::kBool, token_);
            node->number = take().kind == Tok::kTrue;
            return node;
        }
        case Tok::kString: {
            if (!is_bit_string(token_.text))
                fail(token_.loc, "only bit strings such as \"0101\" are values; came \"" +
                                     std::string(token_.text.substr(0, 40)) + "\"");
            return make_node(NodeKind::kBitString, take());
        }
        case Tok::kLeftParen: {
            const Nest nest(*this);
            take();
            NodePtr inner = expression();
            expect(Tok::kRightParen, "to close the parenthesis");
            return inner;
        }
        case Tok::kHardwareQubit:
            return make_node(NodeKind::kName, take());
        case Tok::kDurationof:
            return duration_of();
        case Tok::kMeasure:
            fail(token_.loc,
                 "`measure` is not allowed inside an expression; assign its result to a bit first");
        default:
            return cast_or_name();
    }
}

NodePtr Parser::number_literal() {
    const Token token = take();
    if (token.kind == Tok::kInteger) return make_node(NodeKind::kInteger, token);
    std::string_view digits = token.text;
    NodeKind kind = NodeKind::kFloat;
    if (token.kind == Tok::kImaginary) {
        kind = NodeKind::kImaginary;
        digits = digits.substr(0, digits.find_first_of(" \ti"));
    }
    NodePtr node = make_node(kind, token);
    node->number = number_from(digits);
    return node;
}

NodePtr Parser::duration_literal() {
    const Token token = take();
    const std::size_t unit = token.text.find_first_not_of("0123456789._eE+-");
    NodePtr node = make_node(NodeKind::kDuration, token);
    node->number = number_from(token.text.substr(0, unit));
    node->text = token.text.substr(unit);
    while (node->text.front() == ' ' || node->text.front() == '\t') node->text.remove_prefix(1);
    return node;
}

NodePtr Parser::duration_of() {
    const Nest nest(*this);
    NodePtr node = make_node(NodeKind::kDurationOf, take());
    expect(Tok::kLeftParen, "after `durationof`");
    node->block = std::make_unique<std::vector<StatementPtr>>(braced_block("durationof"));
    expect(Tok::kRightParen, "after the block");
    return node;
}

NodePtr Parser::cast_or_name() {
    const bool callable = at(Tok::kIdentifier) || at(Tok::kPow);
    if (callable || (version_ == 2 && is_keyword(token_.kind))) {
        const bool type_keyword = at_type() && !at(Tok::kIdentifier);
        const bool is_cast =
            type_keyword && (peek().kind == Tok::kLeftParen || peek().kind == Tok::kLeftBracket);
        if (!is_cast) {
            const Token name = take();
            if (at(Tok::kLeftParen)) return call(name);
            if (name.kind == Tok::kPow) fail(name.loc, "expected `(` after `pow`");
            return make_node(NodeKind::kName, name);
        }
    }
    if (!at_type()) unexpected("an expression");
    NodePtr node = make_node(NodeKind::kCast, token_);
    node->type = type();
    const Nest nest(*this);
    expect(Tok::kLeftParen, "after the type of a cast");
    adopt(*node, expression());
    expect(Tok::kRightParen, "after the value of a cast");
    return node;
}

NodePtr Parser::call(Token name) {
    const Nest nest(*this);
    NodePtr node = make_node(NodeKind::kCall, name);
    take();
    while (!at(Tok::kRightParen)) {
        adopt(*node, expression());
        if (!accept(Tok::kComma)) break;
    }
    expect(Tok::kRightParen, "after the arguments");
    return node;
}

}  // namespace carillon::qasm
