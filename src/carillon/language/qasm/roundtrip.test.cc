// SPDX-License-Identifier: Apache-2.0
// What is written reads back as the same program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/language/qasm/naive.test.h"
#include "carillon/language/qasm/reader.h"
#include "carillon/language/qasm/writer.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;

std::map<std::string, double> outcomes(const Circuit& circuit) {
    double lost = 0;
    return naive::distribution(circuit, lost);
}

void expect_same_outcomes(const Circuit& a, const Circuit& b, const std::string& text) {
    auto p = outcomes(a), q = outcomes(b);
    std::set<std::string> keys;
    for (const auto& [key, value] : p) keys.insert(key);
    for (const auto& [key, value] : q) keys.insert(key);
    for (const std::string& key : keys) ASSERT_NEAR(p[key], q[key], 1e-9) << key << "\n" << text;
}

/// Gates of every kind, with 0 to 2 controls, then rotations and measurements that make phases
/// show.
Circuit random_circuit(std::uint64_t seed, bool qasm2) {
    Random random(seed);
    Circuit c;
    c.add_qubits("a", 2);
    c.add_qubits("b", 2);
    c.add_bits("c", 4);
    const auto kinds = static_cast<std::uint64_t>(GateKind::kUnitary) + 1;
    for (QubitId q{0}; q.value < 4; ++q.value) c.gate(GateKind::kH, 0, {q});
    for (int k = 0; k < 12; ++k) {
        const auto kind = static_cast<GateKind>(random.below(kinds));
        const bool unitary = kind == GateKind::kUnitary;
        const int targets = unitary ? 1 : gate_info(kind).targets;
        int controls = static_cast<int>(random.below(3));
        if (qasm2) controls = kind == GateKind::kX ? controls : 0;
        std::vector<QubitId> on;
        for (std::uint32_t q = 0; on.size() < static_cast<std::size_t>(targets + controls); ++q)
            on.emplace_back((q + k) % 4);
        std::vector<Param> params;
        for (int p = 0; !unitary && p < gate_info(kind).params; ++p)
            params.emplace_back(random.below(2)
                                    ? 6 * random.uniform() - 3
                                    : 0.25 * std::acos(-1) * static_cast<double>(random.below(8)));
        if (unitary) {
            Matrix m = gate_matrix(GateKind::kU, std::vector{random.uniform(), 1.0, 2.0});
            const Complex phase = std::polar(1.0, random.uniform());
            for (Complex& v : m.data) v *= phase;
            c.unitary(m, controls, on);
        } else {
            c.gate(kind, controls, on, params);
        }
    }
    for (QubitId q{0}; q.value < 4; ++q.value) {
        c.gate(GateKind::kRx, 0, {q}, {0.7});
        c.measure(q, BitId{q.value});
    }
    return c;
}

TEST(RoundTrip, random_circuits_keep_their_outcomes_in_openqasm_3) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const Circuit c = random_circuit(seed, false);
        const std::string text = write_qasm3(c);
        expect_same_outcomes(c, read_qasm(text, "c.qasm").circuit, text);
    }
}

TEST(RoundTrip, random_circuits_keep_their_outcomes_in_openqasm_2) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Circuit c = random_circuit(seed, true);
        const std::string text = write_qasm2(c);
        expect_same_outcomes(c, read_qasm(text, "c.qasm").circuit, text);
    }
}

TEST(RoundTrip, plain_gates_read_back_one_for_one) {
    Circuit c;
    c.add_qubits("q", 4);
    const QubitId a{0}, b{1}, d{2}, e{3};
    for (const GateKind kind : {GateKind::kX, GateKind::kZ, GateKind::kT, GateKind::kSxdg,
                                GateKind::kId, GateKind::kSdg}) {
        c.gate(kind, 0, {a});
        c.gate(kind, 1, {a, b});
        c.gate(kind, 3, {a, b, d, e});
    }
    c.gate(GateKind::kP, 2, {a, b, d}, {0.123456789012345678});
    c.gate(GateKind::kU, 0, {a}, {0.1, 0.2, 1e-17});
    c.gate(GateKind::kSwap, 1, {a, b, d});
    const Circuit again = read_qasm(write_qasm3(c), "c.qasm").circuit;
    ASSERT_EQ(again.body().size(), c.body().size());
    for (std::size_t i = 0; i < c.body().size(); ++i) {
        const Operation &x = c.body()[i], &y = again.body()[i];
        EXPECT_EQ(x.gate, y.gate) << i;
        EXPECT_EQ(x.controls, y.controls) << i;
        for (std::size_t p = 0; p < x.num_params; ++p)
            EXPECT_EQ(c.parameters(x)[p].value, again.parameters(y)[p].value);
    }
}

class WrittenProgram : public testing::TestWithParam<fs::path> {};

TEST_P(WrittenProgram, programs_keep_their_outcomes) {
    std::ostringstream content;
    content << std::ifstream(GetParam()).rdbuf();
    ReadOptions options;
    std::istringstream lines(content.str());
    for (std::string line; std::getline(lines, line) && line.rfind("//", 0) == 0;) {
        if (line.rfind("// inputs:", 0) != 0) continue;
        std::istringstream words(line.substr(10));
        for (std::string word; words >> word;)
            options.inputs[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    }
    const Circuit c = read_qasm(content.str(), GetParam().string(), options).circuit;
    for (const Matrix& m : c.matrices)
        if (m.qubits > 1) {
            EXPECT_THROW(write_qasm3(c), InputError);
            return;
        }
    const std::string text = write_qasm3(c);
    const Circuit again = read_qasm(text, "again.qasm").circuit;
    expect_same_outcomes(c, again, text);
}

std::vector<fs::path> programs() {
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::directory_iterator(fs::path(CARILLON_SOURCE_DIR) / "tests" / "qasm" / "programs"))
        if (entry.path().extension() == ".qasm") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

INSTANTIATE_TEST_SUITE_P(RoundTrip, WrittenProgram, testing::ValuesIn(programs()),
                         [](const auto& program) { return program.param.stem().string(); });

}  // namespace
}  // namespace carillon
