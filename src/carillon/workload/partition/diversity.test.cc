// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/diversity.h"

#include <gtest/gtest.h>

#include "carillon/base/random.h"
#include "carillon/workload/partition/fit.h"
#include "carillon/workload/partition/parallel.h"

namespace carillon {
namespace {

using Homes = std::vector<std::uint32_t>;

Homes random_homes(std::size_t qubits, std::uint32_t nodes, Random& random) {
    Homes homes;
    for (std::size_t q = 0; q < qubits; ++q) {
        homes.push_back(static_cast<std::uint32_t>(random.below(nodes)));
    }
    return homes;
}

TEST(Diversity, names_of_qpus_do_not_matter) {
    EXPECT_NEAR(disagreement(Homes{0, 0, 1, 1, 2}, Homes{5, 5, 0, 0, 3}), 0, 1e-12);
    EXPECT_EQ(disagreement(Homes{}, Homes{}), 0);
    EXPECT_EQ(disagreement(Homes{0, 0}, Homes{1, 1}), 0);
}

TEST(Diversity, rows_against_columns_share_nothing) {
    EXPECT_NEAR(disagreement(Homes{0, 0, 1, 1}, Homes{0, 1, 0, 1}), 1, 1e-12);
}

TEST(Diversity, one_of_four_qubits_moved_is_the_hand_worked_value) {
    // Groups {01}{23} and {012}{3}: entropies 1 and 0.8113 bits, joint 1.5, shared 0.3113.
    EXPECT_NEAR(disagreement(Homes{0, 0, 1, 1}, Homes{0, 0, 0, 1}), 1 - 0.311278 / 1.5, 1e-5);
}

TEST(Diversity, disagreement_is_a_metric) {
    Random random(3);
    for (int round = 0; round < 200; ++round) {
        const Homes a = random_homes(9, 3, random), b = random_homes(9, 3, random),
                    c = random_homes(9, 4, random);
        EXPECT_NEAR(disagreement(a, b), disagreement(b, a), 1e-12);
        EXPECT_LE(disagreement(a, c), disagreement(a, b) + disagreement(b, c) + 1e-12);
    }
}

TEST(Diversity, renaming_undoes_a_permutation_of_equal_qpus_only) {
    const Homes capacity{3, 3, 3, 5};
    const Homes a{0, 0, 1, 1, 2, 3, 3};
    EXPECT_EQ(renamed_like(a, Homes{2, 2, 0, 0, 1, 3, 3}, capacity), a);
    const Homes kept = renamed_like(a, Homes{3, 3, 0, 0, 1, 2, 2}, capacity);
    EXPECT_EQ(kept[0], 3u);  // no QPU of equal room to rename it to
}

TEST(Fit, overfull_nodes_lose_the_qubits_that_hold_least) {
    WeightedGraph graph;  // 0-1 strong, 2 hangs on 3 weakly
    graph.edges = {{1, 9}, {0, 9}, {3, 1}, {2, 1}};
    graph.first = {0, 1, 2, 3, 4};
    graph.size.assign(4, 1);
    graph.bias.assign(4, 0);
    const Homes capacity{2, 2};
    EXPECT_EQ(fit(graph, {0, 0, 0, 1}, capacity), (Homes{0, 0, 1, 1}));
    EXPECT_EQ(fit(graph, {0, 1, 0, 1}, capacity), (Homes{0, 1, 0, 1}));
}

TEST(Parallel, each_task_runs_once_and_the_first_failure_is_thrown) {
    for (int threads : {1, 3, 50}) {
        std::vector<int> runs(20);
        run_parallel(runs.size(), threads, [&](std::size_t i) { ++runs[i]; });
        EXPECT_EQ(runs, std::vector<int>(20, 1));
        try {
            run_parallel(9, threads, [](std::size_t i) {
                if (i == 4 || i == 7) throw std::runtime_error(std::to_string(i));
            });
            FAIL();
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "4");
        }
    }
}

}  // namespace
}  // namespace carillon
