// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "carillon/workload/program/random_program.h"
#include "carillon/workload/schedule/check_timeline.h"
#include "carillon/workload/schedule/lower_bound.h"
#include "carillon/workload/schedule/programs_for_test.h"
#include "carillon/workload/schedule/schedule.h"
#include "carillon/workload/schedule/summary.h"

namespace carillon {
namespace {

using namespace schedule_test;

/// Makespan when each link makes its pairs in the given order, or a negative number when these
/// orders wait for each other: the longest path, by relaxation until nothing changes.
std::int64_t makespan_of_orders(const DependencyGraph& graph,
                                const std::vector<std::vector<std::uint32_t>>& orders) {
    const std::size_t n = graph.steps.size();
    std::vector<std::int64_t> start(n, 0);
    for (std::size_t round = 0; round <= n + 1; ++round) {
        bool changed = false;
        const auto relax = [&](std::uint32_t from, std::uint32_t to, std::int64_t lag) {
            const std::int64_t at = start[from] + graph.steps[from].duration.ps + lag;
            if (at > start[to]) start[to] = at, changed = true;
        };
        for (std::uint32_t s = 0; s < n; ++s)
            for (const Dependency& d : graph.successors(s))
                relax(s, d.to, d.kind == DependencyKind::kMessage ? graph.steps[d.to].lag.ps : 0);
        for (const auto& order : orders)
            for (std::size_t k = 1; k < order.size(); ++k) relax(order[k - 1], order[k], 0);
        if (changed) continue;
        std::int64_t end = 0;
        for (std::size_t s = 0; s < n; ++s)
            end = std::max(end, start[s] + graph.steps[s].duration.ps);
        return end;
    }
    return -1;
}

/// Tries every order of pairs on every link (one channel each).
std::int64_t optimum(const DependencyGraph& graph, std::size_t links) {
    std::vector<std::vector<std::uint32_t>> orders(links);
    for (std::uint32_t s = 0; s < graph.steps.size(); ++s)
        if (graph.steps[s].link.valid()) orders[graph.steps[s].link.value].push_back(s);
    std::int64_t best = INT64_MAX;
    const auto descend = [&](auto&& self, std::size_t link) -> void {
        if (link == orders.size()) {
            const std::int64_t time = makespan_of_orders(graph, orders);
            if (time >= 0) best = std::min(best, time);
            return;
        }
        std::sort(orders[link].begin(), orders[link].end());
        do self(self, link + 1);
        while (std::next_permutation(orders[link].begin(), orders[link].end()));
    };
    descend(descend, 0);
    return best;
}

std::size_t orders_of(const DependencyGraph& graph, std::size_t links) {
    std::vector<std::size_t> pairs(links, 0);
    std::size_t product = 1;
    for (const Step& s : graph.steps)
        if (s.link.valid()) product *= ++pairs[s.link.value];
    return product;
}

ScheduleOptions with_tries(std::uint32_t tries) {
    ScheduleOptions options;
    options.most_tries = tries;
    return options;
}

ScheduleOptions on_demand() {
    ScheduleOptions options;
    options.prefetch = false;
    return options;
}

TEST(Search, tiny_programs_get_the_optimum_that_brute_force_finds) {
    // 200 programs of one to five pairs on a link, with uneven links.
    int programs = 0, contended = 0, optimal = 0;
    for (std::uint64_t seed = 0; programs < 200; ++seed) {
        Network network = ring(3);
        network.links[1].attempt_rate_hz = 7e5;
        network.links[2].attempt_rate_hz = 2.5e6;
        RandomProgramOptions options;
        options.qpus = 3;
        options.links = ends(network);
        options.comm_qubits = 3;
        options.operations = 12 + seed % 12;
        options.control_flow = false;
        const DistributedProgram program = random_program(options, seed);
        const DependencyGraph graph = find_dependencies(program, network);
        const std::size_t orders = orders_of(graph, 3);
        if (orders < 2 || orders > 2000) continue;
        ++programs;
        const std::int64_t best = optimum(graph, 3);
        const Timeline t = schedule(program, network, graph);
        const Time bound = bound_makespan(network, program, graph).as_it_is;
        ASSERT_GE(t.makespan.ps, best) << "seed " << seed;
        ASSERT_LE(bound.ps, best) << "seed " << seed;
        contended += bound.ps < best;
        optimal += t.makespan.ps == best;
    }
    EXPECT_GE(optimal, 198);
    EXPECT_GT(contended, 5);  // so some of them are not trivial
}

TEST(Search, a_pair_on_the_way_to_more_work_goes_before_its_elders) {
    // Three telegates are ready at once on one link; the last in program order leads to a long
    // chain on Bob's d1, so it must be made first.
    ProgramBuilder p("urgent");
    p.add_qpu("alice", 2, 3);
    p.add_qpu("bob", 2, 3);
    telegate(p, 2, 2, 0, 0);
    telegate(p, 3, 3, 0, 0);
    telegate(p, 4, 4, 1, 1);
    for (int k = 0; k < 40; ++k) p.gate(kBob, GateKind::kH, 0, {1}), p.delay(kBob, {1}, 100);
    Network network = two_nodes();
    for (Node& n : network.nodes) n.comm_qubits = 3;
    const DistributedProgram program = p.finish();
    const Timeline t = schedule(program, network);
    // Its pair 1000, CX, measure, message, X, CX, then 40 * 110.
    EXPECT_EQ(t.pairs[2].generation.start, Time{});
    EXPECT_EQ(t.makespan, Time::from_ns(1000 + 100 + 300 + 40 + 10 + 100 + 40 * 110));
    EXPECT_EQ(summarize_schedule(program, network, find_dependencies(program, network), t).gap, 0);
}

TEST(Search, more_tries_never_give_a_longer_schedule) {
    const Network network = ring(4);
    RandomProgramOptions options{.links = ends(network), .qpus = 4, .operations = 150};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const DistributedProgram program = random_program(options, seed);
        Time last{INT64_MAX};
        for (const std::uint32_t tries : {1u, 4u, 16u, 40u}) {
            const Time now = schedule(program, network, with_tries(tries)).makespan;
            EXPECT_LE(now, last);
            last = now;
        }
    }
}

TEST(Search, prefetch_never_makes_a_program_slower_than_pairs_on_demand) {
    int faster = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Network network = ring(3 + seed % 3);
        RandomProgramOptions options;
        options.qpus = static_cast<std::uint32_t>(network.nodes.size());
        options.links = ends(network);
        options.operations = 60;
        options.control_flow = seed % 2;
        const DistributedProgram program = random_program(options, seed);
        const Timeline ahead = schedule(program, network);
        const Timeline demand = schedule(program, network, on_demand());
        EXPECT_LE(ahead.makespan, demand.makespan) << "seed " << seed;
        EXPECT_EQ(check_timeline(program, network, demand), std::vector<std::string>{});
        faster += ahead.makespan < demand.makespan;
    }
    EXPECT_GT(faster, 20);
}

TEST(Search, on_demand_a_pair_is_made_when_its_gate_waits_for_nothing_else) {
    // Alice's d0 is free at 1910, after the first telegate; only then is the second pair begun.
    const Timeline t = schedule(telegates(2, false), two_nodes(), on_demand());
    EXPECT_EQ(t.pairs[1].generation.start, Time::from_ns(1910));
    EXPECT_EQ(t.makespan, Time::from_ns(2 * 1910));
}

TEST(Search, pairs_are_made_no_sooner_than_they_must) {
    // The only pair is wanted after 5000 ns on Alice's d0.
    ProgramBuilder p("late");
    p.add_qpu("alice", 2, 2);
    p.add_qpu("bob", 2, 2);
    p.delay(kAlice, {0}, 5000);
    telegate(p, 2, 2);
    const Timeline t = schedule(p.finish(), two_nodes());
    EXPECT_EQ(t.pairs[0].generation.end, Time::from_ns(5000));
    EXPECT_EQ(t.makespan, Time::from_ns(5000 + 910));
}

TEST(Search, a_link_makes_as_many_pairs_at_once_as_it_has_channels) {
    // Four independent pairs wait for one link, an attempt of which always succeeds after 1000 ns.
    ProgramBuilder p("wide");
    p.add_qpu("alice", 4, 4);
    p.add_qpu("bob", 4, 4);
    for (LocalQubit k = 0; k < 4; ++k) {
        p.pair(kAlice, 4 + k, kBob, 4 + k, LinkId{0});
        p.gate(kAlice, GateKind::kX, 1, {k, 4 + k});
    }
    const DistributedProgram program = p.finish();
    for (const auto& [channels, rounds] : {std::pair{1u, 4}, {2u, 2}, {3u, 2}, {4u, 1}, {9u, 1}}) {
        Network network = two_nodes();
        network.links[0].multiplexing = channels;
        const Timeline t = schedule(program, network);
        EXPECT_EQ(t.makespan, Time::from_ns(rounds * 1000 + 100)) << channels;
        EXPECT_EQ(check_timeline(program, network, t), std::vector<std::string>{});
    }
}

TEST(Search, messages_ready_while_nobody_waits_travel_together) {
    // Bob wants both of Alice's bits only after a delay of 2000: the bits of 300 and 600 make one
    // packet.
    ProgramBuilder p("packets");
    p.add_qpu("alice", 2, 0);
    p.add_qpu("bob", 1, 0);
    const BitId c = p.add_bits("c", 2);
    p.measure(kAlice, 0, c);
    const BitId first = p.message(kAlice, c, kBob);
    p.delay(kAlice, {1}, 300);
    p.measure(kAlice, 1, BitId{c.value + 1});
    const BitId second = p.message(kAlice, BitId{c.value + 1}, kBob);
    p.delay(kBob, {0}, 2000);
    p.gate(kBob, GateKind::kX, 0, {0}, {}, {first, second});
    const DistributedProgram program = p.finish();
    const Network network = two_nodes();
    const DependencyGraph graph = find_dependencies(program, network);
    const Timeline t = schedule(program, network, graph);
    EXPECT_EQ(t.messages[0].send, Time::from_ns(600));
    EXPECT_EQ(t.messages[1].send, Time::from_ns(600));
    EXPECT_EQ(t.makespan, Time::from_ns(2010));
    EXPECT_EQ(summarize_schedule(program, network, graph, t).packets, 1u);
    EXPECT_EQ(check_timeline(program, network, t), std::vector<std::string>{});
}

TEST(Search, a_message_somebody_waits_for_is_not_held_back) {
    ProgramBuilder p("haste");
    p.add_qpu("alice", 2, 0);
    p.add_qpu("bob", 1, 0);
    const BitId c = p.add_bits("c", 2);
    p.measure(kAlice, 0, c);
    const BitId first = p.message(kAlice, c, kBob);
    p.delay(kAlice, {1}, 300);
    p.measure(kAlice, 1, BitId{c.value + 1});
    const BitId second = p.message(kAlice, BitId{c.value + 1}, kBob);
    p.gate(kBob, GateKind::kX, 0, {0}, {}, {first});
    p.gate(kBob, GateKind::kX, 0, {0}, {}, {second});
    const DistributedProgram program = p.finish();
    const Network network = two_nodes();
    const DependencyGraph graph = find_dependencies(program, network);
    const Timeline t = schedule(program, network, graph);
    EXPECT_EQ(t.messages[0].send, Time::from_ns(300));
    EXPECT_EQ(summarize_schedule(program, network, graph, t).packets, 2u);
}

/// Two pairs on one link for one gate: the first waits while the second is made.
DistributedProgram two_pairs_for_one_gate() {
    ProgramBuilder p("both");
    p.add_qpu("alice", 1, 2);
    p.add_qpu("bob", 1, 2);
    p.pair(kAlice, 1, kBob, 1, LinkId{0});
    p.pair(kAlice, 2, kBob, 2, LinkId{0});
    p.gate(kAlice, GateKind::kX, 1, {1, 2});
    p.gate(kBob, GateKind::kX, 1, {1, 2});
    return p.finish();
}

TEST(Cutoff, a_pair_that_can_be_made_later_is_never_discarded) {
    ProgramBuilder p("late");
    p.add_qpu("alice", 2, 2);
    p.add_qpu("bob", 2, 2);
    p.delay(kAlice, {0}, 5000);
    telegate(p, 2, 2);
    const DistributedProgram program = p.finish();
    Network network = two_nodes();
    for (Node& n : network.nodes) n.memory_cutoff_ns = 10;
    const Timeline t = schedule(program, network);
    EXPECT_TRUE(t.discarded.empty());
    EXPECT_TRUE(t.overdue.empty());
    EXPECT_EQ(t.makespan, Time::from_ns(5910));
}

TEST(Cutoff, what_no_schedule_avoids_is_named) {
    Network network = two_nodes();
    network.nodes[0].memory_cutoff_ns = 900;  // the other pair takes 1000
    const DistributedProgram program = two_pairs_for_one_gate();
    const Timeline t = schedule(program, network);
    EXPECT_EQ(t.overdue.size(), 1u);
    EXPECT_FALSE(t.notes.empty());
    EXPECT_EQ(check_timeline(program, network, t), std::vector<std::string>{});
    network.nodes[0].memory_cutoff_ns = 1000;
    const Timeline kept = schedule(program, network);
    EXPECT_TRUE(kept.overdue.empty());
    EXPECT_TRUE(kept.discarded.empty());
    EXPECT_EQ(kept.makespan, Time::from_ns(2100));
}

TEST(Cutoff, drawn_pairs_that_grow_old_are_made_again) {
    Network network = two_nodes();
    network.links[0].success_probability = 0.1;
    network.links[0].attempt_rate_hz = 1e7;
    for (Node& n : network.nodes) n.memory_cutoff_ns = 400;
    const DistributedProgram program = telegates(400, false);
    const DependencyGraph graph = find_dependencies(program, network);
    const ScheduleOptions options{.entanglement_seed = 11};
    const Timeline t = schedule(program, network, graph, options);
    EXPECT_EQ(check_timeline(program, network, t), std::vector<std::string>{});
    EXPECT_GT(t.discarded.size(), 50u);  // a telegate takes 910, so pairs made early are too old
    EXPECT_EQ(summarize_schedule(program, network, graph, t).discarded, t.discarded.size());
    for (Node& n : network.nodes) n.memory_cutoff_ns = 0;
    const Timeline kept = schedule(program, network, graph, options);
    EXPECT_TRUE(kept.discarded.empty());
    EXPECT_LT(kept.makespan, t.makespan);
}

}  // namespace
}  // namespace carillon
