// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon::validation {

/// Random circuits over the whole gate table.
class RandomCircuit {
  public:
    Circuit circuit;

    RandomCircuit(std::uint32_t qubits, std::uint64_t seed) : random_(seed) {
        circuit.add_qubits("q", qubits);
    }

    /// Gates only; with up to `most_controls` controls as far as there are qubits.
    void add_gates(int count, int most_controls, BlockId where = BlockId{0}) {
        while (count-- > 0) add_gate(most_controls, where);
    }

    void add_gate(int most_controls, BlockId where = BlockId{0}) {
        using enum GateKind;
        static constexpr GateKind kFavourites[] = {kX, kX, kZ, kH, kH, kT, kRz, kX};
        GateKind kind = kFavourites[random_.below(8)];
        if (random_.below(2) == 0) kind = static_cast<GateKind>(random_.below(25));
        const int targets = gate_info(kind).targets;
        const int room = static_cast<int>(circuit.num_qubits) - targets;
        if (room < 0) return add_gate(most_controls, where);
        int controls = static_cast<int>(
            random_.below(static_cast<std::uint64_t>(std::min(room, most_controls) + 1)));
        if (kind == kGphase && controls == 0) controls = 1;
        if (kind == kGphase && most_controls == 0) return add_gate(most_controls, where);
        std::vector<Param> params;
        for (int p = 0; p < gate_info(kind).params; ++p) params.push_back(angle());
        circuit.gate(kind, controls, some_qubits(static_cast<std::size_t>(controls + targets)),
                     params, where);
    }

    /// Measurements, resets, assignments, if, while and run-time angles between gates. Uses the
    /// bits c[0..3] and one variable.
    void add_dynamic(int count, int depth, BlockId where = BlockId{0}) {
        if (circuit.num_bits == 0) {
            circuit.add_bits("c", 4);
            circuit.add_variable("v", Value::unsigned_integer(1, 8), true);
        }
        while (count-- > 0) switch (random_.below(depth > 0 ? 12 : 8)) {
                case 0:
                    circuit.measure(some_qubits(1)[0], bit(), where);
                    break;
                case 1:
                    if (random_.below(2) == 0) circuit.reset(some_qubits(1)[0], where);
                    break;
                case 2:
                    circuit.assign_variable(
                        VariableId{0},
                        circuit.binary(ExprOp::kAdd, circuit.variable_expr(VariableId{0}),
                                       circuit.bits_expr(BitId{0}, 3)),
                        where);
                    break;
                case 3:
                    if (random_.below(2) == 0)
                        circuit.assign_bits(BitId{1}, 2, circuit.variable_expr(VariableId{0}),
                                            where);
                    break;
                case 4:
                    run_time_gate(where);
                    break;
                case 8:
                case 9:
                    branch(depth, where);
                    break;
                case 10:
                    loop(depth, where);
                    break;
                default:
                    add_gate(1, where);
            }
    }

    double angle() {
        return random_.below(3) == 0 ? 0.7853981633974483 * static_cast<double>(random_.below(8))
                                     : random_.uniform() * 6;
    }
    std::vector<QubitId> some_qubits(std::size_t count) {
        std::vector<QubitId> all;
        for (std::uint32_t i = 0; i < circuit.num_qubits; ++i) all.push_back(QubitId{i});
        for (std::size_t i = 0; i < count; ++i)
            std::swap(all[i], all[i + random_.below(all.size() - i)]);
        all.resize(count);
        return all;
    }

  private:
    BitId bit() { return BitId{random_.below(4)}; }

    void run_time_gate(BlockId where) {
        using enum GateKind;
        static constexpr GateKind kKinds[] = {kRx, kRy, kRz, kP, kU, kU3, kRxx, kRyy, kRzz, kRzx};
        const GateKind kind = kKinds[random_.below(10)];
        const int targets = gate_info(kind).targets;
        const bool controlled =
            static_cast<int>(circuit.num_qubits) > targets && random_.below(2) == 0;
        std::vector<Param> params;
        for (int p = 0; p < gate_info(kind).params; ++p)
            params.push_back(
                random_.below(2) == 0
                    ? Param(angle())
                    : Param(circuit.binary(ExprOp::kMul,
                                           circuit.cast_expr(circuit.variable_expr(VariableId{0}),
                                                             ScalarType::kFloat, 64),
                                           circuit.constant(Value::floating(0.37)))));
        circuit.gate(kind, controlled, some_qubits(static_cast<std::size_t>(targets + controlled)),
                     params, where);
    }
    void branch(int depth, BlockId where) {
        const ExprId condition = circuit.bits_expr(bit(), 1);
        const BlockId then = circuit.add_block();
        add_dynamic(3, depth - 1, then);
        BlockId otherwise;
        if (random_.below(2) == 0) {
            otherwise = circuit.add_block();
            add_dynamic(3, depth - 1, otherwise);
        }
        circuit.if_else(condition, then, otherwise, where);
    }
    /// while (c[k]) { ...; h q; c[k] = measure q; }
    void loop(int depth, BlockId where) {
        const BitId b = bit();
        const BlockId body = circuit.add_block();
        add_dynamic(2, depth - 1, body);
        const QubitId q = some_qubits(1)[0];
        circuit.gate(GateKind::kH, 0, {q}, {}, body);
        circuit.measure(q, b, body);
        circuit.while_loop(circuit.bits_expr(b, 1), body, where);
    }

    Random random_;
};

}  // namespace carillon::validation
