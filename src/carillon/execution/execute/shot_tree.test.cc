// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/shot_tree.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "carillon/base/random.h"

namespace carillon {
namespace {

using enum GateKind;

/// Random gates with measurements, resets, conditions and a loop that ends by chance in between.
Circuit random_dynamic_circuit(std::uint64_t seed) {
    Random random(seed);
    constexpr std::uint32_t kQubits = 4;
    Circuit c;
    const QubitId first = c.add_qubits("q", kQubits);
    const BitId bit = c.add_bits("c", kQubits);
    const auto qubit = [&] {
        return QubitId{first.value + static_cast<std::uint32_t>(random.below(kQubits))};
    };
    const auto gates = [&](BlockId where) {
        for (std::uint64_t k = 1 + random.below(4); k-- > 0;) {
            const QubitId a = qubit(), b = qubit();
            c.gate(kRy, 0, {a}, {6 * random.uniform()}, where);
            if (a != b) c.gate(kX, 1, {a, b}, {}, where);
        }
    };
    for (int part = 0; part < 4; ++part) {
        gates(BlockId{0});
        const QubitId q = qubit();
        const BitId to{bit.value + q.value};
        c.measure(q, to);
        const BlockId then = c.add_block(), otherwise = c.add_block(), again = c.add_block();
        gates(then);
        c.measure(qubit(), BitId{bit.value}, then);
        c.reset(q, otherwise);
        c.if_else(c.bits_expr(to, 1), then, otherwise);
        gates(again);
        c.gate(kH, 0, {q}, {}, again);
        c.measure(q, to, again);
        c.while_loop(c.bits_expr(to, 1), again);
    }
    for (std::uint32_t k = 0; k < kQubits; ++k)
        c.measure(QubitId{first.value + k}, BitId{bit.value + k});
    return c;
}

using Ends = std::map<std::uint64_t, std::vector<bool>>;  ///< bits by shot

std::vector<bool> bits_of(const CircuitRunner<double>& runner) {
    return {runner.classical().bits.begin(), runner.classical().bits.end()};
}

TEST(ShotTree, every_shot_ends_as_it_does_alone_however_few_states_are_held) {
    constexpr std::uint64_t kShots = 60;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Circuit circuit = random_dynamic_circuit(seed);
        const SimulateOptions options{.seed = seed};
        const CircuitRunner<double> start(circuit, options, 1);
        Ends alone;
        for (std::uint64_t shot = 0; shot < kShots; ++shot) {
            CircuitRunner<double> runner = start;
            runner.start_shot(shot);
            runner.run_rest();
            alone[shot] = bits_of(runner);
        }
        std::set<std::vector<bool>> different;
        for (const auto& [shot, bits] : alone) different.insert(bits);
        EXPECT_GT(different.size(), 1);
        for (const std::size_t limit : {1, 2, 50}) {
            Ends together;
            std::vector<std::uint64_t> shots(kShots);
            std::iota(shots.begin(), shots.end(), 0);
            std::size_t ends = 0;
            ShotTree<double>(start, limit).run(shots, [&](const auto& runner, const auto& same) {
                ++ends;
                for (const std::uint64_t shot : same) together[shot] = bits_of(runner);
            });
            EXPECT_EQ(together, alone) << seed << " with " << limit;
            EXPECT_LT(ends, kShots);  // some do run together
        }
    }
}

}  // namespace
}  // namespace carillon
