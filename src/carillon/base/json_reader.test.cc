// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/json_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

namespace carillon {
namespace {

/// Message of the InputError that `work` throws, or "" when it throws none.
std::string message_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

constexpr std::string_view kText = R"({
  "name": "a\"b",
  "links": [ {"length_km": 1.5}, {"length_km": "far", "n": -3, "deep": [[], [7, true]]} ],
  "big": 18446744073709551615, "shots": 1e6
})";

TEST(JsonReader, values_come_back) {
    const JsonDocument document(kText, "net.json");
    const JsonValue root = document.root();
    EXPECT_EQ(root.at("name").text(), "a\"b");
    EXPECT_EQ(root.at("links").size(), 2u);
    EXPECT_EQ(root.at("links")[0].at("length_km").real(0), 1.5);
    EXPECT_EQ(root.at("links")[1].at("n").integer(), -3);
    EXPECT_TRUE(root.at("links")[1].at("deep")[1][1].boolean());
    EXPECT_EQ(root.at("big").whole(), 18446744073709551615u);
    EXPECT_EQ(root.at("shots").whole(), 1000000u);
    EXPECT_FALSE(root.find("absent").has_value());
    EXPECT_EQ(root.members().size(), 4u);
}

TEST(JsonReader, a_wrong_type_names_file_line_column_and_path) {
    const JsonDocument document(kText, "net.json");
    const JsonValue links = document.root().at("links");
    EXPECT_EQ(message_of([&] { links[1].at("length_km").real(0); }),
              "net.json:3:48: links[1].length_km: must be a number >= 0, got \"far\"");
    EXPECT_EQ(message_of([&] { links[1].at("n").whole(1, 5); }),
              "net.json:3:60: links[1].n: must be a whole number from 1 to 5, got -3");
    EXPECT_EQ(message_of([&] { links[1].at("deep")[1][0].boolean(); }),
              "net.json:3:78: links[1].deep[1][0]: must be true or false, got 7");
    EXPECT_EQ(message_of([&] { links[1].at("deep").text(); }),
              "net.json:3:72: links[1].deep: must be a string, got an array");
    EXPECT_EQ(message_of([&] { links.at("x"); }),
              "net.json:3:12: links: must be an object, got an array");
    EXPECT_EQ(message_of([&] { document.root().size(); }),
              "net.json:1:1: must be an array, got an object");
    EXPECT_EQ(message_of([&] { document.root().at("big").integer(); }).substr(0, 35),
              "net.json:4:10: big: must be a whole");
    EXPECT_EQ(message_of([&] { document.root().at("shots").real(0, 10); }),
              "net.json:4:41: shots: must be a number from 0 to 10, got 1000000.0");
}

TEST(JsonReader, a_missing_and_an_unknown_key_are_named) {
    const JsonDocument document(kText, "net.json");
    EXPECT_EQ(message_of([&] { document.root().at("links")[0].at("a"); }),
              "net.json:3:14: links[0]: key \"a\" is missing");
    EXPECT_EQ(message_of([&] {
                  document.root().allow_keys({"name", "links", "big", "shot"});
              }),
              "net.json:4:32: unknown key \"shots\"; did you mean \"shot\"?");
    EXPECT_EQ(message_of([&] {
                  document.root().allow_keys({"name", "links", "big", "shots"});
              }),
              "");
}

TEST(JsonReader, a_choice_lists_or_suggests) {
    const JsonDocument document(R"(["fiber", "x"])", "f");
    constexpr std::array<std::string_view, 2> kKinds = {"fibre", "satellite"};
    EXPECT_EQ(message_of([&] { document.root()[0].choice(kKinds); }),
              "f:1:2: [0]: unknown value \"fiber\"; did you mean \"fibre\"?");
    EXPECT_EQ(message_of([&] { document.root()[1].choice(kKinds); }),
              "f:1:11: [1]: unknown value \"x\"; known: fibre, satellite");
}

struct Malformed {
    std::string text;
    const char* head;  ///< the message begins with this
};

TEST(JsonReader, malformed_text_has_line_and_column) {
    const Malformed cases[] = {
        {"", "t:1:1: "},
        {"{\n  \"a\": 1,\n}", "t:3:1: "},
        {"[1, 2", "t:1:6: "},
        {"{\"a\" 1}", "t:1:6: "},
        {"[01]", "t:1:3: "},
        {"nul", "t:1:4: "},
        {"[1] x", "t:1:5: "},
        {"[\"\xff\"]", "t:1:3: "},
        {"[2, 1e999]", "t:1:5: the number 1e999 is too large"},
        {"{\"a\": {\"b\": 1,\n \"b\": 2}}", "t:2:2: key \"b\" is given twice"},
        {"{\"\\u0061\": 1, \"a\": 2}", "t:1:15: key \"a\" is given twice"},
        {std::string(201, '['), "t:1:201: nested deeper than 200 levels"},
        {std::string(1000000, '['), "t:1:201: nested deeper than 200 levels"},
    };
    for (const Malformed& c : cases) {
        const std::string message = message_of([&] { JsonDocument(c.text, "t"); });
        EXPECT_EQ(message.substr(0, std::string(c.head).size()), c.head)
            << c.text.substr(0, 40) << " -> " << message;
    }
}

TEST(JsonReader, a_key_given_twice_is_found_among_many) {
    std::string text = "{";
    for (int i = 0; i < 100; ++i)
        text += "\"k" + std::to_string(i) + "\": " + std::to_string(i) + ", ";
    EXPECT_EQ(JsonDocument(text + "\"k\": 1}", "t").root().members().size(), 101u);
    for (const char* again : {"k0", "k30", "k99"}) {
        const std::string twice = text + "\"" + again + "\": 1}";
        EXPECT_NE(message_of([&] { JsonDocument(twice, "t"); }).find("is given twice"),
                  std::string::npos);
    }
}

TEST(JsonReader, columns_count_characters_not_bytes) {
    const JsonDocument document("{\"\xc3\xa9\xc3\xa9\": 1}", "t");  // two accented letters
    EXPECT_EQ(message_of([&] { document.root().at("\xc3\xa9\xc3\xa9").text(); }),
              "t:1:8: \xc3\xa9\xc3\xa9: must be a string, got 1");
}

TEST(JsonReader, a_byte_order_mark_and_brackets_in_strings_do_no_harm) {
    const JsonDocument document("\xef\xbb\xbf{\"a]\": \"[{\\\"\", \"b\": 2}", "t");
    EXPECT_EQ(document.root().at("b").whole(), 2u);
    const std::string brackets = "\"\\\"" + std::string(300, '[') + '"';  // one string
    EXPECT_EQ(JsonDocument(brackets, "t").root().text().size(), 301u);
    EXPECT_NE(message_of([&] { document.root().at("b").text(); }).find("b: must be"),
              std::string::npos);
}

TEST(JsonReader, a_file_that_is_not_there_is_a_resource_error) {
    EXPECT_THROW(read_text_file("no/such/file.json"), ResourceError);
    EXPECT_THROW(read_text_file("."), ResourceError);
}

}  // namespace
}  // namespace carillon
