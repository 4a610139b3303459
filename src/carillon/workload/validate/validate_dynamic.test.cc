// SPDX-License-Identifier: Apache-2.0
// Programs with classical control: who knows what, and what stands in which block.
#include <gtest/gtest.h>

#include <algorithm>

#include "carillon/workload/validate/program_builder_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using validation::ProgramBuilder;
using enum GateKind;
using Kind = InstructionKind;

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

const BitId c0{0}, c1{1};
const QubitId q0{0}, q1{1};

/// h q0; c0 = measure q0; if (c0) x q1; -- q0 and q1 on different QPUs.
struct SentBit {
    Circuit source;
    ExprId condition;

    SentBit() {
        source.add_qubits("q", 2);
        source.add_bits("c", 2);
        source.gate(kH, 0, {q0});
        source.measure(q0, c0);
        const BlockId then = source.add_block();
        source.gate(kX, 0, {q1}, {}, then);
        condition = source.bits_expr(c0, 1);
        source.if_else(condition, then);
    }
    DistributedProgram program(bool tell = true) const {
        ProgramBuilder p(source, 2, 1, 1);
        p.gate(0, kH, 0, {0});
        p.measure_source(0, 0, c0, 1);
        if (tell) p.send(0, c0, 1, c0);
        p.open_block(1, Kind::kIf, 2, condition);
        p.gate(1, kX, 0, {0});
        p.close_block(1);
        return p.program;
    }
};

TEST(ValidateDynamic, outcome_is_sent_to_the_qpu_that_needs_it) {
    const SentBit s;
    expect_equal(s.source, s.program());
    expect_reason(s.source, s.program(false), "no current value of bit c[0]");
}

TEST(ValidateDynamic, program_bit_may_be_owned_by_whoever_was_told) {
    const SentBit s;
    DistributedProgram p = s.program();
    p.bit_owner[0] = QpuId{1};
    expect_equal(s.source, p);
    p.bit_owner[0] = {};
    expect_reason(s.source, p, "no owner");
}

TEST(ValidateDynamic, stale_bit_is_found) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 1);
    c.measure(q0, c0);
    c.gate(kH, 0, {q0});
    c.measure(q0, c0);
    const BlockId then = c.add_block();
    c.gate(kX, 0, {q1}, {}, then);
    const ExprId condition = c.bits_expr(c0, 1);
    c.if_else(condition, then);
    for (const bool late : {true, false}) {
        ProgramBuilder p(c, 2, 1, 0);
        p.measure_source(0, 0, c0, 0);
        if (!late) p.send(0, c0, 1, c0);
        p.gate(0, kH, 0, {0});
        p.measure_source(0, 0, c0, 2);
        if (late) p.send(0, c0, 1, c0);
        p.open_block(1, Kind::kIf, 3, condition);
        p.gate(1, kX, 0, {0});
        p.close_block(1);
        if (late)
            expect_equal(c, p.program);
        else
            expect_reason(c, p.program, "no current value");
    }
}

TEST(ValidateDynamic, telegate_inside_a_branch_has_both_qpus_take_part) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 2);
    c.measure(q0, c0);
    const BlockId then = c.add_block(), other = c.add_block();
    c.gate(kX, 1, {q0, q1}, {}, then);
    c.gate(kH, 0, {q1}, {}, other);
    const ExprId condition = c.bits_expr(c0, 1);
    c.if_else(condition, then, other);
    c.gate(kX, 1, {q1, q0});
    ProgramBuilder p(c, 2, 1, 1);
    p.measure_source(0, 0, c0, 0);
    p.send(0, c0, 1, c0);
    for (const std::uint32_t k : {0u, 1u}) p.open_block(k, Kind::kIf, 1, condition);
    p.entangle(0, 0, 1, 1, 1);
    p.gate(1, kX, 1, {1, 0});
    p.disentangle(1, 1, 0, 0);
    for (const std::uint32_t k : {0u, 1u}) p.open_else(k);
    p.gate(1, kH, 0, {0});
    for (const std::uint32_t k : {0u, 1u}) p.close_block(k);
    p.entangle(1, 0, 1, 0, 1);
    p.gate(0, kX, 1, {1, 0});
    p.disentangle(0, 1, 1, 0);
    expect_equal(c, p.program);

    DistributedProgram open = p.program;  // a copy that stays open over the end of the branch
    std::swap(open.qpus[0].blocks[1].back(), open.qpus[0].blocks[0].back());
    EXPECT_FALSE(validate(c, open).equal);
    DistributedProgram alone = p.program;  // one QPU skips the block
    std::erase_if(alone.qpus[0].blocks[0],
                  [](const Instruction& i) { return i.kind == Kind::kIf; });
    EXPECT_FALSE(validate(c, alone).equal);
}

TEST(ValidateDynamic, communication_qubit_measured_in_a_branch_is_dirty_after_it) {
    SentBit s;
    ProgramBuilder p(s.source, 2, 1, 1);
    p.gate(0, kH, 0, {0});
    p.measure_source(0, 0, c0, 1);
    p.send(0, c0, 1, c0);
    for (const std::uint32_t k : {0u, 1u}) p.open_block(k, Kind::kIf, 2, s.condition);
    p.gate(1, kX, 0, {0});
    p.pair(0, 1, 1, 1);
    p.gate(1, kX, 1, {0, 1});
    const BitId m = p.measure(1, 1);  // not cleared
    p.correct(0, kX, 1, {p.send(1, m, 0)});
    p.disentangle(0, 1, 1, 0);
    for (const std::uint32_t k : {0u, 1u}) p.close_block(k);
    expect_equal(s.source, p.program);
    ProgramBuilder again = p;
    again.entangle(0, 0, 1, 1, 1);
    again.disentangle(1, 1, 0, 0);
    expect_reason(s.source, again.program, "not in |0>");
    p.reset(1, 1);
    p.entangle(0, 0, 1, 1, 1);
    p.disentangle(1, 1, 0, 0);
    expect_equal(s.source, p.program);
}

/// do { h q0; cx q0 q1; c0 = measure q0; } while (c0), written with a first round before the loop.
struct Loop {
    Circuit source;
    ExprId condition;

    Loop() {
        source.add_qubits("q", 2);
        source.add_bits("c", 2);
        source.gate(kH, 0, {q0});
        source.measure(q0, c0);
        const BlockId body = source.add_block();
        source.gate(kH, 0, {q0}, {}, body);
        source.gate(kX, 1, {q0, q1}, {}, body);
        source.measure(q0, c0, body);
        condition = source.bits_expr(c0, 1);
        source.while_loop(condition, body);
    }
    /// Without `tell` the second QPU learns the first outcome only.
    DistributedProgram program(bool tell, bool clear) const {
        ProgramBuilder p(source, 2, 1, 1);
        p.gate(0, kH, 0, {0});
        p.measure_source(0, 0, c0, 1);
        p.send(0, c0, 1, c0);
        for (const std::uint32_t k : {0u, 1u}) p.open_block(k, Kind::kWhile, 2, condition);
        p.gate(0, kH, 0, {0});
        p.entangle(0, 0, 1, 1, 1);
        p.gate(1, kX, 1, {1, 0});
        p.gate(1, kH, 0, {1});
        const BitId m = p.measure(1, 1);
        if (clear) p.reset(1, 1);
        p.correct(0, kZ, 0, {p.send(1, m, 0)});
        p.measure_source(0, 0, c0, 5);
        if (tell) p.send(0, c0, 1, c0);
        for (const std::uint32_t k : {0u, 1u}) p.close_block(k);
        return p.program;
    }
};

TEST(ValidateDynamic, loop_needs_its_outcome_in_every_round) {
    const Loop loop;
    expect_equal(loop.source, loop.program(true, true));
    expect_reason(loop.source, loop.program(false, true), "no current value");
}

TEST(ValidateDynamic, loop_must_leave_communication_qubits_as_it_found_them) {
    const Loop loop;
    expect_reason(loop.source, loop.program(true, false), "as it was before the loop");
}

TEST(ValidateDynamic, loop_may_clear_a_communication_qubit_at_its_start_instead) {
    const Loop loop;
    DistributedProgram p = loop.program(true, false);
    Instruction reset;
    reset.kind = Kind::kReset;
    reset.first_operand = static_cast<std::uint32_t>(p.qpus[1].operands.size());
    reset.num_operands = 1;
    p.qpus[1].operands.push_back(1);
    InstructionBlock& body = p.qpus[1].blocks[1];
    body.insert(body.begin(), reset);
    expect_equal(loop.source, p);
}

TEST(ValidateDynamic, outcome_of_the_round_before_does_not_correct_this_one) {
    const Loop loop;
    DistributedProgram p = loop.program(true, true);
    // QPU 0 tells the outcome after QPU 1 has used it, so that QPU 1 uses the one before.
    InstructionBlock& body = p.qpus[1].blocks[1];
    const auto receive = std::ranges::find(body, Kind::kRecv, &Instruction::kind);
    ASSERT_NE(receive, body.end());
    std::rotate(receive, receive + 1, body.end());
    EXPECT_FALSE(validate(loop.source, p).equal);
}

TEST(ValidateDynamic, assignment_is_done_by_all_who_read_it) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 1);
    const VariableId v = c.add_variable("v", Value::unsigned_integer(0, 8), true);
    c.measure(q0, c0);
    const ExprId sum = c.binary(ExprOp::kAdd, c.variable_expr(v), c.bits_expr(c0, 1));
    c.assign_variable(v, sum);
    const ExprId angle = c.cast_expr(c.variable_expr(v), ScalarType::kFloat, 64);
    c.gate(kRx, 0, {q1}, {Param(angle)});
    const auto program = [&](bool first, bool second) {
        ProgramBuilder p(c, 2, 1, 0);
        p.measure_source(0, 0, c0, 0);
        p.send(0, c0, 1, c0);
        for (const std::uint32_t k : {0u, 1u}) {
            if (!(k == 0 ? first : second)) continue;
            Instruction& i = p.add(k, Kind::kAssign);
            i.variable = v;
            i.condition = sum;
            i.source = 1;
        }
        p.gate(1, kRx, 0, {0}, {Param(angle)});
        p.program.variable_owner[0] = QpuId{first ? 0u : 1u};
        return p.program;
    };
    expect_equal(c, program(true, true));
    expect_equal(c, program(false, true));
    EXPECT_FALSE(validate(c, program(true, false)).equal);  // the angle is out of date
    DistributedProgram wrong_owner = program(false, true);
    wrong_owner.variable_owner[0] = QpuId{0};
    expect_reason(c, wrong_owner, "does not have its last value");
}

TEST(ValidateDynamic, gate_may_not_leave_or_enter_a_block) {
    const SentBit s;
    DistributedProgram outside = s.program();
    outside.qpus[1].blocks[0].push_back(outside.qpus[1].blocks[1][0]);
    outside.qpus[1].blocks[1].clear();
    EXPECT_FALSE(validate(s.source, outside).equal);

    Circuit c = s.source;  // x q0 after the block; the program does it inside
    c.gate(kX, 0, {q0});
    ProgramBuilder p(c, 2, 1, 0);
    p.gate(0, kH, 0, {0});
    p.measure_source(0, 0, c0, 1);
    p.send(0, c0, 1, c0);
    for (const std::uint32_t k : {0u, 1u}) p.open_block(k, Kind::kIf, 2, s.condition);
    p.gate(1, kX, 0, {0});
    p.gate(0, kX, 0, {0});
    for (const std::uint32_t k : {0u, 1u}) p.close_block(k);
    expect_reason(c, p.program, "does not touch");
}

TEST(ValidateDynamic, swap_inside_a_loop_must_be_done_for_real) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 1);
    c.measure(q0, c0);
    const BlockId body = c.add_block();
    c.gate(kSwap, 0, {q0, q1}, {}, body);
    c.measure(q0, c0, body);
    const ExprId condition = c.bits_expr(c0, 1);
    c.while_loop(condition, body);
    const auto program = [&](bool swap) {
        ProgramBuilder p(c, 1, 2, 0);
        p.measure_source(0, 0, c0, 0);
        p.open_block(0, Kind::kWhile, 1, condition);
        if (swap) p.gate(0, kSwap, 0, {0, 1});
        p.measure_source(0, swap ? 0 : 1, c0, 3);
        p.close_block(0);
        return p.program;
    };
    expect_equal(c, program(true));
    EXPECT_FALSE(validate(c, program(false)).equal);
}

TEST(ValidateDynamic, copy_of_an_untouched_qubit_may_stay_over_a_block) {
    Circuit c;
    c.add_qubits("q", 4);
    c.add_bits("c", 1);
    c.measure(QubitId{3}, c0);
    c.gate(kX, 1, {q0, QubitId{2}});
    const BlockId then = c.add_block();
    c.gate(kX, 0, {QubitId{3}}, {}, then);
    const ExprId condition = c.bits_expr(c0, 1);
    c.if_else(condition, then);
    c.gate(kX, 1, {q0, QubitId{3}});
    ProgramBuilder p(c, 2, 2, 1);
    p.measure_source(1, 1, c0, 0);
    p.entangle(0, 0, 2, 1, 2);
    p.gate(1, kX, 1, {2, 0});
    p.open_block(1, Kind::kIf, 2, condition);
    p.gate(1, kX, 0, {1});
    p.close_block(1);
    p.gate(1, kX, 1, {2, 1});
    p.disentangle(1, 2, 0, 0);
    expect_equal(c, p.program);
}

}  // namespace
}  // namespace carillon
