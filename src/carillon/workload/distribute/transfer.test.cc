// SPDX-License-Identifier: Apache-2.0
// Links that carry qubits: programs are right, proved, and cost what the placement says.
#include <gtest/gtest.h>

#include "carillon/base/error.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/random_placement_for_test.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/random_circuit_for_test.h"
#include "carillon/workload/validate/sabotage_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using test_placements::RandomPlacement;
using validation::dense_check;
using validation::DenseResult;
using validation::RandomCircuit;

Circuit two_qubit_gates(std::uint32_t qubits, int gates, std::uint64_t seed) {
    Random random(seed);
    Circuit c;
    c.add_qubits("q", qubits);
    while (gates-- > 0) {
        const std::uint64_t a = random.below(qubits), b = random.below(qubits);
        if (a == b)
            c.gate(random.below(2) ? GateKind::kH : GateKind::kT, 0, {QubitId{a}});
        else
            c.gate(random.below(2) ? GateKind::kX : GateKind::kZ, 1, {QubitId{a}, QubitId{b}});
    }
    return c;
}

/// Every link gets prices and carriers by lot.
Network priced(const char* shape, std::uint64_t seed) {
    Network network = generate_network(shape);
    Random random(seed + 77);
    for (Link& link : network.links) {
        link.carries = static_cast<LinkCarries>(random.below(3));
        if (link.makes_pairs()) link.pair_cost = 1 + static_cast<double>(random.below(5));
        if (link.carries_qubits()) link.transfer_cost = 0.5 + static_cast<double>(random.below(5));
    }
    return network;
}

/// Sum of what every pair and transfer costs on its link; each must be the cheapest way across.
double price_of(const DistributedProgram& program, const Network& network) {
    const Topology topology(network);
    double sum = 0;
    for (const BellPair& p : program.pairs) {
        EXPECT_EQ(topology.crossing(p.a, p.b)->carrier, Carrier::kPair);
        EXPECT_EQ(topology.crossing(p.a, p.b)->link, p.link);
        sum += network.link(p.link).pair_cost;
    }
    for (const QubitTransfer& t : program.transfers) {
        EXPECT_EQ(topology.crossing(t.from, t.to)->carrier, Carrier::kTransfer);
        EXPECT_EQ(topology.crossing(t.from, t.to)->link, t.link);
        sum += network.link(t.link).transfer_cost;
    }
    return sum;
}

std::size_t copies_carried(const DistributedProgram& program) {
    return static_cast<std::size_t>(
        std::ranges::count(program.transfers, TransferPurpose::kCopy, &QubitTransfer::purpose));
}

TEST(CarriedQubits, programs_cost_what_the_placement_says_and_are_proved) {
    std::size_t pairs = 0, copies = 0, homes = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Circuit c = two_qubit_gates(9, 50, seed);
        const LoweredCircuit lowered = lower(c);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:5,qubits=2,comm=20", "line:5,qubits=2,comm=20",
                                  "ring:5,qubits=2,comm=20", "grid:2x3,qubits=2,comm=20"};
        const Network network = priced(networks[seed % 4], seed);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        if (seed % 3) random.with_moves(4);
        random.with_sites(0.2).with_kept(0.8);
        const DistributedProgram program = distribute(lowered, random.placement(), network).program;
        const double steps =
            static_cast<double>(placement_cost(interactions, network, random.placement()).pairs);
        EXPECT_NEAR(price_of(program, network), steps * LinkPrices(network).step(), 1e-9)
            << "seed " << seed;
        pairs += program.pairs.size();
        copies += copies_carried(program);
        homes += program.transfers.size() - copies_carried(program);
        const Verdict verdict = validate(c, program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
    EXPECT_GT(pairs, 1000u);
    EXPECT_GT(copies, 1000u);
    EXPECT_GT(homes, 50u);
}

TEST(CarriedQubits, programs_with_few_communication_qubits_are_proved) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        RandomCircuit c(7, seed);
        c.add_gates(30, 1);
        const LoweredCircuit lowered = lower(c.circuit);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:4,qubits=2,comm=3", "line:4,qubits=2,comm=3"};
        const Network network = priced(networks[seed % 2], seed);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_moves(2).with_sites(0);
        const DistributedProgram program = distribute(lowered, random.placement(), network).program;
        const Verdict verdict = validate(c.circuit, program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
}

TEST(CarriedQubits, dynamic_programs_agree_with_state_vectors) {
    std::size_t transfers = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        RandomCircuit c(4, seed);
        c.add_dynamic(12, 2);
        LoweredCircuit lowered;
        try {
            lowered = lower(c.circuit);
        } catch (const InputError&) {  // a gate with a run-time angle that cannot be distributed
            continue;
        }
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network =
            priced(seed % 2 ? "full:2,qubits=2,comm=3" : "line:3,qubits=2,comm=2", seed);
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_sites(0.1);
        const DistributedProgram program = distribute(lowered, random.placement(), network).program;
        transfers += program.transfers.size();
        const Verdict verdict = validate(c.circuit, program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
        const DenseResult dense = dense_check(c.circuit, program, seed, 1);
        EXPECT_NE(dense.kind, DenseResult::kDiffers) << "seed " << seed << ": " << dense.why;
    }
    EXPECT_GT(transfers, 100u);
}

/// Qubit 0 works at home, moves for good, and works there.
Placement one_way_trip(const LoweredCircuit& lowered, const Interactions& interactions) {
    Placement placement;
    placement.home = {QpuId{0}, QpuId{0}, QpuId{1}};
    placement.site.resize(interactions.num_operations);
    placement.site[interactions.gates[0].operation] = QpuId{0};
    placement.site[interactions.gates[1].operation] = QpuId{1};
    const auto last = static_cast<std::uint32_t>(lowered.circuit.body().size()) - 1;
    placement.moves = {{last, QubitId{0}, QpuId{1}}};
    return placement;
}

TEST(CarriedQubits, a_qubit_that_leaves_nothing_behind_is_carried_into_a_data_qubit) {
    Circuit c;
    c.add_qubits("q", 3);
    c.gate(GateKind::kZ, 1, {QubitId{0}, QubitId{1}});
    c.gate(GateKind::kH, 0, {QubitId{0}});
    c.gate(GateKind::kZ, 1, {QubitId{0}, QubitId{2}});
    const LoweredCircuit lowered = lower(c);
    const Interactions interactions = find_interactions(lowered.circuit);
    Network network = generate_network("full:2,qubits=2,comm=1,carries=both,transfer_cost=0.5");
    const Placement placement = one_way_trip(lowered, interactions);
    const DistributedProgram carried = distribute(lowered, placement, network).program;
    EXPECT_TRUE(carried.pairs.empty());
    ASSERT_EQ(carried.transfers.size(), 1u);
    EXPECT_EQ(carried.transfers[0].purpose, TransferPurpose::kMove);
    EXPECT_EQ(carried.final_layout[0], (Location{QpuId{1}, 1}));
    const ProgramSummary counts = summarize(carried);
    EXPECT_EQ(counts.measurements, 0u);
    EXPECT_EQ(counts.classical_bits, 0u);
    EXPECT_TRUE(validate(c, carried).equal);

    network.links[0].transfer_cost = 2;  // now a pair is cheaper: teledata
    const DistributedProgram teleported = distribute(lowered, placement, network).program;
    EXPECT_TRUE(teleported.transfers.empty());
    ASSERT_EQ(teleported.pairs.size(), 1u);
    EXPECT_EQ(teleported.pairs[0].purpose, PairPurpose::kTeledata);
    EXPECT_EQ(summarize(teleported).classical_bits, 2u);
    EXPECT_TRUE(validate(c, teleported).equal);
}

TEST(CarriedQubits, a_wide_gate_is_folded_over_links_that_make_no_pairs) {
    Circuit c;
    c.add_qubits("q", 4);
    for (std::size_t q = 0; q < 4; ++q) c.gate(GateKind::kH, 0, {QubitId{q}});
    c.gate(GateKind::kX, 3, {QubitId{0}, QubitId{1}, QubitId{2}, QubitId{3}});
    const LoweredCircuit lowered = lower(c);
    const Interactions interactions = find_interactions(lowered.circuit);
    const Network network = generate_network("line:4,qubits=1,comm=2,link=direct");
    Placement placement;
    for (std::size_t q = 0; q < 4; ++q) placement.home.push_back(QpuId{q});
    placement.site.resize(interactions.num_operations);
    for (const Interaction& g : interactions.gates) placement.site[g.operation] = QpuId{3};
    const DistributedProgram program = distribute(lowered, placement, network).program;
    EXPECT_TRUE(program.pairs.empty());
    EXPECT_EQ(program.transfers.size(), 3u);
    const Verdict verdict = validate(c, program);
    EXPECT_TRUE(verdict.equal) << verdict.reason;
    EXPECT_EQ(dense_check(c, program, 1, 4).kind, DenseResult::kAgrees);
}

TEST(CarriedQubits, faults_in_what_is_carried_are_found) {
    int effective = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        RandomCircuit c(3, seed);
        c.add_gates(8, 1);
        const LoweredCircuit lowered = lower(c.circuit);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network = generate_network("full:2,qubits=2,comm=3,link=direct");
        RandomPlacement random(lowered.circuit, interactions, network, seed);
        random.with_moves(2).with_sites(0);
        const DistributedProgram program = distribute(lowered, random.placement(), network).program;
        Random choice(seed);
        for (const validation::Sabotage& fault : validation::all_sabotages()) {
            if (std::string(fault.name).find("transfer") == std::string::npos) continue;
            DistributedProgram broken = program;
            if (!fault.apply(broken, choice)) continue;
            if (dense_check(c.circuit, broken, seed, 4).kind != DenseResult::kDiffers) continue;
            ++effective;
            EXPECT_FALSE(validate(c.circuit, broken).equal) << fault.name << ", seed " << seed;
        }
    }
    EXPECT_GT(effective, 60);
}

}  // namespace
}  // namespace carillon
