// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "carillon/base/error.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/random_program.h"
#include "carillon/workload/schedule/latency.h"
#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {
namespace {

using namespace schedule_test;

ScheduleSummary summarize_of(const DistributedProgram& program, const Network& network) {
    const DependencyGraph graph = find_dependencies(program, network);
    return summarize_schedule(program, network, graph, schedule(program, network, graph));
}

TEST(Schedule, one_telegate_takes_the_sum_of_its_chain) {
    // pair 1000, CX 100, measure 300, message 40, X 10, CX 100, H 10, measure 300, message 40, Z 10
    const Timeline t = schedule(telegates(1, false), two_nodes());
    EXPECT_EQ(t.makespan, Time::from_ns(1910));
    EXPECT_EQ(t.pairs[0].generation.start, Time{});
    EXPECT_EQ(t.pairs[0].generation.end, Time::from_ns(1000));
    EXPECT_EQ(t.messages[0].send, Time::from_ns(1400));
    EXPECT_EQ(t.messages[0].arrive, Time::from_ns(1440));
    EXPECT_EQ(t.messages[1].send, Time::from_ns(1860));
    EXPECT_EQ(t.messages[1].from, kBob);
    EXPECT_EQ(t.messages[1].to, kAlice);
}

TEST(Schedule, second_pair_is_made_while_the_first_is_used) {
    // The second pair is ready at 2000; the first telegate has freed Alice's d0 at 1910.
    const Timeline t = schedule(telegates(2, false), two_nodes());
    EXPECT_EQ(t.pairs[1].generation.start, Time::from_ns(1000));
    EXPECT_EQ(t.makespan, Time::from_ns(2000 + 910));
}

TEST(Schedule, one_communication_qubit_makes_the_second_pair_wait) {
    // Bob's communication qubit is reset at 1860 + 50.
    const Timeline t = schedule(telegates(2, true), two_nodes());
    EXPECT_EQ(t.pairs[1].generation.start, Time::from_ns(1910));
    EXPECT_EQ(t.makespan, Time::from_ns(1910 + 1910));
}

TEST(Schedule, summary_of_one_telegate_is_the_hand_worked_one) {
    Network network = two_nodes();
    for (Node& n : network.nodes) {
        n.errors = {0.001, 0.01, 0.02, 0.005};
        n.t2_ns = 1e4;
    }
    const ScheduleSummary s = summarize_of(telegates(1, false), network);
    EXPECT_EQ(s.rounds, 1u);
    EXPECT_EQ(s.depth, 8u);  // pair, CX, M, X, CX, H, M, Z; the resets are leaves beside the last
    EXPECT_EQ(s.lower_bound, Time::from_ns(1910));
    EXPECT_DOUBLE_EQ(s.gap, 0);
    EXPECT_EQ(s.links[0].pairs, 1u);
    EXPECT_DOUBLE_EQ(s.links[0].utilisation, 1000.0 / 1910);
    // Alice: CX + measure + reset (the reset ends at 1450), then Z.
    EXPECT_EQ(s.qpus[0].busy, Time::from_ns(100 + 300 + 50 + 10));
    // Alice's d0 waits from 1100 to 1900; Bob's half from 1000 to 1440. Bob's d0 never waits.
    EXPECT_EQ(s.qpus[0].waiting, Time::from_ns(800));
    EXPECT_EQ(s.qpus[1].waiting, Time::from_ns(440));
    EXPECT_EQ(s.qpus[1].data_used, 1u);
    EXPECT_EQ(s.qpus[1].comm_used, 1u);
    const double expected = 0.9 * std::pow(0.999, 3) * std::pow(0.99, 2) * std::pow(0.98, 2) *
                            std::pow(0.995, 2) * std::exp(-1240 / 1e4);
    EXPECT_NEAR(s.expected_fidelity, expected, 1e-12);
}

TEST(Schedule, rounds_count_pairs_that_wait_for_each_other) {
    EXPECT_EQ(summarize_of(telegates(3, true), two_nodes()).rounds, 3u);
    // Two communication qubits, three telegates: the third reuses the first's.
    EXPECT_EQ(summarize_of(telegates(3, false), two_nodes()).rounds, 2u);
}

TEST(Schedule, the_data_chain_ignores_communication_qubits_and_the_chain_does_not) {
    // Three telegates in a chain of data: 1000 for the first pair, then 910 each.
    const ScheduleSummary s = summarize_of(telegates(3, true), two_nodes());
    EXPECT_EQ(s.bounds.data_chain, Time::from_ns(1000 + 3 * 910));
    EXPECT_EQ(s.bounds.chain, Time::from_ns(3 * 1910));
    EXPECT_EQ(s.bounds.as_it_is, Time::from_ns(3 * 1910));
    EXPECT_EQ(s.makespan, Time::from_ns(3 * 1910));
    // On any communication qubits: three pairs on one link and the last one's 910; Bob's two
    // qubits share 1910 + 2 * 1910 of use before the last correction.
    EXPECT_EQ(s.bounds.link, Time::from_ns(3 * 1000 + 910));
    EXPECT_EQ(s.lower_bound, Time::from_ns(3 * 1000 + 910));
}

TEST(Schedule, independent_gates_overlap_and_dependent_ones_do_not) {
    ProgramBuilder p("local");
    p.add_qpu("alice", 3, 0);
    p.gate(kAlice, GateKind::kX, 1, {0, 1});
    p.gate(kAlice, GateKind::kX, 1, {1, 2});
    p.gate(kAlice, GateKind::kH, 0, {0});
    const Timeline t = schedule(p.finish(), two_nodes());
    EXPECT_EQ(t.instructions[0][1].start, Time::from_ns(100));
    EXPECT_EQ(t.instructions[0][2].start, Time::from_ns(100));
    EXPECT_EQ(t.makespan, Time::from_ns(200));
}

TEST(Schedule, a_gate_on_many_qubits_takes_many_two_qubit_gates) {
    ProgramBuilder p("ccx");
    p.add_qpu("alice", 3, 0);
    p.gate(kAlice, GateKind::kX, 2, {0, 1, 2});
    EXPECT_EQ(schedule(p.finish(), two_nodes()).makespan, Time::from_ns(600));
}

TEST(Schedule, a_barrier_without_operands_holds_every_qubit) {
    ProgramBuilder p("barrier");
    p.add_qpu("alice", 2, 0);
    p.gate(kAlice, GateKind::kH, 0, {0});
    p.barrier(kAlice, {});
    p.gate(kAlice, GateKind::kH, 0, {1});
    EXPECT_EQ(schedule(p.finish(), two_nodes()).makespan, Time::from_ns(20));
}

TEST(Schedule, a_delay_holds_its_qubit_only) {
    ProgramBuilder p("delay");
    p.add_qpu("alice", 2, 0);
    p.delay(kAlice, {0}, 77);
    p.gate(kAlice, GateKind::kH, 0, {0});
    p.gate(kAlice, GateKind::kH, 0, {1});
    const Timeline t = schedule(p.finish(), two_nodes());
    EXPECT_EQ(t.instructions[0][1].end, Time::from_ns(87));
    EXPECT_EQ(t.instructions[0][2].end, Time::from_ns(10));
}

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

TEST(Schedule, an_if_takes_its_longer_branch_after_its_condition) {
    ProgramBuilder p("if");
    p.add_qpu("alice", 2, 0);
    const BitId c = p.add_bits("c", 1);
    p.measure(kAlice, 0, c);
    p.begin_if(kAlice, bit_is_one(p.program(), c));
    p.gate(kAlice, GateKind::kH, 0, {1});
    p.otherwise(kAlice);
    p.gate(kAlice, GateKind::kX, 1, {0, 1});
    p.end(kAlice);
    p.gate(kAlice, GateKind::kH, 0, {1});
    const Timeline t = schedule(p.finish(), two_nodes());
    EXPECT_EQ(t.makespan, Time::from_ns(300 + 100 + 10));
    EXPECT_EQ(t.instructions[0][1].start, Time::from_ns(300));
    EXPECT_EQ(t.instructions[0][1].end, Time::from_ns(400));
    EXPECT_FALSE(t.instructions[0][2].scheduled());  // the branch not taken
    ASSERT_EQ(t.notes.size(), 1u);
    EXPECT_NE(t.notes[0].find("if"), std::string::npos);
}

TEST(Schedule, a_while_runs_once) {
    ProgramBuilder p("while");
    p.add_qpu("alice", 1, 0);
    const BitId c = p.add_bits("c", 1);
    p.measure(kAlice, 0, c);
    p.begin_while(kAlice, bit_is_one(p.program(), c));
    p.measure(kAlice, 0, c);
    p.end(kAlice);
    const Timeline t = schedule(p.finish(), two_nodes());
    EXPECT_EQ(t.makespan, Time::from_ns(600));
    ASSERT_EQ(t.notes.size(), 1u);
}

TEST(Schedule, the_same_branch_is_taken_on_every_qpu) {
    ProgramBuilder p("if over two");
    p.add_qpu("alice", 1, 1);
    p.add_qpu("bob", 1, 1);
    const BitId c = p.add_bits("c", 1);
    p.measure(kAlice, 0, c, 0);
    p.message(kAlice, c, kBob, c);
    const ExprId condition = bit_is_one(p.program(), c);
    p.begin_if(kAlice, condition, 1);
    p.begin_if(kBob, condition, 1);
    p.pair(kAlice, 1, kBob, 1, LinkId{0});  // 1000 ns: the longer branch
    p.otherwise(kAlice);
    p.otherwise(kBob);
    p.gate(kBob, GateKind::kH, 0, {0});
    p.end(kAlice);
    p.end(kBob);
    EXPECT_EQ(schedule(p.finish(), two_nodes()).makespan, Time::from_ns(300 + 40 + 1000));
}

TEST(Schedule, zero_durations_give_a_schedule_of_length_zero) {
    Network network = two_nodes();
    network.links[0] = Link{};
    network.links[0].a = kAlice;
    network.links[0].b = kBob;
    for (Node& n : network.nodes) n.durations = {};
    const DistributedProgram program = telegates(3, true);
    const ScheduleSummary s = summarize_of(program, network);
    EXPECT_EQ(s.makespan, Time{});
    EXPECT_EQ(s.rounds, 3u);
    EXPECT_EQ(s.gap, 0);
    EXPECT_EQ(s.expected_fidelity, 1);
}

TEST(Schedule, messages_between_strangers_take_the_fastest_path) {
    Network network = ring(4);
    network.links[0].latency_ns = 500;  // 0-1
    network.links[2].latency_ns = 7;    // 2-3
    ClassicalLatency latency(network);
    EXPECT_EQ(latency.between(QpuId{0}, QpuId{2}), Time::from_ns(47));  // over 3
    EXPECT_EQ(latency.between(QpuId{0}, QpuId{1}), Time::from_ns(500));
    network.links.resize(1);
    EXPECT_EQ(ClassicalLatency(network).between(QpuId{0}, QpuId{3}), Time{});
}

TEST(Schedule, rejects_a_pair_with_one_side) {
    DistributedProgram program = telegates(1, false);
    auto& block = program.qpus[1].blocks[0];
    block.erase(block.begin());
    EXPECT_THROW(schedule(program, two_nodes()), InputError);
}

TEST(Schedule, rejects_a_message_nobody_sends) {
    DistributedProgram program = telegates(1, false);
    std::erase_if(program.qpus[0].blocks[0],
                  [](const Instruction& i) { return i.kind == InstructionKind::kSend; });
    EXPECT_THROW(schedule(program, two_nodes()), InputError);
}

TEST(Schedule, rejects_a_program_that_waits_for_itself) {
    // Each QPU wants the other's bit before it sends its own.
    ProgramBuilder p("deadlock");
    p.add_qpu("alice", 1, 0);
    p.add_qpu("bob", 1, 0);
    const BitId c = p.add_bits("c", 2);
    p.message(kAlice, c, kBob, c);
    p.message(kBob, c, kAlice, c);
    DistributedProgram program = p.finish();
    std::reverse(program.qpus[0].blocks[0].begin(), program.qpus[0].blocks[0].end());
    EXPECT_THROW(schedule(program, two_nodes()), InputError);
}

TEST(Schedule, rejects_a_network_that_does_not_fit) {
    Network network = two_nodes();
    network.nodes.pop_back();
    network.links.clear();
    EXPECT_THROW(schedule(telegates(1, false), network), InputError);
    Network other = ring(3);
    other.links.erase(other.links.begin());  // link 0 now joins 1 and 2
    EXPECT_THROW(schedule(telegates(1, false), other), InputError);
}

// ---- Laws, checked by code that shares nothing with the scheduler ------------------------------

struct Placed {
    const Instruction* instruction;
    TimeSpan span;
};

std::vector<std::vector<Placed>> placed(const DistributedProgram& program, const Timeline& t) {
    std::vector<std::vector<Placed>> all;
    for (std::size_t q = 0; q < program.qpus.size(); ++q) {
        auto& list = all.emplace_back();
        std::size_t k = 0;
        visit_instructions(program.qpus[q], [&](const Instruction& i) {
            if (t.instructions[q][k].scheduled()) list.push_back({&i, t.instructions[q][k]});
            ++k;
        });
        EXPECT_EQ(k, t.instructions[q].size());
    }
    return all;
}

void expect_qubits_serve_one_at_a_time(const DistributedProgram& program, const Timeline& t) {
    const auto all = placed(program, t);
    for (std::size_t q = 0; q < all.size(); ++q) {
        std::map<LocalQubit, Time> free_at;  // stream order must be time order on every qubit
        for (const Placed& p : all[q])
            for (const LocalQubit x : program.qpus[q].qubits(*p.instruction)) {
                EXPECT_GE(p.span.start, free_at[x]);
                free_at[x] = p.span.end;
            }
    }
}

void expect_links_make_one_pair_at_a_time(const Network& network, const Timeline& t) {
    std::map<std::uint32_t, std::vector<TimeSpan>> by_link;
    for (const PairTiming& p : t.pairs)
        if (p.generation.scheduled()) by_link[p.link.value].push_back(p.generation);
    for (auto& [link, spans] : by_link) {
        std::sort(spans.begin(), spans.end(), [](auto& a, auto& b) { return a.start < b.start; });
        for (std::size_t i = 0; i < spans.size(); ++i) {
            EXPECT_EQ(spans[i].length(), Time::from_ns(mean_pair_time_ns(network.links[link])));
            if (i > 0) {
                EXPECT_GE(spans[i].start, spans[i - 1].end);
            }
        }
    }
}

void expect_bits_are_there_when_read(const DistributedProgram& program, const Timeline& t) {
    const auto all = placed(program, t);
    for (std::size_t q = 0; q < all.size(); ++q) {
        std::map<std::uint32_t, Time> written;
        for (const Placed& p : all[q]) {
            const Instruction& i = *p.instruction;
            std::vector<BitId> reads(program.qpus[q].conditions(i).begin(),
                                     program.qpus[q].conditions(i).end());
            std::vector<VariableId> variables;
            if (i.kind == InstructionKind::kSend) reads.push_back(i.bit);
            if (i.condition.valid()) collect_reads(program.exprs, i.condition, reads, variables);
            for (const BitId b : reads) EXPECT_GE(p.span.start, written[b.value]);
            if (i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kRecv)
                written[i.bit.value] = std::max(written[i.bit.value], p.span.end);
            if (i.kind == InstructionKind::kRecv) {
                const MessageTiming& m = t.messages[i.message.value];
                EXPECT_GE(p.span.start, m.arrive);
                EXPECT_EQ(m.to.value, q);
            }
        }
    }
}

void expect_messages_take_their_latency(const Network& network, const Timeline& t) {
    for (const MessageTiming& m : t.messages) {
        if (!m.scheduled()) continue;
        for (const Link& l : network.links)
            if ((l.a == m.from && l.b == m.to) || (l.b == m.from && l.a == m.to)) {
                EXPECT_EQ(m.arrive - m.send, Time::from_ns(l.latency_ns));
                break;
            }
    }
}

void expect_laws(const DistributedProgram& program, const Network& network, const Timeline& t) {
    expect_qubits_serve_one_at_a_time(program, t);
    expect_links_make_one_pair_at_a_time(network, t);
    expect_bits_are_there_when_read(program, t);
    expect_messages_take_their_latency(network, t);
}

TEST(Schedule, random_programs_keep_every_law) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const Network network = ring(3 + seed % 4);
        RandomProgramOptions options;
        options.qpus = static_cast<std::uint32_t>(network.nodes.size());
        options.links = ends(network);
        options.comm_qubits = 1 + seed % 3;
        options.operations = 80;
        options.control_flow = seed % 2;
        const DistributedProgram program = random_program(options, seed);
        const DependencyGraph graph = find_dependencies(program, network);
        const Timeline t = schedule(program, network, graph);
        expect_laws(program, network, t);
        const ScheduleSummary s = summarize_schedule(program, network, graph, t);
        EXPECT_GE(s.makespan, s.lower_bound) << "seed " << seed;
        EXPECT_GE(s.gap, 0);
        EXPECT_GT(s.rounds, 0u);
    }
}

TEST(Schedule, same_input_same_timeline) {
    const Network network = ring(4);
    RandomProgramOptions options{.links = ends(network), .qpus = 4, .operations = 200};
    const DistributedProgram program = random_program(options, 5);
    EXPECT_EQ(schedule(program, network).instructions, schedule(program, network).instructions);
}

TEST(Schedule, a_faster_link_never_slows_a_program_of_one_link_in_a_chain) {
    // List scheduling has anomalies in general; a single chain of pairs has none.
    Time last = Time::from_ns(1e18);
    for (const double rate : {1e5, 3e5, 1e6, 2e6, 1e7}) {
        Network network = two_nodes();
        network.links[0].attempt_rate_hz = rate;
        const Time now = schedule(telegates(5, true), network).makespan;
        EXPECT_LT(now, last);
        last = now;
    }
}

TEST(Schedule, random_entanglement_has_the_mean_of_the_link) {
    Network network = two_nodes();
    network.links[0].success_probability = 0.1;
    network.links[0].attempt_rate_hz = 1e7;  // mean 1000 ns in steps of 100 ns
    const DistributedProgram program = telegates(2000, false);
    const Timeline t = schedule(program, network, ScheduleOptions{.entanglement_seed = 3});
    double sum = 0;
    for (const PairTiming& p : t.pairs) {
        EXPECT_EQ(p.generation.length().ps % Time::from_ns(100).ps, 0);
        EXPECT_GT(p.generation.length().ps, 0);
        sum += p.generation.length().ns();
    }
    // Standard deviation of one is sqrt(0.9)/0.1*100 = 949; 5 sigma of the mean of 2000.
    EXPECT_NEAR(sum / 2000, 1000, 5 * 949 / std::sqrt(2000.0));
    expect_qubits_serve_one_at_a_time(program, t);
    const Timeline other = schedule(program, network, ScheduleOptions{.entanglement_seed = 4});
    EXPECT_NE(t.makespan, other.makespan);
}

}  // namespace
}  // namespace carillon
