// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/router.h"

#include <gtest/gtest.h>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/localize.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/transpile/lower.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using enum GateKind;

/// One QPU without communication qubits.
Network alone(std::uint32_t qubits, CouplingShape shape) {
    Node node;
    node.name = "a";
    node.data_qubits = qubits;
    node.coupling = coupling_edges(shape, qubits);
    Network network;
    network.nodes.push_back(node);
    return network;
}

/// A source circuit and its program on one QPU whose qubits stand in a line.
struct OnOneQpu {
    Circuit source;
    Network network;
    DistributedProgram program;

    explicit OnOneQpu(std::uint32_t qubits) : network(alone(qubits, CouplingShape::kLine)) {
        source.add_qubits("q", qubits);
    }
    LocalizeResult compile() {
        const LoweredCircuit lowered = lower(source, {true});
        const Interactions interactions = find_interactions(lowered.circuit);
        Placement placement;
        placement.home.assign(source.num_qubits, QpuId{0});
        placement.site.resize(interactions.num_operations);
        for (const Interaction& g : interactions.gates) placement.site[g.operation] = QpuId{0};
        program = distribute(lowered, placement, network).program;
        return localize(program, network);
    }
    /// Two-qubit gates stand on coupled qubits, and the program is right.
    void expect_fits() {
        for (const Instruction& i : program.qpus[0].blocks[0]) {
            const auto at = program.qpus[0].qubits(i);
            if (i.kind != InstructionKind::kGate || at.size() < 2) continue;
            bool coupled = false;
            for (const auto& [a, b] : network.nodes[0].coupling)
                coupled |= (a == at[0] && b == at[1]) || (a == at[1] && b == at[0]);
            EXPECT_TRUE(coupled);
        }
        const Verdict verdict = validate(source, program);
        EXPECT_TRUE(verdict.equal) << verdict.reason;
    }
};

TEST(Router, a_chain_in_any_order_is_laid_out_without_swaps) {
    OnOneQpu on(6);
    const std::vector<std::uint32_t> order = {3, 0, 5, 1, 4, 2};
    for (std::size_t k = 0; k + 1 < order.size(); ++k) {
        on.source.gate(kH, 0, {QubitId{order[k]}});
        on.source.gate(kX, 1, {QubitId{order[k]}, QubitId{order[k + 1]}});
    }
    EXPECT_EQ(on.compile().swaps, 0u);
    on.expect_fits();
}

TEST(Router, star_of_commuting_gates_on_a_line_is_visited_in_the_best_order) {
    // The centre meets 6 others; on a line it has two neighbours, so at least 4 swaps, each of
    // which brings one more.
    OnOneQpu on(7);
    for (std::uint32_t q = 1; q < 7; ++q) on.source.gate(kX, 1, {QubitId{0}, QubitId{q}});
    EXPECT_EQ(on.compile().swaps, 4u);
    on.expect_fits();
}

TEST(Router, every_pair_once_on_a_line_takes_few_swaps) {
    // n (n - 1) / 2 phases: an odd-even network of swaps meets every pair with one swap each; the
    // first round needs none.
    OnOneQpu on(8);
    for (std::uint32_t a = 0; a < 8; ++a)
        for (std::uint32_t b = a + 1; b < 8; ++b)
            on.source.gate(kP, 1, {QubitId{a}, QubitId{b}}, {Param{0.1 + a + 0.01 * b}});
    EXPECT_LE(on.compile().swaps, 28u);
    on.expect_fits();
}

TEST(Router, swaps_of_the_program_cost_nothing) {
    DistributedProgram program;
    ProgramBuilder builder("swaps");
    const QpuId qpu = builder.add_qpu("a", 4, 0);
    for (LocalQubit q = 0; q < 4; ++q) builder.add_qubit(qpu, q);
    builder.gate(qpu, kX, 1, {0, 1});
    builder.gate(qpu, kSwap, 0, {1, 3});
    builder.gate(qpu, kX, 1, {0, 3});
    program = builder.finish();
    const Network network = alone(4, CouplingShape::kLine);
    EXPECT_EQ(localize(program, network).swaps, 0u);
}

TEST(Router, corrections_stay_behind_the_bits_they_wait_for) {
    ProgramBuilder builder("bits");
    const QpuId qpu = builder.add_qpu("a", 3, 0);
    for (LocalQubit q = 0; q < 3; ++q) builder.add_qubit(qpu, q);
    const BitId bit = builder.protocol_bit(qpu);
    builder.gate(qpu, kX, 1, {0, 2});
    builder.measure(qpu, 1, bit);
    builder.gate(qpu, kX, 0, {2}, {}, {bit});
    builder.gate(qpu, kX, 1, {0, 2});
    DistributedProgram program = builder.finish();
    localize(program, alone(3, CouplingShape::kLine));
    bool measured = false;
    for (const Instruction& i : program.qpus[0].blocks[0]) {
        measured |= i.kind == InstructionKind::kMeasure;
        EXPECT_TRUE(measured || i.num_conditions == 0);
    }
}

TEST(Router, pairs_stand_on_communication_qubits_and_programs_stay_right) {
    for (const char* shape : {"line", "ring", "grid"})
        for (const int comm : {1, 2, 3}) {
            Circuit source;
            source.add_qubits("q", 8);
            for (std::uint32_t k = 0; k < 40; ++k) {
                const QubitId a{(k * 5) % 8}, b{(k * 5 + 1 + k % 7) % 8};
                if (k % 4 == 0) source.gate(kH, 0, {a});
                if (a != b) source.gate(kX, 1, {a, b});
            }
            const Network network =
                load_network("full:2,qubits=4,comm=" + std::to_string(comm) + ",coupling=" + shape);
            const LoweredCircuit lowered = lower(source, {true});
            const Interactions interactions = find_interactions(lowered.circuit);
            Placement placement;
            for (std::uint32_t q = 0; q < 8; ++q) placement.home.emplace_back(q / 4);
            placement.site.resize(interactions.num_operations);
            for (const Interaction& g : interactions.gates)
                placement.site[g.operation] = placement.home[static_cast<std::size_t>(
                    lowered.circuit.qubits(lowered.circuit.body()[g.operation])[0])];
            DistributedProgram program = distribute(lowered, placement, network).program;
            localize(program, network);
            for (const QpuProgram& qpu : program.qpus)
                for (const Instruction& i : qpu.blocks[0])
                    EXPECT_TRUE(i.kind != InstructionKind::kPair || qpu.is_comm(qpu.qubits(i)[0]));
            const Verdict verdict = validate(source, program);
            EXPECT_TRUE(verdict.equal) << shape << " " << comm << ": " << verdict.reason;
        }
}

}  // namespace
}  // namespace carillon
