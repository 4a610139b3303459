// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/lexer.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

namespace carillon::qasm {

namespace {

const std::unordered_map<std::string_view, Tok>& keywords() {
    static const std::unordered_map<std::string_view, Tok> kTable = {
        {"OPENQASM", Tok::kOpenQasm},
        {"include", Tok::kInclude},
        {"defcalgrammar", Tok::kDefcalgrammar},
        {"def", Tok::kDef},
        {"cal", Tok::kCal},
        {"defcal", Tok::kDefcal},
        {"gate", Tok::kGate},
        {"opaque", Tok::kOpaque},
        {"extern", Tok::kExtern},
        {"box", Tok::kBox},
        {"let", Tok::kLet},
        {"break", Tok::kBreak},
        {"continue", Tok::kContinue},
        {"if", Tok::kIf},
        {"else", Tok::kElse},
        {"end", Tok::kEnd},
        {"return", Tok::kReturn},
        {"for", Tok::kFor},
        {"while", Tok::kWhile},
        {"in", Tok::kIn},
        {"switch", Tok::kSwitch},
        {"case", Tok::kCase},
        {"default", Tok::kDefault},
        {"nop", Tok::kNop},
        {"input", Tok::kInput},
        {"output", Tok::kOutput},
        {"const", Tok::kConst},
        {"readonly", Tok::kReadonly},
        {"mutable", Tok::kMutable},
        {"qreg", Tok::kQreg},
        {"qubit", Tok::kQubit},
        {"creg", Tok::kCreg},
        {"bool", Tok::kBool},
        {"bit", Tok::kBit},
        {"int", Tok::kInt},
        {"uint", Tok::kUint},
        {"float", Tok::kFloatType},
        {"angle", Tok::kAngle},
        {"complex", Tok::kComplex},
        {"array", Tok::kArray},
        {"void", Tok::kVoid},
        {"duration", Tok::kDurationType},
        {"stretch", Tok::kStretch},
        {"inv", Tok::kInv},
        {"pow", Tok::kPow},
        {"ctrl", Tok::kCtrl},
        {"negctrl", Tok::kNegctrl},
        {"durationof", Tok::kDurationof},
        {"delay", Tok::kDelay},
        {"reset", Tok::kReset},
        {"measure", Tok::kMeasure},
        {"barrier", Tok::kBarrier},
        {"true", Tok::kTrue},
        {"false", Tok::kFalse},
    };
    return kTable;
}

struct Punctuation {
    std::string_view text;
    Tok kind;
};

// Longer ones first, so that the first match is the longest.
constexpr std::array kPunctuation = {
    Punctuation{"**=", Tok::kPowerAssign},
    Punctuation{"<<=", Tok::kShiftLeftAssign},
    Punctuation{">>=", Tok::kShiftRightAssign},
    Punctuation{"->", Tok::kArrow},
    Punctuation{"**", Tok::kPower},
    Punctuation{"++", Tok::kConcat},
    Punctuation{"<<", Tok::kShiftLeft},
    Punctuation{">>", Tok::kShiftRight},
    Punctuation{"&&", Tok::kAndAnd},
    Punctuation{"||", Tok::kOrOr},
    Punctuation{"==", Tok::kEqual},
    Punctuation{"!=", Tok::kNotEqual},
    Punctuation{"<=", Tok::kLessEqual},
    Punctuation{">=", Tok::kGreaterEqual},
    Punctuation{"+=", Tok::kPlusAssign},
    Punctuation{"-=", Tok::kMinusAssign},
    Punctuation{"*=", Tok::kStarAssign},
    Punctuation{"/=", Tok::kSlashAssign},
    Punctuation{"%=", Tok::kPercentAssign},
    Punctuation{"&=", Tok::kAndAssign},
    Punctuation{"|=", Tok::kOrAssign},
    Punctuation{"^=", Tok::kXorAssign},
    Punctuation{"~=", Tok::kNotAssign},
    Punctuation{"(", Tok::kLeftParen},
    Punctuation{")", Tok::kRightParen},
    Punctuation{"[", Tok::kLeftBracket},
    Punctuation{"]", Tok::kRightBracket},
    Punctuation{"{", Tok::kLeftBrace},
    Punctuation{"}", Tok::kRightBrace},
    Punctuation{";", Tok::kSemicolon},
    Punctuation{":", Tok::kColon},
    Punctuation{",", Tok::kComma},
    Punctuation{".", Tok::kDot},
    Punctuation{"@", Tok::kAt},
    Punctuation{"+", Tok::kPlus},
    Punctuation{"-", Tok::kMinus},
    Punctuation{"*", Tok::kStar},
    Punctuation{"/", Tok::kSlash},
    Punctuation{"%", Tok::kPercent},
    Punctuation{"&", Tok::kAmpersand},
    Punctuation{"|", Tok::kPipe},
    Punctuation{"^", Tok::kCaret},
    Punctuation{"~", Tok::kTilde},
    Punctuation{"!", Tok::kNot},
    Punctuation{"<", Tok::kLess},
    Punctuation{">", Tok::kGreater},
    Punctuation{"=", Tok::kAssign},
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_unicode_letter(std::uint32_t c) {
    struct Range {
        std::uint32_t first, last;
    };
    // Letters and letter-like signs; what lies between the ranges is punctuation or operators.
    static constexpr std::array kRanges = {
        Range{0xAA, 0xAA},       Range{0xB5, 0xB5},     Range{0xBA, 0xBA},
        Range{0xC0, 0xD6},       Range{0xD8, 0xF6},     Range{0xF8, 0x37D},
        Range{0x37F, 0x386},     Range{0x388, 0x1FFF},  Range{0x2071, 0x209C},
        Range{0x2100, 0x218F},   Range{0x2C00, 0x2DFF}, Range{0x3005, 0xD7FF},
        Range{0xF900, 0xFDFF},   Range{0xFE70, 0xFEFE}, Range{0xFF21, 0xFFDC},
        Range{0x10000, 0x10FFFF}};
    return std::any_of(kRanges.begin(), kRanges.end(),
                       [c](const Range& r) { return c >= r.first && c <= r.last; });
}

bool digit_in_base(char c, int base) {
    if (base <= 10) return c >= '0' && c < '0' + base;
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string describe(Tok kind) {
    switch (kind) {
        case Tok::kEndOfFile:
            return "end of file";
        case Tok::kIdentifier:
            return "an identifier";
        case Tok::kInteger:
        case Tok::kFloat:
        case Tok::kImaginary:
            return "a number";
        case Tok::kDuration:
            return "a duration";
        case Tok::kString:
            return "a string";
        case Tok::kHardwareQubit:
            return "a hardware qubit";
        case Tok::kAnnotation:
            return "an annotation";
        case Tok::kPragma:
            return "a pragma";
        case Tok::kHashDim:
            return "`#dim`";
        default:
            break;
    }
    for (const Punctuation& p : kPunctuation)
        if (p.kind == kind) return "`" + std::string(p.text) + "`";
    for (const auto& [text, k] : keywords())
        if (k == kind) return "`" + std::string(text) + "`";
    return "a token";
}

std::string describe(const Token& token) {
    if (token.kind == Tok::kEndOfFile) return "end of file";
    if (token.kind == Tok::kString) return "the string \"" + std::string(token.text) + "\"";
    return "`" + std::string(token.text.substr(0, 40)) + "`";
}

Lexer::Lexer(const Sources& sources, std::uint32_t file)
    : sources_(sources), file_(file), text_(sources.text(file)) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") pos_ = 3;  // byte order mark
}

void Lexer::fail(std::size_t offset, const std::string& message) const {
    sources_.fail({static_cast<std::uint32_t>(offset), line_, file_}, message);
}

Token Lexer::make(Tok kind, std::size_t length) {
    const Token token{kind, text_.substr(pos_, length), here()};
    pos_ += length;
    line_start_ = false;
    return token;
}

void Lexer::skip_block_comment() {
    const std::size_t end = text_.find("*/", pos_ + 2);
    if (end == std::string_view::npos) fail(pos_, "this comment is never closed with `*/`");
    line_ += static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<long>(pos_),
                                                   text_.begin() + static_cast<long>(end), '\n'));
    pos_ = end + 2;
}

void Lexer::skip_blanks() {
    while (pos_ < text_.size()) {
        const char c = text_[pos_];
        if (c == '\n') {
            ++line_;
            ++pos_;
            line_start_ = true;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            ++pos_;
        } else if (c == '/' && at(pos_ + 1) == '/') {
            pos_ = std::min(text_.find('\n', pos_), text_.size());
        } else if (c == '/' && at(pos_ + 1) == '*') {
            skip_block_comment();
        } else {
            return;
        }
    }
}

Token Lexer::next() {
    skip_blanks();
    if (pos_ >= text_.size()) return {Tok::kEndOfFile, {}, here()};
    const char c = text_[pos_];
    if (is_letter(c) || static_cast<unsigned char>(c) >= 0x80) return identifier();
    if (is_digit(c) || (c == '.' && is_digit(at(pos_ + 1)))) return number();
    if (c == '"' || c == '\'') return string();
    if (c == '$') return hardware_qubit();
    if (c == '#') {
        const std::size_t end = identifier_end(pos_ + 1);
        const std::string_view word = text_.substr(pos_ + 1, end - pos_ - 1);
        if (word == "pragma") return rest_of_line(Tok::kPragma);
        if (word == "dim") return make(Tok::kHashDim, 4);
        fail(pos_, "`#" + std::string(word) + "` is not known here; `#pragma` and `#dim` are");
    }
    if (c == '@' && line_start_ && (is_letter(at(pos_ + 1)))) return rest_of_line(Tok::kAnnotation);
    return punctuation();
}

Token Lexer::rest_of_line(Tok kind) {
    std::size_t end = std::min(text_.find('\n', pos_), text_.size());
    if (end > pos_ && text_[end - 1] == '\r') --end;
    return make(kind, end - pos_);
}

/// Length of the UTF-8 sequence at `i` and its value.
std::size_t Lexer::code_point(std::size_t i, std::uint32_t& value) const {
    const auto lead = static_cast<unsigned char>(text_[i]);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (length == 0 || lead > 0xF4) fail(i, "this byte is not UTF-8 text");
    value = lead & (0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
        const auto c = static_cast<unsigned char>(at(i + k));
        if ((c & 0xC0) != 0x80) fail(i, "this byte is not UTF-8 text");
        value = value << 6 | (c & 0x3F);
    }
    return length;
}

std::size_t Lexer::identifier_end(std::size_t i) const {
    while (i < text_.size()) {
        const char c = text_[i];
        if (is_letter(c) || is_digit(c)) {
            ++i;
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            std::uint32_t value = 0;
            const std::size_t length = code_point(i, value);
            if (!is_unicode_letter(value)) break;
            i += length;
        } else {
            break;
        }
    }
    return i;
}

Token Lexer::identifier() {
    const std::size_t end = identifier_end(pos_);
    if (end == pos_) {
        std::uint32_t value = 0;
        const std::size_t length = code_point(pos_, value);
        fail(pos_, "unexpected character `" + std::string(text_.substr(pos_, length)) + "`");
    }
    const std::string_view word = text_.substr(pos_, end - pos_);
    if (word == "pragma") return rest_of_line(Tok::kPragma);
    const auto it = word.size() < 14 ? keywords().find(word) : keywords().end();
    return make(it == keywords().end() ? Tok::kIdentifier : it->second, end - pos_);
}

/// End of a run of digits with single underscores between them; `i` if there is none.
std::size_t Lexer::digits(std::size_t i, int base) const {
    while (digit_in_base(at(i), base) || (at(i) == '_' && i > 0 && digit_in_base(at(i - 1), base) &&
                                          digit_in_base(at(i + 1), base)))
        ++i;
    return i;
}

Token Lexer::based_number(int base) {
    const std::size_t end = digits(pos_ + 2, base);
    if (end == pos_ + 2 || is_letter(at(end)) || is_digit(at(end)))
        fail(pos_, "`" + std::string(text_.substr(pos_, identifier_end(pos_) - pos_)) +
                       "` is not a number in base " + std::to_string(base));
    return make(Tok::kInteger, end - pos_);
}

Token Lexer::number() {
    if (at(pos_) == '0') {
        const char b = at(pos_ + 1);
        if (b == 'x' || b == 'X') return based_number(16);
        if (b == 'o' || b == 'O') return based_number(8);
        if (b == 'b' || b == 'B') return based_number(2);
    }
    std::size_t end = digits(pos_, 10);
    Tok kind = Tok::kInteger;
    if (at(end) == '.') {
        kind = Tok::kFloat;
        ++end;
        if (is_digit(at(end))) end = digits(end, 10);
    }
    if (at(end) == 'e' || at(end) == 'E') {
        const std::size_t exponent = end + 1 + (at(end + 1) == '+' || at(end + 1) == '-');
        if (is_digit(at(exponent))) {
            kind = Tok::kFloat;
            end = digits(exponent, 10);
        }
    }
    // A unit may follow, with blanks between.
    std::size_t unit = end;
    while (at(unit) == ' ' || at(unit) == '\t') ++unit;
    const std::size_t unit_end = identifier_end(unit);
    const std::string_view word = text_.substr(unit, unit_end - unit);
    if (word == "im") return make(Tok::kImaginary, unit_end - pos_);
    if (word == "ns" || word == "us" || word == "\xC2\xB5s" || word == "\xCE\xBCs" ||
        word == "ms" || word == "s" || word == "dt")
        return make(Tok::kDuration, unit_end - pos_);
    if (unit == end && !word.empty())
        fail(pos_, "`" + std::string(text_.substr(pos_, unit_end - pos_)) +
                       "` is neither a number nor a name; names do not begin with a digit");
    return make(kind, end - pos_);
}

Token Lexer::string() {
    const char quote = text_[pos_];
    const std::size_t end = text_.find_first_of(std::string("\n") + quote, pos_ + 1);
    if (end == std::string_view::npos || text_[end] == '\n')
        fail(pos_, "this string is not closed on its line");
    Token token{Tok::kString, text_.substr(pos_ + 1, end - pos_ - 1), here()};
    pos_ = end + 1;
    line_start_ = false;
    return token;
}

Token Lexer::hardware_qubit() {
    std::size_t end = pos_ + 1;
    while (is_digit(at(end))) ++end;
    if (end == pos_ + 1) fail(pos_, "`$` must be followed by the number of a hardware qubit");
    return make(Tok::kHardwareQubit, end - pos_);
}

Token Lexer::punctuation() {
    switch (text_[pos_]) {  // the common ones, without a search
        case '(':
            return make(Tok::kLeftParen, 1);
        case ')':
            return make(Tok::kRightParen, 1);
        case '[':
            return make(Tok::kLeftBracket, 1);
        case ']':
            return make(Tok::kRightBracket, 1);
        case ',':
            return make(Tok::kComma, 1);
        case ';':
            return make(Tok::kSemicolon, 1);
        default:
            break;
    }
    for (const Punctuation& p : kPunctuation)
        if (text_.compare(pos_, p.text.size(), p.text) == 0) return make(p.kind, p.text.size());
    const auto c = static_cast<unsigned char>(text_[pos_]);
    static constexpr char kHex[] = "0123456789abcdef";
    fail(pos_, c < 0x20 || c == 0x7F
                   ? std::string("unexpected control character 0x") + kHex[c >> 4] + kHex[c & 15]
                   : std::string("unexpected character `") + static_cast<char>(c) + "`");
}

std::string_view Lexer::skip_braced(Loc open) {
    const std::size_t begin = pos_;
    std::size_t depth = 1;
    for (; pos_ < text_.size(); ++pos_) {
        const char c = text_[pos_];
        if (c == '\n') ++line_;
        if (c == '{') ++depth;
        if (c == '}' && --depth == 0) {
            const std::string_view body = text_.substr(begin, pos_ - begin);
            ++pos_;
            return body;
        }
    }
    sources_.fail(open, "this `{` is never closed");
}

}  // namespace carillon::qasm
