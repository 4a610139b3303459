// SPDX-License-Identifier: Apache-2.0
// Random circuits, distributed the simplest way, are accepted; and they are right.
#include <gtest/gtest.h>

#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/naive_distributor_for_test.h"
#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon::validation {
namespace {

TEST(RandomPrograms, static_ones_are_accepted_and_agree_with_state_vectors) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomCircuit c(4, seed);
        c.add_gates(8, 2);
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 4, seed).run();
        const Verdict v = validate(c.circuit, p);
        ASSERT_TRUE(v.equal) << "seed " << seed << ": " << v.reason;
        const DenseResult dense = dense_check(c.circuit, p, seed, 1);
        ASSERT_EQ(dense.kind, DenseResult::kAgrees) << "seed " << seed << ": " << dense.why;
    }
}

TEST(RandomPrograms, larger_static_ones_are_accepted) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        RandomCircuit c(12, seed);
        c.add_gates(300, 2);
        const DistributedProgram p = NaiveDistributor(c.circuit, 4, 4, 8, seed).run();
        const Verdict v = validate(c.circuit, p);
        ASSERT_TRUE(v.equal) << "seed " << seed << ": " << v.reason;
        EXPECT_EQ(v.pairs, p.pairs.size());
    }
}

TEST(RandomPrograms, dynamic_ones_are_accepted_and_agree_with_state_vectors) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RandomCircuit c(3, seed);
        c.add_dynamic(10, 2);
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 3, seed).run();
        const Verdict v = validate(c.circuit, p);
        ASSERT_TRUE(v.equal) << "seed " << seed << ": " << v.reason;
        const DenseResult dense = dense_check(c.circuit, p, seed, 3);
        ASSERT_NE(dense.kind, DenseResult::kDiffers) << "seed " << seed << ": " << dense.why;
    }
}

TEST(RandomPrograms, ones_that_carry_qubits_are_accepted_and_agree_with_state_vectors) {
    std::size_t transfers = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RandomCircuit c(3, seed);
        c.add_dynamic(10, 2);
        const DistributedProgram p = NaiveDistributor(c.circuit, 2, 2, 3, seed, true).run();
        const Verdict v = validate(c.circuit, p);
        ASSERT_TRUE(v.equal) << "seed " << seed << ": " << v.reason;
        EXPECT_EQ(v.transfers, p.transfers.size());
        transfers += v.transfers;
        const DenseResult dense = dense_check(c.circuit, p, seed, 3);
        ASSERT_NE(dense.kind, DenseResult::kDiffers) << "seed " << seed << ": " << dense.why;
    }
    EXPECT_GT(transfers, 100u);
}

/// 65,536 qubits in a chain of CX over 1,024 QPUs; one wrong gate among them is found.
TEST(RandomPrograms, chain_of_65536_qubits_is_proved) {
    constexpr std::uint32_t kQpus = 1024, kData = 64;
    Circuit c;
    c.add_qubits("q", kQpus * kData);
    c.gate(GateKind::kH, 0, {QubitId{0}});
    ProgramBuilder p(c, kQpus, kData, 1);
    p.gate(0, GateKind::kH, 0, {0});
    for (std::uint32_t q = 1; q < c.num_qubits; ++q) {
        c.gate(GateKind::kX, 1, {QubitId{q - 1}, QubitId{q}});
        const std::uint32_t a = (q - 1) / kData, b = q / kData;
        if (a == b) {
            p.gate(a, GateKind::kX, 1, {(q - 1) % kData, q % kData});
            continue;
        }
        p.entangle(a, kData - 1, kData, b, kData);
        p.gate(b, GateKind::kX, 1, {kData, 0});
        p.disentangle(b, kData, a, kData - 1);
    }
    const Verdict v = validate(c, p.program);
    EXPECT_TRUE(v.equal) << v.reason;
    EXPECT_EQ(v.pairs, kQpus - 1);
    p.program.qpus[700].blocks[0][20].gate = GateKind::kY;
    EXPECT_FALSE(validate(c, p.program).equal);
}

}  // namespace
}  // namespace carillon::validation
