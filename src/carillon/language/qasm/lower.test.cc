// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/lower.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "carillon/language/qasm/naive.test.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

const std::string kHead = "OPENQASM 3.0; include \"stdgates.inc\";\n";

ReadResult read(const std::string& text, const ReadOptions& options = {}) {
    return read_qasm(kHead + text, "test.qasm", options);
}

std::string refusal(const std::string& text, const ReadOptions& options = {}) {
    try {
        read(text, options);
    } catch (const InputError& e) {
        return e.what();
    }
    return "it was read";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Specialise, a_known_condition_leaves_no_if) {
    const Circuit c = read("qubit q; int n = 3; if (n > 2) x q; else z q;").circuit;
    ASSERT_EQ(c.body().size(), 1u);
    EXPECT_EQ(c.body()[0].gate, GateKind::kX);
}

TEST(Specialise, a_bit_that_is_never_measured_is_known_to_be_zero) {
    EXPECT_TRUE(read("qubit q; bit[4] c; if (c == 1) x q;").circuit.body().empty());
}

TEST(Specialise, a_measured_bit_makes_a_run_time_if_with_both_branches) {
    const Circuit c = read("qubit q; bit c = measure q; if (c) x q; else z q;").circuit;
    ASSERT_EQ(c.body().size(), 2u);
    const Operation& branch = c.body()[1];
    ASSERT_EQ(branch.kind, OpKind::kIf);
    EXPECT_EQ(c.exprs[branch.condition.value].kind, ExprKind::kBits);
    EXPECT_EQ(c.block(branch.body)[0].gate, GateKind::kX);
    EXPECT_EQ(c.block(branch.otherwise)[0].gate, GateKind::kZ);
}

TEST(Specialise, only_variables_that_a_branch_assigns_go_to_run_time) {
    const Circuit c = read(
                          "qubit q; int a = 1; int b = 2; bit c = measure q; if (c) a = 5;"
                          "rx(b) q; rx(a) q;")
                          .circuit;
    ASSERT_EQ(c.variables.size(), 1u);
    EXPECT_EQ(c.variables[0].name, "a");
    EXPECT_EQ(c.variables[0].initial.bits, 1);
    EXPECT_TRUE(c.parameters(c.body()[2])[0].constant());
    EXPECT_FALSE(c.parameters(c.body()[3])[0].constant());
}

TEST(Specialise, a_while_with_a_known_condition_is_unrolled) {
    const Circuit c = read("qubit q; int n = 3; while (n > 0) { x q; n -= 1; }").circuit;
    EXPECT_EQ(c.body().size(), 3u);
}

TEST(Specialise, a_while_on_a_measurement_is_one_loop) {
    const Circuit c =
        read("qubit q; bit c; c = measure q; while (c) { h q; c = measure q; }").circuit;
    ASSERT_EQ(c.body().size(), 2u);
    EXPECT_EQ(c.body()[1].kind, OpKind::kWhile);
    EXPECT_EQ(c.block(c.body()[1].body).size(), 2u);
}

TEST(Specialise, gate_definitions_are_inlined_and_keep_the_line_of_the_call) {
    const Circuit c = read(
                          "gate g(t) a, b {\n rx(t / 2) a;\n cx a, b;\n}\nqubit[2] q;\n"
                          "g(3) q[1], q[0];\n")
                          .circuit;
    ASSERT_EQ(c.body().size(), 2u);
    EXPECT_DOUBLE_EQ(c.parameters(c.body()[0])[0].value, 1.5);
    EXPECT_EQ(c.qubits(c.body()[1])[0], QubitId{1});
    EXPECT_EQ(c.body()[1].line, 7u);
}

TEST(Specialise, comparing_a_wide_register_tests_all_of_it) {
    const Circuit c = read(
                          "qubit q; bit[130] c; c[129] = measure q; c[0] = measure q;"
                          "if (c == 1) x q;")
                          .circuit;
    const Operation& op = c.body().back();
    ASSERT_EQ(op.kind, OpKind::kIf);
    ClassicalState state = c.initial_state();
    state.bits[0] = 1;
    EXPECT_TRUE(evaluate(c.exprs, op.condition, state).truthy());
    state.bits[129] = 1;
    EXPECT_FALSE(evaluate(c.exprs, op.condition, state).truthy());
}

TEST(Specialise, a_run_time_index_reaches_every_qubit) {
    const Circuit c = read("qubit[5] q; bit[3] c = measure q[0:2]; uint[3] i = c; x q[i];").circuit;
    for (std::uint64_t i = 0; i < 5; ++i) {
        ClassicalState state = c.initial_state();
        state.variables[0] = Value::unsigned_integer(i, 3);
        std::vector<QubitId> flipped;
        const std::function<void(BlockId)> run = [&](BlockId block) {
            for (const Operation& op : c.block(block)) {
                if (op.kind == OpKind::kGate) flipped.push_back(c.qubits(op)[0]);
                if (op.kind != OpKind::kIf) continue;
                const bool taken = evaluate(c.exprs, op.condition, state).truthy();
                if (taken || op.otherwise.valid()) run(taken ? op.body : op.otherwise);
            }
        };
        run(BlockId{0});
        EXPECT_EQ(flipped, std::vector<QubitId>{QubitId{i}});
    }
}

TEST(Specialise, a_switch_of_many_cases_is_not_nested_deeply) {
    std::string text = "qubit[8] q; bit[8] c = measure q; switch (uint[8](c)) {\n";
    for (int i = 0; i < 200; ++i)
        text += "case " + std::to_string(i) + " { x q[" + std::to_string(i % 8) + "]; }\n";
    const Circuit c = read(text + "default { z q[0]; } }").circuit;
    std::size_t ifs = 0;
    for (const Operation& op : c.body()) ifs += op.kind == OpKind::kIf;
    EXPECT_EQ(ifs, 201u);
}

TEST(Registers, hardware_qubits_are_made_as_they_appear) {
    const Circuit c = read("x $7; cx $7, $2;").circuit;
    ASSERT_EQ(c.num_qubits, 2u);
    EXPECT_EQ(c.qubit_registers[0].name, "$7");
    EXPECT_EQ(c.qubit_registers[1].name, "$2");
}

TEST(Registers, without_declared_outputs_global_bits_are_the_result_and_local_ones_are_not) {
    const Circuit c = read("qubit q; bit a; { bit b = measure q; }").circuit;
    ASSERT_EQ(c.bit_registers.size(), 2u);
    EXPECT_TRUE(c.bit_registers[0].output);
    EXPECT_FALSE(c.bit_registers[1].output);
}

TEST(Registers, declared_outputs_alone_are_the_result) {
    const Circuit c = read("qubit q; bit a; output bit b; output int n; n = 4;").circuit;
    EXPECT_FALSE(c.bit_registers[0].output);
    EXPECT_TRUE(c.bit_registers[1].output);
    ASSERT_EQ(c.variables.size(), 1u);
    EXPECT_TRUE(c.variables[0].output);
    EXPECT_EQ(c.variables[0].initial.bits, 4);
}

TEST(Inputs, take_expressions_and_bit_strings) {
    ReadOptions options;
    options.inputs = {{"theta", "pi / 4"}, {"flags", "10"}};
    const Circuit c = read(
                          "input float theta; input bit[2] flags; qubit[2] q; rx(theta) q[0];"
                          "if (flags[1]) x q[1]; if (flags[0]) z q[1];",
                          options)
                          .circuit;
    ASSERT_EQ(c.body().size(), 3u);  // the bits are set first
    EXPECT_DOUBLE_EQ(c.parameters(c.body()[1])[0].value, std::acos(-1.0) / 4);
    EXPECT_EQ(c.body()[2].gate, GateKind::kX);
}

TEST(Inputs, a_name_that_the_program_lacks_is_refused) {
    ReadOptions options;
    options.inputs = {{"phi", "1"}};
    EXPECT_TRUE(contains(refusal("qubit q;", options), "no input `phi`"));
}

TEST(Inputs, a_value_that_does_not_parse_is_told_with_its_name) {
    ReadOptions options;
    options.inputs = {{"phi", "1 +"}};
    EXPECT_TRUE(contains(refusal("input float phi;", options), "--input phi:1:4: error:"));
}

TEST(Limits, a_loop_over_too_much_is_stopped) {
    ReadOptions options;
    options.max_unrolled_operations = 1000;
    EXPECT_TRUE(contains(refusal("qubit q; for int i in [0:10000] { x q; }", options), "1000"));
    EXPECT_TRUE(contains(refusal("qubit q; int i = 0; while (i >= 0) { x q; i += 1; }", options),
                         "more than 1000 operations"));
}

TEST(Limits, deep_nesting_is_an_error_not_a_crash) {
    for (const char* open :
         {"(", "-", "!", "{", "if (true) ", "a[", "int[", "{{", "while (a) ", "f("}) {
        std::string text;
        for (int i = 0; i < 100000; ++i) text += open;
        EXPECT_TRUE(contains(refusal(text), "nested deeper than")) << open;
    }
    std::string sum = "int x0 = 1";
    for (int i = 0; i < 100000; ++i) sum += " + 1";
    EXPECT_TRUE(contains(refusal(sum + ";"), "nested deeper than"));
}

TEST(Limits, a_huge_register_is_refused) {
    EXPECT_TRUE(contains(refusal("qubit[1000000000000] q;"), "it must be 1 to"));
}

TEST(Includes, are_found_beside_the_file_and_then_in_the_given_folders) {
    namespace fs = std::filesystem;
    const fs::path root = fs::path(testing::TempDir()) / "carillon_includes";
    fs::create_directories(root / "near");
    fs::create_directories(root / "far");
    std::ofstream(root / "near" / "a.inc") << "include \"b.inc\";\ngate ga q { gb q; }\n";
    std::ofstream(root / "far" / "b.inc") << "gate gb q { U(0, 0, 0) q; }\n";
    std::ofstream(root / "near" / "bad.inc") << "\nqubit[2] r;\nU(0,0,0) r[2];\n";
    ReadOptions options;
    options.include_paths = {(root / "far").string()};
    const std::string file = (root / "near" / "main.qasm").string();
    const Circuit c = read_qasm("include \"a.inc\"; qubit q; ga q;", file, options).circuit;
    EXPECT_EQ(c.body().size(), 1u);
    EXPECT_THROW(read_qasm("include \"a.inc\";", file), InputError);
    try {
        read_qasm("OPENQASM 3;\ninclude \"bad.inc\";\n", file);
        FAIL() << "it was read";
    } catch (const InputError& e) {
        const std::string what = e.what();
        EXPECT_TRUE(contains(what, "bad.inc:3:12: error: qubit register `r` has 2 qubits")) << what;
        EXPECT_TRUE(contains(what, "in file included from " + file + ":2")) << what;
    }
    fs::remove_all(root);
}

TEST(Warnings, tell_what_is_not_taken_literally) {
    const ReadResult r = read("defcal x $0 { } qubit q; delay[3dt] q; int[80] n; float f = 3 / 5;");
    ASSERT_EQ(r.warnings.size(), 4u);
    EXPECT_TRUE(contains(r.warnings[0].message, "skipped"));
    EXPECT_TRUE(contains(r.warnings[1].message, "1 dt"));
    EXPECT_TRUE(contains(r.warnings[2].message, "64 bits"));
    EXPECT_TRUE(contains(r.warnings[3].message, "integer division"));
    EXPECT_EQ(r.warnings[3].position.line, 2);
}

TEST(Versions, division_is_real_in_2_and_whole_in_3) {
    const Circuit two =
        read_qasm("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; rx(1/2) q[0]; rx(2^-1) q[0];",
                  "t")
            .circuit;
    EXPECT_DOUBLE_EQ(two.parameters(two.body()[0])[0].value, 0.5);
    EXPECT_DOUBLE_EQ(two.parameters(two.body()[1])[0].value, 0.5);
    const Circuit three = read("qubit q; rx(1/2) q; rx(2^1) q;").circuit;
    EXPECT_DOUBLE_EQ(three.parameters(three.body()[0])[0].value, 0);
    EXPECT_DOUBLE_EQ(three.parameters(three.body()[1])[0].value, 3);
}

TEST(Bits, assigning_what_memory_already_holds_makes_no_operation) {
    EXPECT_TRUE(read("bit[3] c = 0; c[1] = 0;").circuit.body().empty());
    EXPECT_EQ(read("bit[3] c = \"101\";").circuit.body().size(), 1u);
}

TEST(Bits, a_local_bit_starts_at_zero_in_every_pass_of_a_run_time_loop) {
    double lost = 0;
    const auto d = naive::distribution(
        read("qubit q; qubit r; output bit seen; output bit go; go = 1; x r;"
             "while (go) { bit fresh; if (fresh) seen = 1; h q; go = measure q; "
             "fresh = measure r; }")
            .circuit,
        lost);
    EXPECT_NEAR(d.at("0,0"), 1, 1e-5);
    EXPECT_EQ(d.count("1,0"), 0u);
}

TEST(Calls, an_argument_that_the_subroutine_changes_is_a_copy) {
    double lost = 0;
    const auto d = naive::distribution(
        read("def f(int a, bit b) -> int { a += 1; b = 0; return a; }\nqubit q; x q;"
             "output bit c; output int n; output int m; c = measure q; n = 1; if (c) n = 2;"
             "m = f(n, c);")
            .circuit,
        lost);
    EXPECT_NEAR(d.at("1,2,3"), 1, 1e-9);
}

TEST(Calls, a_condition_that_measures_is_taken_again_in_every_pass) {
    double lost = 0;
    const auto d = naive::distribution(
        read("def toss(qubit a) -> bit { reset a; h a; return measure a; }\nqubit q;"
             "output int[8] n; n = 0; while (n < 3 && toss(q)) { n += 1; }")
            .circuit,
        lost);
    EXPECT_NEAR(d.at("0"), 0.5, 1e-9);
    EXPECT_NEAR(d.at("2"), 0.125, 1e-9);
    EXPECT_NEAR(d.at("3"), 0.125, 1e-9);
}

}  // namespace
}  // namespace carillon
