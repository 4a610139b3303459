// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/qasm/reader.h"

#include <gtest/gtest.h>

#include <string>

namespace carillon {
namespace {

Circuit read(const std::string& text) {
    return read_qasm(text, "test.qasm").circuit;
}

TEST(Reader, bell_pair_of_version_2_is_two_gates_and_two_measurements) {
    const ReadResult r = read_qasm(
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2]; creg c[2];\nh q[0];\ncx q[0],q[1];\n"
        "measure q -> c;\n",
        "bell.qasm");
    EXPECT_EQ(r.version, 2);
    const Block& body = r.circuit.body();
    ASSERT_EQ(body.size(), 4u);
    EXPECT_EQ(body[0].gate, GateKind::kH);
    EXPECT_EQ(body[1].gate, GateKind::kX);
    EXPECT_EQ(body[1].controls, 1);
    EXPECT_EQ(body[1].line, 5u);
    EXPECT_EQ(body[3].kind, OpKind::kMeasure);
    EXPECT_EQ(body[3].bit, BitId{1});
    EXPECT_TRUE(r.circuit.bit_registers[0].output);
    EXPECT_EQ(r.circuit.name, "bell");
}

TEST(Reader, a_gate_acts_on_each_qubit_of_a_register) {
    const Circuit c = read("include \"stdgates.inc\"; qubit[3] q; qubit a; h q; cx a, q;");
    ASSERT_EQ(c.body().size(), 6u);
    EXPECT_EQ(c.qubits(c.body()[5])[0], QubitId{3});
    EXPECT_EQ(c.qubits(c.body()[5])[1], QubitId{2});
}

TEST(Reader, an_index_out_of_range_is_told_with_the_line_and_a_caret) {
    try {
        read("OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[2] q;\ncx q[0], q[5];\n");
        FAIL() << "no error";
    } catch (const InputError& e) {
        EXPECT_EQ(
            std::string(e.what()),
            "test.qasm:4:12: error: qubit register `q` has 2 qubits, index 5 is out of range\n"
            "    cx q[0], q[5];\n"
            "               ^");
        EXPECT_EQ(e.position().line, 4);
        EXPECT_EQ(e.position().column, 12);
    }
}

}  // namespace
}  // namespace carillon
