// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/ensemble_list.h"

#include <gtest/gtest.h>

#include <set>

#include "carillon/base/error.h"

namespace carillon {
namespace {

TEST(EnsembleList, lines_are_programs_with_options) {
    const std::vector<Sweep> common{{"theta", {"1", "2"}}};
    const auto entries = parse_list(
        "# two programs\n"
        "a.qasm\n"
        "\n"
        "  \"my circuits/b.qasm\" --shots 7 --input theta=0:1:2 --input n=4  # a sweep\r\n"
        "/abs/c.json -s 9 --input theta=5\n",
        "lists/all.txt", common, 100);
    ASSERT_EQ(entries.size(), 6);
    EXPECT_EQ(entries[0].program, "lists/a.qasm");
    EXPECT_EQ(entries[0].label, "lists/a.qasm theta=1");
    EXPECT_EQ(entries[0].shots, 100);
    EXPECT_EQ(entries[1].inputs.at("theta"), "2");
    EXPECT_EQ(entries[2].program, "lists/my circuits/b.qasm");
    EXPECT_EQ(entries[4].label, "lists/my circuits/b.qasm theta=2");
    EXPECT_EQ(entries[4].inputs.at("n"), "4");
    EXPECT_EQ(entries[4].shots, 7);
    EXPECT_EQ(entries[5].program, "/abs/c.json");
    EXPECT_EQ(entries[5].inputs.at("theta"), "5");
    EXPECT_EQ(entries[5].label, "/abs/c.json");
}

TEST(EnsembleList, errors_name_line_and_column) {
    const auto message = [](const std::string& text) -> std::string {
        try {
            parse_list(text, "l.txt", {}, 1);
            return "";
        } catch (const InputError& error) {
            return error.what();
        }
    };
    EXPECT_TRUE(message("a.qasm\nb.qasm --shots -3\n").starts_with("l.txt:2:16: "));
    EXPECT_TRUE(message("a.qasm --shots 0").starts_with("l.txt:1:16: "));
    EXPECT_TRUE(message("a.qasm --shots").starts_with("l.txt:1:8: --shots needs"));
    EXPECT_TRUE(message("a.qasm --input t=0:0:1").starts_with("l.txt:1:16: "));
    EXPECT_TRUE(message("--shots 3").starts_with("l.txt:1:1: "));
    EXPECT_TRUE(message("a.qasm b.qasm").starts_with("l.txt:1:8: "));
    EXPECT_TRUE(message("\"a b.qasm").starts_with("l.txt:1:1: "));
    EXPECT_EQ(message("# nothing\n\n"), "l.txt: the list names no program");
}

TEST(EnsembleList, seeds_differ_and_the_first_is_the_ensemble_s_own) {
    std::vector<EnsembleEntry> entries(1000);
    number_seeds(entries, 42);
    std::set<std::uint64_t> seeds;
    for (const EnsembleEntry& entry : entries) {
        seeds.insert(entry.seed);
        EXPECT_LT(entry.seed, std::uint64_t{1} << 53);
    }
    EXPECT_EQ(seeds.size(), 1000);
    EXPECT_EQ(entries[0].seed, 42);
    EXPECT_NE(entry_seed(43, 1), entry_seed(42, 1));
}

}  // namespace
}  // namespace carillon
