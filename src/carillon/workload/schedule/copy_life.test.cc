// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/copy_life.h"

#include <gtest/gtest.h>

#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

using namespace schedule_test;

ProgramBuilder two_qpus() {
    ProgramBuilder p("copies");
    p.add_qpu("alice", 2, 2);
    p.add_qpu("bob", 2, 2);
    return p;
}

/// Bob's partner is busy with resets, 50 ns each, before the copy's only gate.
DistributedProgram copy_for_a_busy_partner(int resets) {
    ProgramBuilder p = two_qpus();
    for (int i = 0; i < resets; ++i) p.reset(kBob, 0);
    p.pair(kAlice, 2, kBob, 2, LinkId{0}, PairPurpose::kTelegate, QubitId{0});
    p.gate(kAlice, GateKind::kX, 1, {0, 2});
    const BitId m = p.protocol_bit(kAlice);
    p.measure(kAlice, 2, m);
    const BitId got = p.message(kAlice, m, kBob);
    p.gate(kBob, GateKind::kX, 0, {2}, {}, {got});
    p.gate(kBob, GateKind::kX, 1, {2, 0});
    p.gate(kBob, GateKind::kH, 0, {2});
    const BitId k = p.protocol_bit(kBob);
    p.measure(kBob, 2, k);
    const BitId back = p.message(kBob, k, kAlice);
    p.gate(kAlice, GateKind::kZ, 0, {0}, {}, {back});
    return p.finish();
}

/// X 10, CX 100, H 10.
TEST(CopyLife, lasts_from_the_correction_to_the_measurement) {
    const DistributedProgram program = copy_for_a_busy_partner(0);
    const auto lives = copy_lives(program, schedule(program, two_nodes()));
    ASSERT_EQ(lives.size(), 1u) << "the near half of the pair is no copy";
    EXPECT_EQ(lives[0].qpu, kBob);
    EXPECT_EQ(lives[0].serves, QubitId{0});
    // pair 1000, CX 100, measurement 300, message 40
    EXPECT_EQ(lives[0].from, Time::from_ns(1440));
    EXPECT_EQ(lives[0].length(), Time::from_ns(120));
}

/// The partner is free at 5,000; the copy could be there at 1,440.
TEST(CopyLife, includes_waiting_unless_copies_are_opened_late) {
    const DistributedProgram program = copy_for_a_busy_partner(100);
    const Network network = two_nodes();
    ScheduleOptions options;
    const Timeline early = schedule(program, network, options);
    EXPECT_EQ(copy_lives(program, early)[0].length(), Time::from_ns(5000 + 110 - 1440));
    options.open_late = true;
    const Timeline late = schedule(program, network, options);
    EXPECT_EQ(copy_lives(program, late)[0].length(), Time::from_ns(120));
    EXPECT_EQ(late.makespan, early.makespan);
    EXPECT_TRUE(check_timeline(program, network, late).empty());
    EXPECT_EQ(late.pairs[0].generation.end, Time::from_ns(4990 - 440));
}

TEST(CopyLife, of_a_carried_copy_begins_when_it_is_there_and_a_home_is_no_copy) {
    ProgramBuilder p = two_qpus();
    p.transfer(kAlice, 2, kBob, 2, LinkId{0}, TransferPurpose::kCopy, QubitId{0});
    p.gate(kBob, GateKind::kX, 1, {2, 0});
    p.measure(kBob, 2, p.protocol_bit(kBob));
    p.pair(kAlice, 3, kBob, 3, LinkId{0}, PairPurpose::kTeledata, QubitId{1});
    p.gate(kBob, GateKind::kSwap, 0, {3, 1});
    p.measure(kBob, 1, p.protocol_bit(kBob));
    const DistributedProgram program = p.finish();
    Network network = two_nodes();
    network.links[0].carries = LinkCarries::kBoth;
    network.links[0].transfer_time_ns = 500;
    const auto lives = copy_lives(program, schedule(program, network));
    ASSERT_EQ(lives.size(), 1u);
    EXPECT_EQ(lives[0].length(), Time::from_ns(100));
}

}  // namespace
}  // namespace carillon
