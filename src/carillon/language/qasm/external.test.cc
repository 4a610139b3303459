// SPDX-License-Identifier: Apache-2.0
// Programs written by others, found through CARILLON_TEST_DATA; tests/qasm/external.txt says what
// to make of each.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

struct Expectation {
    std::string verdict, text;
};

std::map<std::string, Expectation> table() {
    std::map<std::string, Expectation> result;
    std::ifstream in(fs::path(CARILLON_SOURCE_DIR) / "tests" / "qasm" / "external.txt");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string path;
        Expectation e;
        words >> path >> e.verdict >> std::ws;
        std::getline(words, e.text);
        result[path] = e;
    }
    return result;
}

void check(const fs::path& file, const Expectation& e) {
    if (e.verdict == "ok") {
        EXPECT_NO_THROW(read_qasm_file(file.string()));
        return;
    }
    if (e.verdict == "syntax-ok") {
        std::ostringstream text;
        text << std::ifstream(file).rdbuf();
        EXPECT_NO_THROW(check_syntax(text.str(), file.string()));
    }
    ASSERT_FALSE(e.text.empty()) << "a refusal needs its text";
    try {
        read_qasm_file(file.string());
        ADD_FAILURE() << "it was read";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(e.text), std::string::npos) << error.what();
    }
}

TEST(External, every_program_is_read_or_refused_as_the_table_says) {
    const char* folder = std::getenv("CARILLON_TEST_DATA");
    if (!folder) GTEST_SKIP() << "CARILLON_TEST_DATA is not set";
    const auto expectations = table();
    std::size_t seen = 0;
    for (const char* part :
         {"openqasm2", "openqasm3", "dynamic", "parser", "includes", "qasmbench", "pytket_dqc"}) {
        if (!fs::exists(fs::path(folder) / part)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(folder) / part)) {
            if (entry.path().extension() != ".qasm") continue;
            const std::string name = fs::relative(entry.path(), folder).generic_string();
            SCOPED_TRACE(name);
            const auto it = expectations.find(name);
            if (it == expectations.end()) {
                ADD_FAILURE() << "the table has no line for this program";
                continue;
            }
            ++seen;
            check(entry.path(), it->second);
        }
    }
    EXPECT_EQ(seen, expectations.size()) << "some programs of the table are missing";
}

}  // namespace
}  // namespace carillon
