// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "carillon/language/qasm/source.h"

namespace carillon::qasm {

/// What a token is. Keywords stand between kFirstKeyword and kLastKeyword.
enum class Tok : std::uint8_t {
    kEndOfFile,
    kIdentifier,
    kInteger,
    kFloat,
    kImaginary,
    kDuration,
    kString,
    kHardwareQubit,
    kAnnotation,
    kPragma,
    kLeftParen,
    kRightParen,
    kLeftBracket,
    kRightBracket,
    kLeftBrace,
    kRightBrace,
    kSemicolon,
    kColon,
    kComma,
    kDot,
    kArrow,
    kAt,
    kPlus,
    kMinus,
    kStar,
    kSlash,
    kPercent,
    kPower,
    kConcat,
    kAmpersand,
    kPipe,
    kCaret,
    kTilde,
    kNot,
    kShiftLeft,
    kShiftRight,
    kAndAnd,
    kOrOr,
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kAssign,
    kPlusAssign,
    kMinusAssign,
    kStarAssign,
    kSlashAssign,
    kPercentAssign,
    kPowerAssign,
    kAndAssign,
    kOrAssign,
    kXorAssign,
    kNotAssign,
    kShiftLeftAssign,
    kShiftRightAssign,
    kHashDim,
    kFirstKeyword,
    kOpenQasm = kFirstKeyword,
    kInclude,
    kDefcalgrammar,
    kDef,
    kCal,
    kDefcal,
    kGate,
    kOpaque,
    kExtern,
    kBox,
    kLet,
    kBreak,
    kContinue,
    kIf,
    kElse,
    kEnd,
    kReturn,
    kFor,
    kWhile,
    kIn,
    kSwitch,
    kCase,
    kDefault,
    kNop,
    kInput,
    kOutput,
    kConst,
    kReadonly,
    kMutable,
    kQreg,
    kQubit,
    kCreg,
    kBool,
    kBit,
    kInt,
    kUint,
    kFloatType,
    kAngle,
    kComplex,
    kArray,
    kVoid,
    kDurationType,
    kStretch,
    kInv,
    kPow,
    kCtrl,
    kNegctrl,
    kDurationof,
    kDelay,
    kReset,
    kMeasure,
    kBarrier,
    kTrue,
    kFalse,
    kLastKeyword = kFalse,
};

struct Token {
    Tok kind = Tok::kEndOfFile;
    std::string_view text;  ///< as written; of a string without the quotes
    Loc loc;
};

/// "`;`", "`measure`", "an identifier" ...: a kind of token in a message.
std::string describe(Tok kind);
/// The token itself in a message: "`foo`", "end of file".
std::string describe(const Token& token);

inline bool is_keyword(Tok kind) {
    return kind >= Tok::kFirstKeyword && kind <= Tok::kLastKeyword;
}

/// Cuts one file into tokens, on demand and in linear time.
class Lexer {
  public:
    Lexer(const Sources& sources, std::uint32_t file);

    Token next();
    /// After a `{` token was the last one taken: skips to its matching `}` whatever stands between,
    /// and takes that too. Returns the text between.
    std::string_view skip_braced(Loc open);

  private:
    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
    Loc here() const { return {static_cast<std::uint32_t>(pos_), line_, file_}; }
    Token make(Tok kind, std::size_t length);
    void skip_blanks();
    void skip_block_comment();
    Token rest_of_line(Tok kind);
    Token identifier();
    Token number();
    Token based_number(int base);
    Token punctuation();
    Token string();
    Token hardware_qubit();
    std::size_t digits(std::size_t i, int base) const;
    std::size_t identifier_end(std::size_t i) const;
    std::size_t code_point(std::size_t i, std::uint32_t& value) const;
    [[noreturn]] void fail(std::size_t offset, const std::string& message) const;

    const Sources& sources_;
    std::uint32_t file_;
    std::string_view text_;
    std::size_t pos_ = 0;
    std::uint32_t line_ = 1;
    bool line_start_ = true;  ///< nothing but blanks before pos_ on this line
};

}  // namespace carillon::qasm
