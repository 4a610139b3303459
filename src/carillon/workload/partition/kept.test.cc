// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/partition/anneal.h"
#include "carillon/workload/partition/moves.h"
#include "carillon/workload/partition/problem.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;

Circuit random_cz_circuit(std::uint32_t qubits, int operations, Random& random) {
    Circuit c = empty(qubits);
    for (int g = 0; g < operations; ++g) {
        const auto a = random.below(qubits), b = random.below(qubits);
        if (a == b || random.uniform() < 0.3) {
            h(c, a);
        } else if (random.uniform() < 0.05) {
            cp(c, a, b);
        } else {
            cz(c, a, b);
        }
    }
    return c;
}

/// One random change of any kind.
void change(Assignment& a, Random& random) {
    const auto node = static_cast<std::uint32_t>(random.below(a.num_nodes()));
    const Hypergraph& graph = a.graph();
    const double kind = random.uniform();
    if (kind < 0.2) {
        a.set_home(random.below(a.num_slices()),
                   static_cast<std::uint32_t>(random.below(graph.num_qubits)), node);
    } else if (kind < 0.4) {
        a.set_site(static_cast<std::uint32_t>(random.below(graph.gates.size())), node);
    } else if (kind < 0.5) {
        a.improve_site(static_cast<std::uint32_t>(random.below(graph.gates.size())), random);
    } else if (!graph.middles.empty()) {
        const auto middle = static_cast<std::uint32_t>(random.below(graph.middles.size()));
        const auto kept = a.kept(middle);
        if (kind < 0.9) {
            a.keep(middle, node);
        } else if (kind < 0.95) {
            a.release_all(middle, random);
        } else if (!kept.empty()) {
            a.release(middle, kept[0]);
        }
    }
}

class KeptCost : public testing::TestWithParam<bool> {};

TEST_P(KeptCost, is_that_of_the_placement_after_any_changes) {
    Random random(3);
    std::uint32_t most_kept = 0;
    for (int round = 0; round < 60; ++round) {
        const Circuit c = random_cz_circuit(6, 60, random);
        const std::vector<std::uint32_t> capacity(5, 6);
        const Network net = GetParam() ? full(capacity) : random_network(capacity, random);
        PartitionProblem problem(c, net);
        problem.add_time();
        const bool timed = round % 3 == 2;
        Workspace work(problem, 1);
        std::vector<std::uint32_t> cuts;
        if (timed) cuts = {15, 30};
        std::vector<std::uint32_t> homes(6 * (cuts.size() + 1));
        for (std::uint32_t& home : homes) home = static_cast<std::uint32_t>(random.below(5));
        Assignment a(timed ? problem.timed : problem.graph, work.steiner, problem.capacity, cuts,
                     homes);
        for (int i = 0; i < 120; ++i) change(a, random);
        const auto placed_cost = [&] {
            const Placement p = to_placement(a);
            check_placement(problem.interactions, net, p);
            return placement_cost(problem.interactions, net, p).pairs;
        };
        a.legalise();
        EXPECT_EQ(placed_cost(), static_cast<std::uint64_t>(a.cost())) << round;
        most_kept = std::max(most_kept, a.num_kept());

        const std::int64_t before = a.cost();
        const Placement was = to_placement(a);
        const Assignment::Snapshot snapshot = a.snapshot();
        a.forget_journal();
        for (int i = 0; i < 40; ++i) change(a, random);
        a.roll_back(0);
        EXPECT_EQ(a.cost(), before);
        EXPECT_EQ(to_placement(a).kept, was.kept);
        EXPECT_EQ(placed_cost(), static_cast<std::uint64_t>(before));
        for (int i = 0; i < 40; ++i) change(a, random);
        a.restore(snapshot);
        EXPECT_EQ(a.cost(), before);
        EXPECT_EQ(placed_cost(), static_cast<std::uint64_t>(before));
    }
    EXPECT_GT(most_kept, 4u);
}
INSTANTIATE_TEST_SUITE_P(Networks, KeptCost, testing::Bool());

TEST(Kept, legalising_never_costs_on_complete_networks) {
    Random random(9);
    for (int round = 0; round < 40; ++round) {
        const Circuit c = random_cz_circuit(6, 60, random);
        PartitionProblem problem(c, full({6, 6, 6}));
        Workspace work(problem, 1);
        Assignment a(problem.graph, work.steiner, problem.capacity, {}, {0, 0, 1, 1, 2, 2});
        for (int i = 0; i < 200; ++i) change(a, random);
        const std::int64_t before = a.cost();
        a.legalise();
        EXPECT_LE(a.cost(), before);
    }
}

TEST(Kept, copies_survive_the_cutting_of_time_into_slices) {
    Random random(13);
    const Circuit c = random_cz_circuit(6, 80, random);
    PartitionProblem problem(c, full({2, 2, 2}));
    problem.add_time();
    Workspace work(problem, 1);
    Assignment a(problem.graph, work.steiner, problem.capacity, {}, {0, 0, 1, 1, 2, 2});
    AnnealOptions options;
    options.work = 100'000;
    anneal(a, random, options);
    ASSERT_GT(a.num_kept(), 0u);
    const Assignment sliced = with_slices(a, problem.timed, {20, 40, 60});
    EXPECT_EQ(sliced.cost(), a.cost());
    EXPECT_EQ(sliced.num_kept(), a.num_kept());
}

/// Lowest cost of any homes, sites and kept copies on two QPUs, by trying all.
std::uint64_t exhaustive(const Interactions& i, const Network& net, std::uint32_t qubits) {
    std::vector<std::uint32_t> middles;
    for (std::uint32_t s = 0; s < i.segments.size(); ++s) {
        if (i.segments[s].embeddable) middles.push_back(s);
    }
    std::uint64_t best = 1000;
    const std::size_t gates = i.gates.size();
    for (std::uint32_t homes = 0; homes < 1u << qubits; ++homes) {
        for (std::uint32_t kept = 0; kept < 1u << middles.size(); ++kept) {
            for (std::uint32_t sites = 0; sites < 1u << gates; ++sites) {
                Placement p;
                for (std::uint32_t q = 0; q < qubits; ++q) p.home.push_back(QpuId{homes >> q & 1});
                p.site.resize(i.num_operations);
                for (std::uint32_t g = 0; g < gates; ++g) {
                    p.site[i.gates[g].operation] = QpuId{sites >> g & 1};
                }
                for (std::uint32_t m = 0; m < middles.size(); ++m) {
                    if (!(kept >> m & 1)) continue;
                    const QpuId home = p.home[i.segments[middles[m]].qubit.value];
                    p.kept.push_back({middles[m], QpuId{1 - home.value}});
                }
                try {
                    check_placement(i, net, p);
                } catch (const InputError&) {
                    continue;
                }
                best = std::min(best, placement_cost(i, net, p).pairs);
            }
        }
    }
    return best;
}

TEST(Kept, annealing_finds_the_optimum_of_tiny_programs) {
    Random random(21);
    int rounds = 0, with_copies = 0;
    while (rounds < 12) {
        const Circuit c = random_cz_circuit(4, 14, random);
        const Network net = full({2, 2});
        PartitionProblem problem(c, net);
        if (problem.graph.middles.empty() || problem.graph.middles.size() > 4 ||
            problem.graph.gates.size() > 9) {
            continue;
        }
        ++rounds;
        Workspace work(problem, 5);
        Assignment a(problem.graph, work.steiner, problem.capacity, {}, {0, 0, 1, 1});
        AnnealOptions options;
        options.work = 200'000;
        anneal(a, work.random, options);
        EXPECT_EQ(static_cast<std::uint64_t>(a.cost()), exhaustive(problem.interactions, net, 4));
        with_copies += a.num_kept() > 0;
    }
    EXPECT_GT(with_copies, 0);
}

}  // namespace
}  // namespace carillon
