// SPDX-License-Identifier: Apache-2.0
// Copies kept through segments: programs are right, proved, and cost what the placement says.
#include <gtest/gtest.h>

#include <numbers>

#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/random_placement_for_test.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/steiner.h"
#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/sabotage_kinds_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using test_placements::RandomPlacement;
using validation::dense_check;
using validation::DenseResult;

/// Much H, CX and CZ; one-qubit gates whose phases do and do not leave segments embeddable.
Circuit random_circuit(std::uint32_t qubits, int gates, std::uint64_t seed) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", qubits);
    const auto pick = [&] { return QubitId{random.below(qubits)}; };
    for (int i = 0; i < gates; ++i) {
        const QubitId a = pick(), b = pick();
        const auto kind = random.below(20);
        if (kind < 3)
            c.gate(GateKind::kH, 0, {a});
        else if (kind == 3)
            c.gate(GateKind::kX, 0, {a});
        else if (kind == 4)
            c.gate(GateKind::kZ, 0, {a});
        else if (kind == 5)
            c.gate(GateKind::kSx, 0, {a});
        else if (kind == 6)
            c.gate(GateKind::kS, 0, {a});
        else if (a == b)
            continue;
        else if (kind < 14)
            c.gate(GateKind::kX, 1, {a, b});
        else if (kind < 18)
            c.gate(GateKind::kZ, 1, {a, b});
        else
            c.gate(GateKind::kP, 1, {a, b}, {Param(0.6)});
    }
    return c;
}

/// The chain cost, written down as it is said: every segment pays the smallest tree that joins its
/// sites to what is held when it begins. For qubits that do not move and complete networks.
std::size_t naive_cost(const Interactions& interactions, const Placement& placement) {
    std::size_t pairs = 0;
    for (std::size_t q = 0; q < interactions.of_qubit.size(); ++q) {
        std::set<QpuId> held = {placement.home[q]};
        for (const std::uint32_t s : interactions.of_qubit[q]) {
            std::set<QpuId> sites, kept;
            for (const KeptCopy& k : placement.kept)
                if (k.segment == s) kept.insert(k.qpu);
            for (const std::uint32_t g : interactions.segments[s].gates) {
                sites.insert(placement.site[interactions.gates[g].operation]);
                for (const std::uint32_t other : interactions.gates[g].segments)
                    for (const KeptCopy& k : placement.kept)
                        if (k.segment == other && other != s) sites.insert(k.qpu);
            }
            for (const QpuId site : sites) pairs += !held.contains(site);
            held = {placement.home[q]};
            held.insert(kept.begin(), kept.end());
        }
    }
    return pairs;
}

TEST(EmbeddedPrograms, cost_what_the_chain_says_and_are_proved_on_complete_networks) {
    std::size_t kept = 0, saved = 0;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        const Circuit source = random_circuit(8, 60, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network = generate_network("full:4,qubits=2,comm=20");
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0.2).with_kept(0.8);
        const Placement placement = random.placement();
        kept += placement.kept.size();
        const DistributeResult result = distribute(lowered, placement, network);
        check_placement(interactions, network, placement);
        const std::size_t cost = naive_cost(interactions, placement);
        EXPECT_EQ(placement_cost(interactions, network, placement).pairs, cost);
        EXPECT_EQ(result.program.pairs.size(), cost) << "seed " << seed;
        EXPECT_EQ(result.reopened_copies, 0u);
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
        Placement plain = placement;
        plain.kept.clear();
        saved += naive_cost(interactions, plain) > cost;
    }
    EXPECT_GT(kept, 100u);
    EXPECT_GT(saved, 10u);
}

TEST(EmbeddedPrograms, cost_what_the_placement_says_on_sparse_networks_and_with_moves) {
    std::size_t kept = 0, moves = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Circuit source = random_circuit(10, 70, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"line:5,qubits=2,comm=20", "ring:5,qubits=2,comm=20",
                                  "grid:2x3,qubits=2,comm=20", "star:6,qubits=2,comm=20"};
        const Network network = generate_network(networks[seed % 4]);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        if (seed % 3) random.with_moves(3);
        random.with_sites(0.2).with_kept(0.8);
        const Placement placement = random.placement();
        check_placement(interactions, network, placement);
        kept += placement.kept.size();
        moves += placement.moves.size();
        const DistributeResult result = distribute(lowered, placement, network);
        EXPECT_EQ(result.program.pairs.size(),
                  placement_cost(interactions, network, placement).pairs)
            << "seed " << seed;
        EXPECT_EQ(result.reopened_copies, 0u);
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
    EXPECT_GT(kept, 200u);
    EXPECT_GT(moves, 200u);
}

TEST(EmbeddedPrograms, are_proved_with_few_communication_qubits) {
    std::size_t kept = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Circuit source = random_circuit(8, 60, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:4,qubits=2,comm=1", "line:4,qubits=2,comm=2",
                                  "ring:4,qubits=2,comm=3", "grid:2x2,qubits=2,comm=2"};
        const Network network = generate_network(networks[seed % 4]);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0.2).with_kept(0.8);
        kept += random.placement().kept.size();
        const DistributeResult result = distribute(lowered, random.placement(), network);
        const Verdict verdict = validate(source, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
    EXPECT_GT(kept, 100u);
}

TEST(EmbeddedPrograms, agree_with_state_vectors) {
    std::size_t kept = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Circuit source = random_circuit(4, 25, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network =
            generate_network(seed % 2 ? "full:2,qubits=2,comm=3" : "line:3,qubits=2,comm=2");
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0.1).with_kept(0.9);
        kept += random.placement().kept.size();
        const DistributeResult result = distribute(lowered, random.placement(), network);
        const Verdict verdict = validate(source, result.program);
        const DenseResult dense = dense_check(source, result.program, seed, 1);
        EXPECT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
        EXPECT_EQ(dense.kind, DenseResult::kAgrees) << "seed " << seed << ": " << dense.why;
    }
    EXPECT_GT(kept, 50u);
}

/// A fault in what changes the kept copies is found.
TEST(EmbeddedPrograms, faults_in_kept_copies_are_found) {
    using namespace validation::sabotage;
    int effective = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Circuit source = random_circuit(4, 25, seed);
        const LoweredCircuit lowered = lower(source);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network = generate_network("full:2,qubits=2,comm=3");
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0).with_kept(1);
        if (random.placement().kept.empty()) continue;
        const DistributedProgram program = distribute(lowered, random.placement(), network).program;
        Random choice(seed);
        for (auto* fault :
             {drop_cx_on_a_copy, another_control_on_a_copy, copy_not_changed, drop_x_on_a_copy}) {
            DistributedProgram broken = program;
            if (!fault(broken, choice)) continue;
            if (dense_check(source, broken, seed, 4).kind != DenseResult::kDiffers) continue;
            ++effective;
            EXPECT_FALSE(validate(source, broken).equal) << "seed " << seed;
        }
    }
    EXPECT_GT(effective, 20);
}

}  // namespace
}  // namespace carillon
