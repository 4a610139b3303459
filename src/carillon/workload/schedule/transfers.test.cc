// SPDX-License-Identifier: Apache-2.0
// Carried qubits in time: hand-worked schedules, contention for the link, what the checker finds.
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/schedule.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {
namespace {

using namespace schedule_test;

/// The link of two_nodes() also carries a qubit in 500 ns.
Network carrying() {
    Network network = two_nodes();
    network.links[0].carries = LinkCarries::kBoth;
    network.links[0].transfer_time_ns = 500;
    network.links[0].transfer_error = 0.1;
    return network;
}

ProgramBuilder two_qpus() {
    ProgramBuilder p("transfers");
    p.add_qpu("alice", 2, 2);
    p.add_qpu("bob", 2, 2);
    return p;
}

std::vector<std::string> complaints(const DistributedProgram& program, const Network& network,
                                    const Timeline& t) {
    return check_timeline(program, network, t);
}

TEST(Transfers, a_carried_copy_takes_the_sum_of_its_chain) {
    // CX 100, transfer 500, CX 100, H 10, measure 300, message 40, Z 10
    ProgramBuilder p = two_qpus();
    p.gate(kAlice, GateKind::kX, 1, {0, 2});
    p.transfer(kAlice, 2, kBob, 2, LinkId{0}, TransferPurpose::kCopy);
    p.gate(kBob, GateKind::kX, 1, {2, 0});
    p.gate(kBob, GateKind::kH, 0, {2});
    const BitId m = p.protocol_bit(kBob);
    p.measure(kBob, 2, m);
    p.gate(kAlice, GateKind::kZ, 0, {0}, {}, {p.message(kBob, m, kAlice)});
    const DistributedProgram program = p.finish();
    const Network network = carrying();
    const Timeline t = schedule(program, network);
    EXPECT_EQ(t.makespan, Time::from_ns(1060));
    EXPECT_EQ(t.transfers[0].passage, (TimeSpan{Time::from_ns(100), Time::from_ns(600)}));
    EXPECT_TRUE(complaints(program, network, t).empty());
    const DependencyGraph graph = find_dependencies(program, network);
    const ScheduleSummary s = summarize_schedule(program, network, graph, t);
    EXPECT_EQ(s.links[0].transfers, 1u);
    EXPECT_EQ(s.links[0].pairs, 0u);
    EXPECT_EQ(s.links[0].busy, Time::from_ns(500));
    EXPECT_EQ(s.rounds, 0u);
    EXPECT_NEAR(s.expected_fidelity, 0.9, 1e-12);
    // Alice's d0 waits from 100 to 1050; her c0 is empty once it has left.
    EXPECT_EQ(s.qpus[0].waiting, Time::from_ns(950));
    EXPECT_EQ(s.qpus[1].waiting, Time{});
}

TEST(Transfers, a_qubit_that_left_makes_room_for_the_next) {
    ProgramBuilder p = two_qpus();
    p.transfer(kAlice, 0, kBob, 2, LinkId{0});
    p.transfer(kBob, 0, kAlice, 0, LinkId{0});  // needs the place that was left
    const DistributedProgram program = p.finish();
    Network network = carrying();
    network.links[0].multiplexing = 2;
    const Timeline t = schedule(program, network);
    EXPECT_EQ(t.transfers[1].passage.start, Time::from_ns(500));
    EXPECT_EQ(t.makespan, Time::from_ns(1000));
}

TEST(Transfers, qubits_on_one_link_take_turns_or_a_channel_each) {
    ProgramBuilder p = two_qpus();
    p.transfer(kAlice, 0, kBob, 2, LinkId{0});
    p.transfer(kAlice, 1, kBob, 3, LinkId{0});
    const DistributedProgram program = p.finish();
    Network network = carrying();
    EXPECT_EQ(schedule(program, network).makespan, Time::from_ns(1000));
    network.links[0].multiplexing = 2;
    EXPECT_EQ(schedule(program, network).makespan, Time::from_ns(500));
}

TEST(Transfers, pairs_and_carried_qubits_share_the_link) {
    ProgramBuilder p = two_qpus();
    p.pair(kAlice, 2, kBob, 2, LinkId{0});
    p.transfer(kAlice, 0, kBob, 3, LinkId{0});
    const DistributedProgram program = p.finish();
    const Network network = carrying();
    const Timeline t = schedule(program, network);
    EXPECT_EQ(t.makespan, Time::from_ns(1500));
    EXPECT_TRUE(complaints(program, network, t).empty());
}

TEST(Transfers, faults_in_a_timeline_are_found) {
    ProgramBuilder p = two_qpus();
    p.transfer(kAlice, 0, kBob, 2, LinkId{0});
    p.transfer(kAlice, 1, kBob, 3, LinkId{0});
    p.gate(kBob, GateKind::kX, 1, {2, 3});
    const DistributedProgram program = p.finish();
    const Network network = carrying();
    const Timeline good = schedule(program, network);
    ASSERT_TRUE(complaints(program, network, good).empty());
    const auto says = [&](auto spoil, const char* what) {
        Timeline spoilt = good;
        spoil(spoilt);
        std::string all;
        for (const std::string& line : complaints(program, network, spoilt)) all += line + "\n";
        EXPECT_NE(all.find(what), std::string::npos) << what << " is not in: " << all;
    };
    const auto set = [](Timeline& t, std::size_t k, double start, double end) {
        const TimeSpan span{Time::from_ns(start), Time::from_ns(end)};
        t.transfers[k].passage = t.instructions[0][k] = t.instructions[1][k] = span;
    };
    says([&](Timeline& t) { set(t, 0, 100, 600); }, "is used on 2 channels");
    says([&](Timeline& t) { set(t, 0, 0, 400); }, "takes 400.0 ns, which its link does not");
    says([&](Timeline& t) { set(t, 1, 600, 1100); }, "is busy until 1100.0 ns");
    says([&](Timeline& t) { t.instructions[1][0].start = Time::from_ns(1); },
         "is not carried when its transfer is");
    says([&](Timeline& t) { t.transfers[0].link = LinkId{5}; }, "goes over another link");
    says([&](Timeline& t) { t.transfers.pop_back(); }, "another program");
}

TEST(Transfers, sides_and_links_that_do_not_fit_are_input_errors) {
    const auto message = [](const DistributedProgram& program, const Network& network) {
        try {
            find_dependencies(program, network);
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string("(accepted)");
    };
    ProgramBuilder p = two_qpus();
    p.transfer(kAlice, 0, kBob, 2, LinkId{0});
    const DistributedProgram program = p.finish();
    EXPECT_EQ(message(program, carrying()), "(accepted)");
    EXPECT_NE(message(program, two_nodes()).find("link 0 only makes pairs"), std::string::npos);
    DistributedProgram broken = program;
    broken.qpus[1].blocks[0].clear();
    EXPECT_NE(message(broken, carrying()).find("transfer 0 has only one side"), std::string::npos);
    broken = program;
    broken.transfers[0].link = LinkId{3};
    EXPECT_NE(message(broken, carrying()).find("does not exist"), std::string::npos);
}

}  // namespace
}  // namespace carillon
