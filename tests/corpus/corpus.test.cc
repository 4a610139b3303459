// SPDX-License-Identifier: Apache-2.0
// Every program of the corpus goes the whole way on several networks: read, compiled, proved,
// executed, compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/execution/execute/verify.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

const fs::path kTests = CARILLON_TESTS_DIR;
constexpr std::uint32_t kMostSimulated =
    20;  ///< qubits; larger programs are compiled and proved only
constexpr std::uint32_t kUnequalQubits = 25;  ///< that unequal.json has
constexpr std::uint64_t kShots = 200;

/// Networks with just enough data qubits, and one of unequal processors.
std::vector<std::string> networks() {
    return {"full:2",   "line:3", "ring:4",
            "grid:2x2", "star:5", (kTests / "corpus" / "unequal.json").string()};
}

/// A program and the values of its inputs: a line `// inputs: a=1 b=0.5` in the file gives them.
Circuit read(const fs::path& file) {
    ReadOptions options;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const std::string mark = "// inputs:";
        const auto at = line.find(mark);
        if (at == std::string::npos) continue;
        std::istringstream words(line.substr(at + mark.size()));
        for (std::string word; words >> word;)
            options.inputs[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    }
    return read_qasm_file(file.string(), options).circuit;
}

void go_all_the_way(const Circuit& circuit, const std::string& network_name) {
    SCOPED_TRACE(network_name);
    Network network = load_network(network_name);
    fill_capacity(network, circuit.num_qubits);
    CompileOptions options;
    options.partition.effort = Effort::kLow;
    const Compilation compiled = compile(circuit, network, options);
    VerifyOptions check;
    check.level =
        circuit.num_qubits <= kMostSimulated ? VerifyLevel::kFull : VerifyLevel::kValidator;
    check.shots = kShots;
    const Verification v = verify(circuit, compiled.program, check);
    EXPECT_TRUE(v.validator.value_or(false)) << v.validator_reason;
    EXPECT_GT(v.fidelity.value_or(1), 1 - 1e-10);
    EXPECT_TRUE(v.same_outcomes.value_or(true));
    EXPECT_GE(v.distribution.value_or(HomogeneityTest{}).p_value, kFalseAlarm);
}

class Corpus : public testing::TestWithParam<fs::path> {};

TEST_P(Corpus, is_proved_and_runs_on_every_network) {
    const Circuit circuit = read(GetParam());
    if (circuit.num_qubits > 1000) {
        go_all_the_way(circuit, "torus:32x32,qubits=64");
        return;
    }
    for (const std::string& network : networks())
        if (circuit.num_qubits <= kUnequalQubits || network.find(".json") == std::string::npos)
            go_all_the_way(circuit, network);
}

std::vector<fs::path> programs_in(const fs::path& folder) {
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".qasm") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
    std::string name = info.param.stem().string();
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Programs, Corpus,
                         testing::ValuesIn(programs_in(kTests / "qasm" / "programs")), test_name);
INSTANTIATE_TEST_SUITE_P(Examples, Corpus,
                         testing::ValuesIn(programs_in(kTests.parent_path() / "examples")),
                         test_name);

/// Other people's programs, where CARILLON_TEST_DATA names a folder with them. Each folder is one
/// test.
class OtherPeoples : public testing::TestWithParam<std::string> {};

TEST_P(OtherPeoples, programs_are_proved_and_run_on_every_network) {
    const char* data = std::getenv("CARILLON_TEST_DATA");
    if (!data) GTEST_SKIP() << "CARILLON_TEST_DATA is not set: no further programs to run";
    std::size_t done = 0;
    for (const fs::path& file : programs_in(fs::path(data) / GetParam())) {
        SCOPED_TRACE(file.filename().string());
        Circuit circuit;
        try {
            circuit = read(file);
        } catch (const InputError&) {
            continue;  // which ones read, and which give which error, is the reader's own test
        }
        ++done;
        for (const std::string& network : networks())
            if (circuit.num_qubits <= kUnequalQubits || network.find(".json") == std::string::npos)
                go_all_the_way(circuit, network);
    }
    EXPECT_GT(done, 0u);
}

INSTANTIATE_TEST_SUITE_P(Folders, OtherPeoples,
                         testing::Values("openqasm2", "openqasm3", "dynamic", "includes",
                                         "qasmbench"),
                         [](const auto& folder) { return folder.param; });

}  // namespace
}  // namespace carillon
