// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/portfolio.h"

#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/partition/recombine.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Counts = std::vector<std::uint32_t>;

PartitionOptions low_effort() {
    PartitionOptions options;
    options.effort = Effort::kLow;
    options.method = "portfolio";
    return options;
}

Network random_instance_network(int round, std::uint32_t qubits, Random& random) {
    Counts capacity;
    std::uint32_t room = 0;
    while (room < qubits || capacity.size() < 2) {
        capacity.push_back(static_cast<std::uint32_t>(random.below(5)));
        room += capacity.back();
    }
    return round % 2 ? full(capacity) : random_network(capacity, random);
}

TEST(Portfolio, every_member_gives_homes_that_fit) {
    Random random(12);
    for (int round = 0; round < 30; ++round) {
        const auto qubits = static_cast<std::uint32_t>(1 + random.below(16));
        const Network net = random_instance_network(round, qubits, random);
        const Circuit c = random_circuit(qubits, static_cast<int>(random.below(120)), random);
        const PartitionProblem problem(c, net);
        for (const Member& member : all_members()) {
            Workspace work(problem, static_cast<std::uint64_t>(round));
            EXPECT_EQ(fault_of(problem, member.homes(work)), "") << member.name;
        }
    }
}

TEST(Portfolio, metis_and_scotch_tell_interleaved_cliques_apart) {
    Circuit c = empty(12);
    for (std::size_t a = 0; a < 12; ++a) {
        for (std::size_t b = a + 3; b < 12; b += 3) cp(c, a, b);
    }
    PartitionOptions options;
    for (const char* method : {"metis", "scotch", "spectral"}) {
        if (members_named(method).empty()) continue;
        options.method = method;
        EXPECT_GT(partition(c, full({6, 6}), options).cost.pairs, 0u) << method;
        EXPECT_EQ(partition(c, full({4, 8}), options).cost.pairs, 0u) << method;
    }
}

TEST(Portfolio, it_is_never_worse_than_its_best_member) {
    Random random(7);
    PartitionOptions options = low_effort();
    for (int round = 0; round < 8; ++round) {
        const auto qubits = static_cast<std::uint32_t>(4 + random.below(10));
        const Network net = random_instance_network(round, qubits, random);
        const Circuit c = random_circuit(qubits, 150, random, round % 3 == 0);
        options.seed = static_cast<std::uint64_t>(round);
        options.method = "portfolio";
        const PartitionResult all = partition(c, net, options);
        for (const PartitionMember& member : all.members) {
            EXPECT_EQ(member.refused, "") << member.name;
            EXPECT_LE(all.cost.pairs, member.pairs) << member.name;
        }
        for (const Member& member : all_members()) {
            options.method = member.name;
            EXPECT_LE(all.cost.pairs, partition(c, net, options).cost.pairs) << member.name;
        }
    }
}

TEST(Portfolio, threads_do_not_change_the_result) {
    Random random(5);
    const Circuit c = random_circuit(12, 250, random);
    PartitionOptions options = low_effort();
    options.threads = 1;
    const PartitionResult one = partition(c, line({5, 3, 5}), options);
    options.threads = 5;
    const PartitionResult five = partition(c, line({5, 3, 5}), options);
    EXPECT_EQ(one.placement.home, five.placement.home);
    EXPECT_EQ(one.placement.site, five.placement.site);
    EXPECT_EQ(one.method, five.method);
    ASSERT_EQ(one.members.size(), five.members.size());
    for (std::size_t i = 0; i < one.members.size(); ++i) {
        EXPECT_EQ(one.members[i].name, five.members[i].name);
        EXPECT_EQ(one.members[i].pairs, five.members[i].pairs);
    }
    EXPECT_EQ(one.diversity, five.diversity);
    EXPECT_GT(one.diversity, 0);
}

TEST(Portfolio, nonsense_is_refused_and_reported_and_not_used) {
    const Circuit c = qft(6);
    const Network net = full({3, 3});
    PartitionProblem problem(c, net);
    PortfolioPlan plan;
    const auto gives = [](std::string name, Counts homes) {
        return Member{std::move(name), [homes](Workspace&) { return homes; }};
    };
    plan.members = {gives("crowd", {0, 0, 0, 0, 0, 0}),  // would cost nothing, but does not fit
                    gives("short", {0, 1}),
                    gives("stranger", {0, 0, 0, 1, 1, 9}),
                    {"broken", [](Workspace&) -> Counts { throw InternalError("lost its mind"); }},
                    gives("honest", {0, 0, 0, 1, 1, 1})};
    const PortfolioResult result = run_portfolio(problem, plan, {});
    EXPECT_EQ(result.still.method, "honest");
    ASSERT_EQ(result.members.size(), 5u);
    EXPECT_EQ(result.members[0].refused, "put 6 qubits on node 0, which has room for 3");
    EXPECT_EQ(result.members[1].refused, "gave homes for 2 qubits, the program has 6");
    EXPECT_EQ(result.members[2].refused, "named node 9 in a network of 2");
    EXPECT_EQ(result.members[3].refused, "lost its mind");
    EXPECT_EQ(result.members[4].refused, "");
    plan.members.pop_back();
    EXPECT_THROW(run_portfolio(problem, plan, {}), InternalError);
}

TEST(Portfolio, a_child_keeps_what_its_parents_agree_on) {
    Random random(9);
    for (int round = 0; round < 10; ++round) {
        const Circuit c = random_circuit(12, 200, random);
        const Network net = full({4, 4, 4});
        const PartitionProblem problem(c, net);
        Workspace work(problem, static_cast<std::uint64_t>(round));
        const Candidate a = with_sites(work, {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, "a");
        // QPUs renamed, and qubits 3, 4, 8 trade places.
        const Candidate b = with_sites(work, {1, 1, 1, 2, 0, 2, 2, 2, 1, 0, 0, 0}, "b");
        EXPECT_EQ(disputed_qubits(problem, a, b), (Counts{3, 4, 8}));
        const Candidate child = recombine(work, a, b, 20000, "child");
        EXPECT_LE(child.state.cost, std::min(a.state.cost, b.state.cost));
        EXPECT_EQ(fault_of(problem, child.state.homes), "");
        const Candidate& better = b.state.cost < a.state.cost ? b : a;
        for (std::size_t q : {0u, 1u, 2u, 5u, 6u, 7u, 9u, 10u, 11u}) {
            EXPECT_EQ(child.state.homes[q], better.state.homes[q]);
        }
    }
}

TEST(Portfolio, a_time_limit_still_gives_a_placement_and_progress_never_rises) {
    Random random(2);
    const Circuit c = random_circuit(14, 400, random);
    PartitionOptions options = low_effort();
    options.method = "contiguous";
    const std::uint64_t contiguous = partition(c, full({5, 5, 5}), options).cost.pairs;
    options.method = "auto";
    std::vector<std::uint64_t> seen;
    options.progress = [&](const PartitionProgress& p) { seen.push_back(p.best); };
    for (double limit_s : {1e-9, 0.3}) {
        seen.clear();
        options.time_limit_s = limit_s;
        const PartitionResult result = partition(c, full({5, 5, 5}), options);
        EXPECT_LE(result.cost.pairs, contiguous);
        ASSERT_FALSE(seen.empty());
        EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
        EXPECT_EQ(seen.back(), result.cost.pairs);
        EXPECT_EQ(seen.size(), result.members.size());
    }
    EXPECT_GT(seen.size(), all_members().size());
}

}  // namespace
}  // namespace carillon
