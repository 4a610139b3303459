// SPDX-License-Identifier: Apache-2.0
// Programs come from files: whatever stands in them, validate() answers.
#include <gtest/gtest.h>

#include <limits>

#include "carillon/workload/validate/naive_distributor_for_test.h"
#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

constexpr std::uint32_t kHuge = 0xfffffff0;

struct Sample {
    Circuit source;
    DistributedProgram program;

    explicit Sample(std::uint64_t seed) {
        RandomCircuit c(3, seed);
        c.add_gates(3, 1);
        c.add_dynamic(8, 2);
        source = c.circuit;
        program = NaiveDistributor(source, 2, 2, 3, seed).run();
    }
};

/// Overwrites one random field of one random instruction with a value that makes no sense.
void scramble(DistributedProgram& p, Random& random) {
    QpuProgram& q = p.qpus[random.below(p.qpus.size())];
    InstructionBlock& block = q.blocks[random.below(q.blocks.size())];
    if (block.empty()) return;
    Instruction& i = block[random.below(block.size())];
    const std::uint32_t values[] = {kHuge, 0xffffffff, 0, 1, 7, 1000000};
    const std::uint32_t v = values[random.below(6)];
    switch (random.below(20)) {
        case 0:
            i.kind = static_cast<InstructionKind>(random.below(256));
            break;
        case 1:
            i.gate = static_cast<GateKind>(random.below(256));
            break;
        case 2:
            i.controls = static_cast<std::uint16_t>(v);
            break;
        case 3:
            i.first_operand = v;
            break;
        case 4:
            i.num_operands = v;
            break;
        case 5:
            i.first_param = v;
            break;
        case 6:
            i.num_params = v;
            break;
        case 7:
            i.first_condition = v;
            break;
        case 8:
            i.num_conditions = v;
            break;
        case 9:
            i.matrix = v;
            break;
        case 10:
            i.bit.value = v;
            break;
        case 11:
            i.variable.value = v;
            break;
        case 12:
            i.bit_count = v;
            break;
        case 13:
            i.condition.value = v;
            break;
        case 14:
            i.body.value = v;
            break;
        case 15:
            i.otherwise.value = v;
            break;
        case 16:
            i.peer.value = v;
            break;
        case 17:
            i.pair.value = v;
            break;
        case 18:
            i.message.value = v;
            break;
        default:
            i.source = v;
            break;
    }
}

TEST(Malformed, scrambled_instructions_are_answered) {
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Sample sample(seed);
        ASSERT_TRUE(validate(sample.source, sample.program).equal);
        Random random(seed);
        for (int trial = 0; trial < 150; ++trial) {
            DistributedProgram p = sample.program;
            for (std::uint64_t n = random.below(3) + 1; n > 0; --n) scramble(p, random);
            const Verdict v = validate(sample.source, p);
            EXPECT_EQ(v.equal, v.reason.empty());
            refused += !v.equal;
        }
    }
    EXPECT_GT(refused, 1000);
}

template <class Change>
void expect_refused(Change&& change) {
    Sample sample(3);
    change(sample.program);
    const Verdict v = validate(sample.source, sample.program);
    EXPECT_FALSE(v.equal);
    EXPECT_FALSE(v.reason.empty());
}

TEST(Malformed, tables_of_wrong_size_are_refused) {
    expect_refused([](DistributedProgram& p) { p.qpus.clear(); });
    expect_refused([](DistributedProgram& p) { p.initial_layout.clear(); });
    expect_refused([](DistributedProgram& p) { p.final_layout.pop_back(); });
    expect_refused([](DistributedProgram& p) { p.bit_owner.clear(); });
    expect_refused([](DistributedProgram& p) { p.variable_owner.clear(); });
    expect_refused([](DistributedProgram& p) { p.variables.clear(); });
    expect_refused([](DistributedProgram& p) { p.bit_registers.clear(); });
    expect_refused([](DistributedProgram& p) { p.num_qubits = 2; });
    expect_refused([](DistributedProgram& p) { p.num_bits = 1; });
    expect_refused([](DistributedProgram& p) { p.num_messages = kHuge; });
    expect_refused([](DistributedProgram& p) { p.pairs.push_back({}); });
    expect_refused([](DistributedProgram& p) { p.qpus[0].blocks.clear(); });
    expect_refused([](DistributedProgram& p) { p.qpus[0].operands.clear(); });
    expect_refused([](DistributedProgram& p) { p.qpus[0].condition_bits.clear(); });
    expect_refused([](DistributedProgram& p) { p.qpus[0].num_bits = 0; });
    expect_refused([](DistributedProgram& p) { p.qpus[0].comm_qubits = 0; });
    expect_refused([](DistributedProgram& p) {
        p.qpus[0].data_qubits = kHuge;
        p.initial_layout[0] = {QpuId{0}, kHuge - 1};
    });
    expect_refused([](DistributedProgram& p) { p.initial_layout[0].qpu = QpuId{}; });
    expect_refused([](DistributedProgram& p) { p.initial_layout[0] = p.initial_layout[1]; });
    expect_refused([](DistributedProgram& p) { p.final_layout[0].qubit = 2; });
}

TEST(Malformed, expressions_that_refer_to_themselves_are_refused) {
    expect_refused([](DistributedProgram& p) {
        Expr e;
        e.kind = ExprKind::kUnary;
        e.op = ExprOp::kNot;
        e.a = ExprId{p.exprs.size()};
        p.exprs.push_back(e);
    });
    expect_refused([](DistributedProgram& p) {
        Expr e;
        e.kind = ExprKind::kBits;
        e.first_bit = BitId{2};
        e.bit_count = kHuge;
        p.exprs.push_back(e);
    });
    expect_refused([](DistributedProgram& p) {
        Expr e;
        e.kind = ExprKind::kVariable;
        p.exprs.push_back(e);
    });
}

TEST(Malformed, angles_that_are_no_numbers_are_refused) {
    Circuit c;
    c.add_qubits("q", 1);
    c.gate(GateKind::kRz, 0, {QubitId{0}}, {0.5});
    ProgramBuilder p(c, 1, 1, 0);
    p.gate(0, GateKind::kRz, 0, {0}, {std::numeric_limits<double>::quiet_NaN()});
    EXPECT_FALSE(validate(c, p.program).equal);
}

TEST(Malformed, explicit_matrices_are_compared_as_they_are) {
    Circuit c;
    c.add_qubits("q", 2);
    const Matrix m = gate_matrix(GateKind::kIswap, {});
    const QubitId qubits[] = {QubitId{1}, QubitId{0}};
    c.unitary(m, 0, qubits);
    ProgramBuilder p(c, 1, 2, 0);
    p.gate(0, GateKind::kUnitary, 0, {1, 0});
    EXPECT_TRUE(validate(c, p.program).equal) << validate(c, p.program).reason;
    DistributedProgram other = p.program;
    other.matrices[0](0, 0) = -1;
    EXPECT_FALSE(validate(c, other).equal);
    other = p.program;
    std::swap(other.qpus[0].operands[0], other.qpus[0].operands[1]);
    EXPECT_FALSE(validate(c, other).equal);
    other = p.program;
    other.matrices[0].qubits = 40;
    EXPECT_FALSE(validate(c, other).equal);
    other.matrices.clear();
    EXPECT_FALSE(validate(c, other).equal);
}

}  // namespace
}  // namespace carillon::validation
