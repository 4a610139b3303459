// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// Gates of every kind, measurements in the middle, resets, conditions and loops.
inline Circuit random_circuit_for_tests(std::uint64_t seed, bool dynamic) {
    Random random(seed);
    Circuit c;
    c.name = "random " + std::to_string(seed);
    const auto n = static_cast<std::uint32_t>(5 + random.below(5));
    c.add_qubits("q", n);
    const BitId bits = c.add_bits("c", n);
    std::vector<BlockId> open = {BlockId{0}};
    const auto operands = [&](int count) {
        std::vector<QubitId> all;
        for (std::uint32_t q = 0; q < n; ++q) all.emplace_back(q);
        for (std::size_t i = all.size() - 1; i > 0; --i)
            std::swap(all[i], all[random.below(i + 1)]);
        all.resize(static_cast<std::size_t>(count));
        return all;
    };
    const auto gate = [&](BlockId where) {
        static const std::vector<std::pair<GateKind, int>> kCommon = {
            {GateKind::kH, 0},  {GateKind::kT, 0},   {GateKind::kX, 0},    {GateKind::kX, 1},
            {GateKind::kX, 1},  {GateKind::kZ, 1},   {GateKind::kP, 1},    {GateKind::kX, 2},
            {GateKind::kRy, 0}, {GateKind::kRzz, 0}, {GateKind::kSwap, 0}, {GateKind::kRz, 1},
            {GateKind::kY, 0},  {GateKind::kX, 3}};
        auto [kind, controls] = kCommon[random.below(kCommon.size())];
        if (random.below(8) == 0)
            kind = static_cast<GateKind>(random.below(static_cast<int>(GateKind::kUnitary)));
        std::vector<Param> angles;
        for (int i = 0; i < gate_info(kind).params; ++i)
            angles.emplace_back(random.uniform() * 6 - 3);
        c.gate(kind, controls, operands(gate_info(kind).targets + controls), angles, where);
    };
    for (int step = 0; step < 30; ++step) {
        const auto choice = random.below(dynamic ? 12 : 8);
        if (choice < 8) {
            gate(BlockId{0});
        } else if (choice == 8) {
            c.measure(operands(1)[0], BitId{bits.value + random.below(n)});
        } else if (choice == 9) {
            c.reset(operands(1)[0]);
        } else {
            const BlockId then = c.add_block(), otherwise = c.add_block();
            for (int i = 0; i < 3; ++i) gate(then), gate(otherwise);
            c.measure(operands(1)[0], BitId{bits.value + random.below(n)}, then);
            const ExprId condition = c.bits_expr(BitId{bits.value + random.below(n)}, 1);
            if (random.below(3) == 0)
                c.while_loop(condition, then);
            else
                c.if_else(condition, then, random.below(2) ? otherwise : BlockId{});
        }
    }
    for (std::uint32_t q = 0; q < n; ++q) c.measure(QubitId{q}, BitId{bits.value + q});
    return c;
}

}  // namespace carillon
