// SPDX-License-Identifier: Apache-2.0
// Programs as data: tests/qasm/programs and tests/qasm/malformed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "carillon/language/qasm/naive.test.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

fs::path data() {
    return fs::path(CARILLON_SOURCE_DIR) / "tests" / "qasm";
}

std::vector<fs::path> programs_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".qasm") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// What stands behind `// key:` in the comments at the head of a program.
std::vector<std::string> header(const std::string& text, const std::string& key) {
    std::vector<std::string> words;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && line.rfind("//", 0) == 0;) {
        if (line.rfind("// " + key + ":", 0) != 0) continue;
        std::istringstream rest(line.substr(key.size() + 4));
        for (std::string word; rest >> word;) words.push_back(word);
    }
    return words;
}

class Program : public testing::TestWithParam<fs::path> {};
class Malformed : public testing::TestWithParam<fs::path> {};

// Head of a program: `// expect: 00=0.5 11=0.5`, outcomes of the outputs with their probability
// (anything else has probability 0), and `// inputs: name=value ...`.
TEST_P(Program, has_the_distribution_its_head_promises) {
    const std::string text = content(GetParam());
    ReadOptions options;
    for (const std::string& input : header(text, "inputs"))
        options.inputs[input.substr(0, input.find('='))] = input.substr(input.find('=') + 1);
    const ReadResult r = read_qasm(text, GetParam().string(), options);
    EXPECT_LE(r.circuit.num_qubits, 12u);
    const auto expected = header(text, "expect");
    ASSERT_FALSE(expected.empty()) << "no `// expect:` at the head";
    double lost = 0;
    auto actual = naive::distribution(r.circuit, lost);
    EXPECT_LT(lost, 1e-3);
    for (const std::string& e : expected) {
        const std::string outcome = e.substr(0, e.find('='));
        EXPECT_NEAR(actual[outcome], std::stod(e.substr(e.find('=') + 1)), 1e-5 + lost) << outcome;
        actual.erase(outcome);
    }
    for (const auto& [outcome, p] : actual) EXPECT_LT(p, 1e-5) << outcome;
}

// Head of a malformed program: `// error: line:column: text`; an included file's name may stand
// before the line.
TEST_P(Malformed, is_refused_at_the_place_and_with_the_text_its_head_promises) {
    const std::string text = content(GetParam());
    std::string wanted = text.substr(0, text.find('\n'));
    ASSERT_EQ(wanted.rfind("// error: ", 0), 0u);
    wanted = wanted.substr(10);
    const std::string place = wanted.substr(0, wanted.find(' ') - 1);
    const std::string message = wanted.substr(wanted.find(' ') + 1);
    try {
        read_qasm(text, GetParam().string());
        FAIL() << "it was read";
    } catch (const InputError& e) {
        const std::string at =
            std::to_string(e.position().line) + ":" + std::to_string(e.position().column);
        EXPECT_EQ(at, place) << e.what();
        EXPECT_NE(std::string(e.what()).find(message), std::string::npos) << e.what();
        EXPECT_EQ(std::string(e.what()).rfind(e.position().file + ":" + at + ": error: ", 0), 0u);
    }
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
    return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Corpus, Program, testing::ValuesIn(programs_in(data() / "programs")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Corpus, Malformed, testing::ValuesIn(programs_in(data() / "malformed")),
                         name_of);

TEST(Corpus, is_broad) {
    EXPECT_GE(programs_in(data() / "programs").size(), 60u);
    EXPECT_GE(programs_in(data() / "malformed").size(), 45u);
}

}  // namespace
}  // namespace carillon
