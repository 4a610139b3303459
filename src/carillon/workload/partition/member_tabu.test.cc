// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "carillon/workload/partition/member.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/placement/instances_for_tests.h"

namespace carillon {
namespace {

using namespace test_instances;
using Homes = std::vector<std::uint32_t>;

/// Weighted distance of all gate partners.
std::int64_t stretch(const PartitionProblem& p, Workspace& work, const Homes& homes) {
    std::int64_t sum = 0;
    for (std::uint32_t q = 0; q < p.qubits.num_vertices(); ++q) {
        for (std::uint64_t e = p.qubits.first[q]; e < p.qubits.first[q + 1]; ++e) {
            const auto& edge = p.qubits.edges[e];
            sum += edge.weight * work.steiner.distance(homes[q], homes[edge.to]);
        }
    }
    return sum / 2;
}

std::int64_t least_stretch(const PartitionProblem& p, Workspace& work) {
    std::int64_t best = 1 << 30;
    Homes homes(p.graph.num_qubits);
    const std::function<void(std::uint32_t)> place = [&](std::uint32_t q) {
        if (q == homes.size()) {
            if (fault_of(p, homes).empty()) best = std::min(best, stretch(p, work, homes));
            return;
        }
        for (homes[q] = 0; homes[q] < p.capacity.size(); ++homes[q]) place(q + 1);
    };
    place(0);
    return best;
}

TEST(Tabu, finds_the_least_stretch_of_small_programs) {
    Random random(17);
    for (int round = 0; round < 12; ++round) {
        const std::vector<std::uint32_t> capacity{2, 1, 3, 2};
        const Network net = round % 2 == 0 ? full(capacity) : random_network(capacity, random);
        const Circuit circuit = random_circuit(7, 60, random);
        const PartitionProblem problem(circuit, net);
        Workspace work(problem, 1);
        const Homes homes = tabu_homes(work);
        EXPECT_EQ(fault_of(problem, homes), "");
        EXPECT_EQ(stretch(problem, work, homes), least_stretch(problem, work));
    }
}

/// Two gates between Hadamards again and again, where copies kept and third QPUs pay.
Circuit tangled() {
    Random random(41);
    Circuit c = empty(12);
    for (int i = 0; i < 240; ++i) {
        const auto a = random.below(12), b = random.below(12);
        if (a == b || random.uniform() < 0.15) {
            h(c, a);
        } else {
            cz(c, a, b);
        }
    }
    return c;
}

TEST(PartitionOptions, without_embedding_no_copy_is_kept_and_more_pairs_are_needed) {
    const Circuit c = tangled();
    const Network net = full({6, 6});
    PartitionOptions options;
    options.allow_moves = false;
    options.effort = Effort::kLow;
    const PartitionResult with = partition(c, net, options);
    options.embedding = false;
    const PartitionResult without = partition(c, net, options);
    EXPECT_GT(with.placement.kept.size(), 0u);
    EXPECT_TRUE(without.placement.kept.empty());
    EXPECT_LT(with.cost.pairs, without.cost.pairs);
}

TEST(PartitionOptions, without_detached_gates_each_is_done_at_home_of_an_operand) {
    const Circuit c = tangled();
    const Network net = full({4, 4, 4});
    PartitionOptions options;
    options.allow_moves = false;
    options.effort = Effort::kLow;
    options.embedding = false;
    const PartitionResult with = partition(c, net, options);
    options.detached = false;
    const PartitionResult without = partition(c, net, options);
    EXPECT_GT(with.cost.detached_gates, 0u);
    EXPECT_EQ(without.cost.detached_gates, 0u);
    EXPECT_LE(with.cost.pairs, without.cost.pairs);
}

}  // namespace
}  // namespace carillon
