// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/program_builder_for_test.h"

namespace carillon::validation {
namespace {

TEST(DenseCheck, telegate_agrees_and_a_dropped_correction_does_not) {
    Circuit c;
    c.add_qubits("q", 2);
    c.gate(GateKind::kX, 1, {QubitId{0}, QubitId{1}});
    ProgramBuilder p(c, 2, 1, 1);
    p.entangle(0, 0, 1, 1, 1);
    p.gate(1, GateKind::kX, 1, {1, 0});
    p.disentangle(1, 1, 0, 0);
    EXPECT_EQ(dense_check(c, p.program, 1, 8).kind, DenseResult::kAgrees);
    p.program.qpus[0].blocks[0].pop_back();
    EXPECT_EQ(dense_check(c, p.program, 1, 8).kind, DenseResult::kDiffers);
}

TEST(DenseCheck, measurements_agree_whatever_their_order) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 2);
    c.gate(GateKind::kH, 0, {QubitId{0}});
    c.gate(GateKind::kX, 1, {QubitId{0}, QubitId{1}});
    c.measure(QubitId{0}, BitId{0});
    c.measure(QubitId{1}, BitId{1});
    ProgramBuilder p(c, 1, 2, 0);
    p.gate(0, GateKind::kH, 0, {0});
    p.gate(0, GateKind::kX, 1, {0, 1});
    p.measure_source(0, 1, BitId{1}, 3);
    p.measure_source(0, 0, BitId{0}, 2);
    EXPECT_EQ(dense_check(c, p.program, 1, 8).kind, DenseResult::kAgrees);
}

}  // namespace

}  // namespace carillon::validation
