// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/validate.h"

#include <gtest/gtest.h>

#include "carillon/workload/validate/program_builder_for_test.h"

namespace carillon {
namespace {

using validation::ProgramBuilder;

/// q has `qubits` qubits, c as many bits.
Circuit circuit(std::uint32_t qubits) {
    Circuit c;
    c.add_qubits("q", qubits);
    c.add_bits("c", qubits);
    return c;
}

QubitId q(std::uint32_t i) {
    return QubitId{i};
}

void expect_equal(const Circuit& source, const DistributedProgram& program) {
    const Verdict v = validate(source, program);
    EXPECT_TRUE(v.equal) << v.reason;
}

void expect_reason(const Circuit& source, const DistributedProgram& program,
                   const std::string& part) {
    const Verdict v = validate(source, program);
    EXPECT_FALSE(v.equal);
    EXPECT_NE(v.reason.find(part), std::string::npos) << v.reason;
}

TEST(Validate, local_program_equals_its_circuit) {
    Circuit c = circuit(2);
    c.gate(GateKind::kH, 0, {q(0)});
    c.gate(GateKind::kX, 1, {q(0), q(1)});
    ProgramBuilder p(c, 1, 2, 0);
    p.gate(0, GateKind::kH, 0, {0});
    p.gate(0, GateKind::kX, 1, {0, 1});
    expect_equal(c, p.program);
}

TEST(Validate, telegate_cnot_in_either_direction) {
    for (const bool forward : {true, false}) {
        Circuit c = circuit(2);
        c.gate(GateKind::kH, 0, {q(0)});
        c.gate(GateKind::kX, 1, {q(forward ? 0 : 1), q(forward ? 1 : 0)});
        ProgramBuilder p(c, 2, 1, 1);
        p.gate(0, GateKind::kH, 0, {0});
        const std::uint32_t a = forward ? 0 : 1, b = 1 - a;
        p.entangle(a, 0, 1, b, 1);
        p.gate(b, GateKind::kX, 1, {1, 0});
        p.disentangle(b, 1, a, 0);
        expect_equal(c, p.program);
        const Verdict v = validate(c, p.program);
        EXPECT_EQ(v.pairs, 1u);
        EXPECT_EQ(v.entangled, 1u);
        EXPECT_EQ(v.disentangled, 1u);
        EXPECT_EQ(v.instructions, summarize(p.program).instructions);
    }
}

TEST(Validate, one_copy_serves_a_group_of_gates_while_its_qubit_is_used_at_home) {
    Circuit c = circuit(4);
    c.gate(GateKind::kX, 1, {q(0), q(2)});
    c.gate(GateKind::kP, 1, {q(0), q(3)}, {0.3});
    c.gate(GateKind::kT, 0, {q(0)});
    c.gate(GateKind::kX, 1, {q(0), q(1)});
    c.gate(GateKind::kX, 0, {q(0)});
    c.gate(GateKind::kZ, 1, {q(0), q(2)});
    c.gate(GateKind::kX, 1, {q(0), q(3)});
    ProgramBuilder p(c, 2, 2, 1);
    p.entangle(0, 0, 2, 1, 2);
    p.gate(1, GateKind::kX, 1, {2, 0});
    p.gate(1, GateKind::kP, 1, {2, 1}, {0.3});
    p.gate(1, GateKind::kT, 0, {2});  // through the copy
    p.gate(0, GateKind::kX, 1, {0, 1});
    p.gate(0, GateKind::kX, 0, {0});  // an X passes through all copies
    p.gate(1, GateKind::kX, 0, {2});
    p.gate(1, GateKind::kZ, 1, {2, 0});
    p.gate(1, GateKind::kX, 1, {2, 1});
    p.disentangle(1, 2, 0, 0);
    expect_equal(c, p.program);
    // The copy sees the qubit before the X when its own X is missing.
    DistributedProgram broken = p.program;
    std::erase_if(broken.qpus[1].blocks[0], [](const Instruction& i) {
        return i.kind == InstructionKind::kGate && i.gate == GateKind::kX && i.controls == 0 &&
               i.num_conditions == 0;
    });
    EXPECT_FALSE(validate(c, broken).equal);
}

TEST(Validate, ghz_fan_out_reaches_three_qpus) {
    Circuit c = circuit(4);
    for (std::uint32_t t = 1; t < 4; ++t) c.gate(GateKind::kZ, 1, {q(0), q(t)});
    ProgramBuilder p(c, 4, 1, 2);
    // Pairs 0-1 and 1-2 and 2-3 are joined at 1 and 2 into a GHZ state.
    p.pair(0, 1, 1, 1);
    p.pair(1, 2, 2, 1);
    p.pair(2, 2, 3, 1);
    p.gate(1, GateKind::kX, 1, {1, 2});
    const BitId m1 = p.measure(1, 2);
    p.gate(2, GateKind::kX, 1, {1, 2});
    const BitId m2 = p.measure(2, 2);
    p.gate(0, GateKind::kX, 1, {0, 1});
    const BitId m0 = p.measure(0, 1);
    p.correct(1, GateKind::kX, 1, {p.send(0, m0, 1)});
    p.correct(2, GateKind::kX, 1, {p.send(0, m0, 2), p.send(1, m1, 2)});
    p.correct(3, GateKind::kX, 1, {p.send(0, m0, 3), p.send(1, m1, 3), p.send(2, m2, 3)});
    for (std::uint32_t k = 1; k < 4; ++k) p.gate(k, GateKind::kZ, 1, {1, 0});
    for (std::uint32_t k = 1; k < 4; ++k) p.disentangle(k, 1, 0, 0);
    expect_equal(c, p.program);
}

TEST(Validate, teledata_moves_a_qubit) {
    Circuit c = circuit(2);
    c.gate(GateKind::kH, 0, {q(0)});
    c.gate(GateKind::kX, 1, {q(1), q(0)});
    ProgramBuilder p(c, 2, 2, 1);
    p.program.initial_layout = {{QpuId{0}, 0}, {QpuId{1}, 0}};
    p.gate(0, GateKind::kH, 0, {0});
    p.entangle(0, 0, 2, 1, 2);
    p.disentangle(0, 0, 1, 2);
    p.gate(1, GateKind::kX, 1, {0, 2});
    p.gate(1, GateKind::kSwap, 0, {1, 2});
    p.program.final_layout = {{QpuId{1}, 1}, {QpuId{1}, 0}};
    expect_equal(c, p.program);
    std::swap(p.program.final_layout[0], p.program.final_layout[1]);
    expect_reason(c, p.program, "final layout");
}

TEST(Validate, teledata_as_one_bell_measurement_and_copies_moved_locally) {
    Circuit c = circuit(1);
    c.gate(GateKind::kH, 0, {q(0)});
    ProgramBuilder p(c, 2, 1, 1);
    p.pair(0, 1, 1, 1);
    p.gate(0, GateKind::kX, 1, {0, 1});
    p.gate(0, GateKind::kH, 0, {0});
    const BitId z = p.measure(0, 0);  // before the other half of the Bell measurement
    const BitId x = p.measure(0, 1);
    p.correct(1, GateKind::kX, 1, {p.send(0, x, 1)});
    p.correct(1, GateKind::kZ, 1, {p.send(0, z, 1)});
    p.gate(1, GateKind::kX, 1, {1, 0});  // a copy on the data qubit, and the first one taken back
    p.gate(1, GateKind::kX, 1, {0, 1});
    p.gate(1, GateKind::kH, 0, {0});
    p.program.final_layout = {{QpuId{1}, 0}};
    expect_equal(c, p.program);
}

TEST(Validate, swap_chain_makes_a_distant_pair) {
    Circuit c = circuit(2);
    c.gate(GateKind::kX, 1, {q(0), q(1)});
    ProgramBuilder p(c, 3, 1, 2);
    p.program.initial_layout = {{QpuId{0}, 0}, {QpuId{2}, 0}};
    p.program.final_layout = p.program.initial_layout;
    p.pair(0, 1, 1, 1);
    p.pair(1, 2, 2, 1);
    p.gate(1, GateKind::kX, 1, {1, 2});
    p.gate(1, GateKind::kH, 0, {1});
    const BitId z = p.measure(1, 1);
    const BitId x = p.measure(1, 2);
    p.correct(2, GateKind::kX, 1, {p.send(1, x, 2)});
    p.correct(2, GateKind::kZ, 1, {p.send(1, z, 2)});
    p.gate(0, GateKind::kX, 1, {0, 1});
    p.correct(2, GateKind::kX, 1, {p.send(0, p.measure(0, 1), 2)});
    p.gate(2, GateKind::kX, 1, {1, 0});
    p.disentangle(2, 1, 0, 0);
    expect_equal(c, p.program);
}

TEST(Validate, swap_in_the_source_is_a_change_of_names) {
    Circuit c = circuit(3);
    c.gate(GateKind::kH, 0, {q(0)});
    c.gate(GateKind::kSwap, 0, {q(0), q(2)});
    c.gate(GateKind::kX, 1, {q(2), q(1)});
    ProgramBuilder p(c, 1, 3, 0);
    p.gate(0, GateKind::kH, 0, {0});
    p.gate(0, GateKind::kX, 1, {0, 1});
    expect_reason(c, p.program, "final layout");
    p.program.final_layout = {{QpuId{0}, 2}, {QpuId{0}, 1}, {QpuId{0}, 0}};
    expect_equal(c, p.program);
}

TEST(Validate, certified_rewrite_is_multiplied_out) {
    Circuit c = circuit(2);
    c.gate(GateKind::kSwap, 0, {q(0), q(1)});
    ProgramBuilder p(c, 1, 2, 0);
    p.gate(0, GateKind::kX, 1, {0, 1});
    p.gate(0, GateKind::kX, 1, {1, 0});
    p.gate(0, GateKind::kX, 1, {0, 1});
    EXPECT_FALSE(validate(c, p.program).equal);
    Rewrite r;
    r.qubits = {q(0), q(1)};
    r.replacement.add_qubits("q", 2);
    for (const std::uint32_t a : {0u, 1u, 0u})
        r.replacement.gate(GateKind::kX, 1, {q(a), q(1 - a)});
    p.program.rewrites.push_back(r);
    expect_equal(c, p.program);
    EXPECT_EQ(validate(c, p.program).certificates, 1u);
    p.program.rewrites[0].replacement.gate(GateKind::kZ, 0, {q(0)});
    expect_reason(c, p.program, "matrices differ");
}

TEST(Validate, measurement_and_reset_are_kept_with_their_bits) {
    Circuit c = circuit(2);
    c.gate(GateKind::kH, 0, {q(0)});
    c.measure(q(0), BitId{1});
    c.reset(q(0));
    c.measure(q(1), BitId{0});
    ProgramBuilder p(c, 2, 1, 0);
    p.gate(0, GateKind::kH, 0, {0});
    p.measure_source(0, 0, BitId{1}, 1);
    p.reset(0, 0, 2);
    p.measure_source(1, 0, BitId{0}, 3);
    expect_equal(c, p.program);
    p.program.bit_owner[1] = QpuId{1};
    expect_reason(c, p.program, "does not have its last value");
}

}  // namespace
}  // namespace carillon
