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

}  // namespace
}  // namespace carillon::validation
