// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "carillon/language/qasm/reader.h"

namespace carillon::qasm {
namespace {

std::vector<std::pair<Tok, std::string>> tokens(std::string_view text) {
    Sources sources;
    Lexer lexer(sources, sources.add_view("test.qasm", text));
    std::vector<std::pair<Tok, std::string>> result;
    for (Token t = lexer.next(); t.kind != Tok::kEndOfFile; t = lexer.next())
        result.emplace_back(t.kind, std::string(t.text));
    return result;
}

Tok only(std::string_view text) {
    const auto all = tokens(text);
    return all.size() == 1 ? all[0].first : Tok::kEndOfFile;
}

TEST(Lexer, numbers_of_every_form) {
    for (const char* text : {"0", "12", "1_000", "0xFf", "0b1_0", "0o17"})
        EXPECT_EQ(only(text), Tok::kInteger) << text;
    for (const char* text : {"1.", ".5", "1.5", "1e5", "1.5E-3", "2.e+1", "1_0.2_5"})
        EXPECT_EQ(only(text), Tok::kFloat) << text;
    for (const char* text : {"1im", "2.5 im"}) EXPECT_EQ(only(text), Tok::kImaginary) << text;
    for (const char* text : {"1ns", "2.5us", "3 ms", "4s", "10dt", "5\xC2\xB5s", "5\xCE\xBCs"})
        EXPECT_EQ(only(text), Tok::kDuration) << text;
}

TEST(Lexer, malformed_numbers_are_refused) {
    for (const char* text : {"3x", "3__4", "0b2", "0xg", "0o8", "12af", "3_4_"})
        EXPECT_THROW(tokens(text), InputError) << text;
}

TEST(Lexer, operators_are_cut_as_long_as_possible) {
    const auto t = tokens("a**=b>>=c->d++e<=f");
    ASSERT_EQ(t.size(), 11u);
    EXPECT_EQ(t[1].first, Tok::kPowerAssign);
    EXPECT_EQ(t[3].first, Tok::kShiftRightAssign);
    EXPECT_EQ(t[5].first, Tok::kArrow);
    EXPECT_EQ(t[7].first, Tok::kConcat);
    EXPECT_EQ(t[9].first, Tok::kLessEqual);
}

TEST(Lexer, names_may_be_unicode_letters) {
    EXPECT_EQ(only("\xCE\xB8_1"), Tok::kIdentifier);
    EXPECT_EQ(only("\xF0\x9D\x9B\xBC"), Tok::kIdentifier);
    EXPECT_THROW(tokens("\xC2\xA3"), InputError);
    EXPECT_THROW(tokens("\xC3"), InputError);
}

TEST(Lexer, comments_and_blanks_are_nothing) {
    EXPECT_EQ(tokens("// a\n/* b\n * c */ x // d").size(), 1u);
    EXPECT_EQ(tokens("\xEF\xBB\xBFx").size(), 1u);
}

TEST(Lexer, pragmas_and_annotations_take_their_line) {
    const auto t = tokens("#pragma a ( b\n@note \"c\nx");
    ASSERT_EQ(t.size(), 3u);
    EXPECT_EQ(t[0].first, Tok::kPragma);
    EXPECT_EQ(t[1].first, Tok::kAnnotation);
    EXPECT_EQ(tokens("ctrl @ x").size(), 3u);
}

TEST(Lexer, lines_are_counted_through_comments) {
    Sources sources;
    Lexer lexer(sources, sources.add_view("test.qasm", "/*\n\n*/\n a"));
    EXPECT_EQ(lexer.next().loc.line, 4u);
}

TEST(Sources, columns_count_characters_not_bytes) {
    Sources sources;
    const auto file = sources.add_view("test.qasm", "\xCE\xB8\xCE\xB8 x");
    EXPECT_EQ(sources.position({5, 1, file}).column, 4);
}

TEST(Sources, suggestions_are_close_names_only) {
    EXPECT_EQ(closest_name("tehta", {"alpha", "theta"}), "theta");
    EXPECT_EQ(closest_name("cxx", {"cx", "swap"}), "cx");
    EXPECT_EQ(closest_name("foo", {"measure", "qubits"}), "");
}

TEST(Syntax, is_checked_without_knowing_names) {
    EXPECT_NO_THROW(check_syntax("foo(1, a) b[2], c; x = y[1:2] ++ z;", "t"));
    EXPECT_THROW(check_syntax("foo(1, a b;", "t"), InputError);
}

}  // namespace
}  // namespace carillon::qasm
