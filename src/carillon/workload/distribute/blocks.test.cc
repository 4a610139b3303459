// SPDX-License-Identifier: Apache-2.0
// Copies live on beside blocks that do not touch their qubit.
#include <gtest/gtest.h>

#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/distribute/random_placement_for_test.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/validate/dense_check_for_test.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

using test_placements::RandomPlacement;

/// H, CX, CZ and P, some of them in `if` and `while` blocks, one in another.
class RandomBlocks {
  public:
    RandomBlocks(std::uint32_t qubits, std::uint64_t seed) : random_(seed) {
        circuit.add_qubits("q", qubits);
        circuit.add_bits("c", 2);
    }
    void add(int count, int depth, BlockId where = BlockId{0}) {
        for (int i = 0; i < count; ++i) {
            const QubitId a = pick(), b = pick();
            const auto kind = random_.below(depth > 0 ? 12 : 10);
            if (kind < 2)
                circuit.gate(GateKind::kH, 0, {a}, {}, where);
            else if (kind == 2)
                circuit.measure(a, BitId{random_.below(2)}, where);
            else if (kind >= 10)
                block(depth, where);
            else if (a != b && kind < 6)
                circuit.gate(GateKind::kX, 1, {a, b}, {}, where);
            else if (a != b)
                circuit.gate(GateKind::kP, 1, {a, b}, {Param(0.4)}, where);
        }
    }
    Circuit circuit;

  private:
    QubitId pick() { return QubitId{random_.below(circuit.num_qubits)}; }
    void block(int depth, BlockId where) {
        const ExprId condition = circuit.bits_expr(BitId{random_.below(2)}, 1);
        const BlockId body = circuit.add_block();
        add(4, depth - 1, body);
        const BlockId otherwise = random_.below(2) ? circuit.add_block() : BlockId{};
        if (random_.below(4) == 0) {
            circuit.gate(GateKind::kH, 0, {QubitId{0}}, {}, body);
            circuit.measure(QubitId{0}, BitId{0}, body);
            circuit.while_loop(circuit.bits_expr(BitId{0}, 1), body, where);
            return;
        }
        if (otherwise.valid()) add(3, depth - 1, otherwise);
        circuit.if_else(condition, body, otherwise, where);
    }
    Random random_;
};

TEST(DistributeBlocks, cost_what_the_placement_says_given_enough_communication_qubits) {
    std::size_t blocks = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RandomBlocks random(10, seed);
        random.add(50, 2);
        const LoweredCircuit lowered = lower(random.circuit);
        blocks += lowered.circuit.blocks.size() - 1;
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:5,qubits=2,comm=20", "line:5,qubits=2,comm=20",
                                  "grid:2x3,qubits=2,comm=20"};
        const Network network = generate_network(networks[seed % 3]);
        RandomPlacement choice(lowered.circuit, interactions, network, seed);
        if (seed % 2) choice.with_moves(2);
        choice.with_sites(0.2).with_kept(0.5);
        const Placement placement = choice.placement();
        check_placement(interactions, network, placement);
        const DistributeResult result = distribute(lowered, placement, network);
        EXPECT_EQ(result.program.pairs.size(),
                  placement_cost(interactions, network, placement).pairs)
            << "seed " << seed;
        const Verdict verdict = validate(random.circuit, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
    EXPECT_GT(blocks, 400u);
}

TEST(DistributeBlocks, are_proved_with_few_communication_qubits) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        RandomBlocks random(8, seed);
        random.add(50, 2);
        const LoweredCircuit lowered = lower(random.circuit);
        const Interactions interactions = find_interactions(lowered.circuit);
        const char* networks[] = {"full:4,qubits=2,comm=1", "full:4,qubits=2,comm=2",
                                  "line:4,qubits=2,comm=2", "ring:4,qubits=2,comm=3"};
        const Network network = generate_network(networks[seed % 4]);
        RandomPlacement choice(lowered.circuit, interactions, network, seed);
        choice.with_sites(0).with_kept(0.5);
        const DistributeResult result = distribute(lowered, choice.placement(), network);
        const Verdict verdict = validate(random.circuit, result.program);
        ASSERT_TRUE(verdict.equal) << "seed " << seed << ": " << verdict.reason;
    }
}

TEST(DistributeBlocks, agree_with_state_vectors) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        RandomBlocks random(4, seed);
        random.add(16, 2);
        const LoweredCircuit lowered = lower(random.circuit);
        const Interactions interactions = find_interactions(lowered.circuit);
        const Network network =
            generate_network(seed % 2 ? "full:2,qubits=2,comm=3" : "line:3,qubits=2,comm=2");
        RandomPlacement choice(lowered.circuit, interactions, network, seed);
        choice.with_sites(0.1).with_kept(0.5);
        const DistributeResult result = distribute(lowered, choice.placement(), network);
        const auto dense = validation::dense_check(random.circuit, result.program, seed, 2);
        ASSERT_NE(dense.kind, validation::DenseResult::kDiffers)
            << "seed " << seed << ": " << dense.why;
    }
}

/// A qubit with a copy beside a block that trades in pairs itself: 1 pair outside, 1 inside.
TEST(DistributeBlocks, a_copy_stays_open_beside_a_block_where_there_is_room) {
    for (const bool room : {true, false}) {
        Circuit c;
        c.add_qubits("q", 4);  // 0, 1 on one QPU, 2, 3 on the other
        const BitId bit = c.add_bits("c", 1);
        c.gate(GateKind::kZ, 1, {QubitId{0}, QubitId{2}});
        c.measure(QubitId{2}, bit);
        const BlockId body = c.add_block();
        c.gate(GateKind::kP, 1, {QubitId{1}, QubitId{3}}, {Param(0.3)}, body);
        c.if_else(c.bits_expr(bit, 1), body);
        c.gate(GateKind::kP, 1, {QubitId{0}, QubitId{3}}, {Param(0.3)});
        const LoweredCircuit lowered = lower(c);
        const Interactions interactions = find_interactions(lowered.circuit);
        Placement placement;
        placement.home = {QpuId{0}, QpuId{0}, QpuId{1}, QpuId{1}};
        placement.site.resize(interactions.num_operations);
        for (const Interaction& g : interactions.gates) placement.site[g.operation] = QpuId{1};
        const Network network =
            generate_network(room ? "full:2,qubits=2,comm=3" : "full:2,qubits=2,comm=1");
        const DistributeResult result = distribute(lowered, placement, network);
        EXPECT_EQ(result.program.pairs.size(), room ? 2u : 3u);
        EXPECT_EQ(result.reopened_copies, room ? 0u : 1u);
        EXPECT_TRUE(validate(c, result.program).equal);
    }
}

}  // namespace
}  // namespace carillon
