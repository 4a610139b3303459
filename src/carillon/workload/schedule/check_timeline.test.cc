// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/check_timeline.h"

#include <gtest/gtest.h>

#include <functional>

#include "carillon/workload/program/random_program.h"
#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/schedule.h"

namespace carillon {
namespace {

using namespace schedule_test;

TEST(CheckTimeline, schedules_of_random_programs_pass) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Network network = ring(3 + seed % 4);
        for (Link& link : network.links) {
            link.carries = LinkCarries::kBoth;
            link.transfer_time_ns = 700;
            link.multiplexing = 1 + seed % 3;
            link.success_probability = seed % 2 ? 0.3 : 1;
        }
        for (Node& node : network.nodes) node.memory_cutoff_ns = seed % 5 ? 0 : 1500;
        RandomProgramOptions options;
        options.qpus = static_cast<std::uint32_t>(network.nodes.size());
        options.links = ends(network);
        options.comm_qubits = 1 + seed % 3;
        options.operations = 80;
        options.control_flow = seed % 2;
        options.carried = seed % 4 > 1;
        const DistributedProgram program = random_program(options, seed);
        for (const bool prefetch : {true, false})
            for (const bool drawn : {false, true}) {
                ScheduleOptions how;
                how.prefetch = prefetch;
                if (drawn) how.entanglement_seed = seed;
                EXPECT_EQ(check_timeline(program, network, schedule(program, network, how)),
                          std::vector<std::string>{})
                    << "seed " << seed;
            }
    }
}

/// A way to spoil the timeline of two telegates, and a piece of what must be said about it.
struct Sabotage {
    const char* name;
    std::function<void(Timeline&)> spoil;
    const char* says;
};

void move(TimeSpan& span, double ns) {
    span = {span.start + Time::from_ns(ns), span.end + Time::from_ns(ns)};
}

class Sabotages : public testing::TestWithParam<Sabotage> {};

TEST_P(Sabotages, is_found) {
    const DistributedProgram program = telegates(2, false);
    Network network = two_nodes();
    for (Node& n : network.nodes) n.memory_cutoff_ns = 5000;
    Timeline timeline = schedule(program, network);
    ASSERT_EQ(check_timeline(program, network, timeline), std::vector<std::string>{});
    GetParam().spoil(timeline);
    std::string all;
    for (const std::string& line : check_timeline(program, network, timeline)) all += line + "\n";
    EXPECT_NE(all.find(GetParam().says), std::string::npos) << all;
}

// Alice: pair, cx, measure, reset, send, recv, z. Bob: pair, recv, x, cx, h, measure, reset, send.
INSTANTIATE_TEST_SUITE_P(
    CheckTimeline, Sabotages,
    testing::Values(
        Sabotage{"gate_too_early", [](Timeline& spoilt) { move(spoilt.instructions[0][1], -1); },
                 "is busy"},
        Sabotage{"gate_too_short",
                 [](Timeline& spoilt) {
                     spoilt.instructions[0][1].end = spoilt.instructions[0][1].start;
                 },
                 "instead of 100.0 ns"},
        Sabotage{"no_time", [](Timeline& spoilt) { spoilt.instructions[1][2] = {}; },
                 "has no time"},
        Sabotage{"correction_before_its_bit",
                 [](Timeline& spoilt) { move(spoilt.instructions[1][2], -20); }, "reads a bit"},
        Sabotage{"bit_used_before_it_arrives",
                 [](Timeline& spoilt) { move(spoilt.instructions[1][1], -1); },
                 "its message is there at"},
        Sabotage{"message_faster_than_its_channel",
                 [](Timeline& spoilt) { spoilt.messages[0].arrive = spoilt.messages[0].send; },
                 "latency"},
        Sabotage{"sides_made_apart", [](Timeline& spoilt) { move(spoilt.instructions[1][0], 1); },
                 "when its Bell pair is"},
        Sabotage{"two_pairs_at_once",
                 [](Timeline& spoilt) {
                     move(spoilt.pairs[1].generation, -500);
                     move(spoilt.instructions[0][7], -500);
                     move(spoilt.instructions[1][8], -500);
                 },
                 "channels"},
        Sabotage{"pair_on_more_channels_than_there_are",
                 [](Timeline& spoilt) { spoilt.pairs[0].channels = 2; }, "channels"},
        Sabotage{"pair_faster_than_its_link",
                 [](Timeline& spoilt) {
                     spoilt.pairs[0].generation.start = spoilt.instructions[0][0].start =
                         spoilt.instructions[1][0].start = Time::from_ns(200);
                 },
                 "which its link does not"},
        Sabotage{"half_kept_too_long",
                 [](Timeline& spoilt) {
                     for (auto& stream : spoilt.instructions)
                         for (std::size_t k = 1; k < stream.size(); ++k) move(stream[k], 9000);
                     spoilt.makespan += Time::from_ns(9000);
                 },
                 "memories keep it"},
        Sabotage{"discarded_although_fresh",
                 [](Timeline& spoilt) {
                     spoilt.discarded.push_back({PairId{1}, {Time{}, Time::from_ns(1000)}, 1});
                 },
                 "before it is too old"},
        Sabotage{"wrong_makespan", [](Timeline& spoilt) { spoilt.makespan += Time{1}; },
                 "the makespan is"},
        Sabotage{"another_program", [](Timeline& spoilt) { spoilt.pairs.pop_back(); },
                 "another program"}),
    [](const auto& test) { return test.param.name; });

ExprId bit_is_one(DistributedProgram& program, BitId bit) {
    Expr e;
    e.kind = ExprKind::kBits;
    e.type = ScalarType::kUint;
    e.width = 1;
    e.first_bit = bit;
    e.bit_count = 1;
    program.exprs.push_back(e);
    return ExprId{program.exprs.size() - 1};
}

TEST(CheckTimeline, branches_must_agree_between_qpus) {
    ProgramBuilder p("if");
    p.add_qpu("alice", 1, 0);
    p.add_qpu("bob", 1, 0);
    const BitId c = p.add_bits("c", 1);
    p.measure(kAlice, 0, c);
    p.message(kAlice, c, kBob, c);
    const ExprId one = bit_is_one(p.program(), c);
    for (const QpuId q : {kAlice, kBob}) {
        p.begin_if(q, one, 7);
        p.gate(q, GateKind::kX, 0, {0});
        p.end(q);
    }
    const DistributedProgram program = p.finish();
    Timeline t = schedule(program, two_nodes());
    ASSERT_EQ(check_timeline(program, two_nodes(), t), std::vector<std::string>{});
    t.instructions[1][2] = {};
    const auto lines = check_timeline(program, two_nodes(), t);
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(lines[0].find("another branch"), std::string::npos) << lines[0];
}

}  // namespace
}  // namespace carillon
