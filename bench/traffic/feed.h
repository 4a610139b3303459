// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <numeric>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/passes/collector.h"

namespace carillon::bench {

/// A Collector with the names of StateVector.
struct CollectorSink {
    engine::passes::Collector& to;
    using Conditions = std::span<const engine::Condition>;

    void scale(Complex factor, Conditions where) { to.scale(factor, where); }
    void shift(std::uint64_t by, Conditions where) { to.shift(by, where); }
    void apply_one(const engine::Matrix2& m, int axis, Conditions where) {
        const std::uint64_t bit = std::uint64_t{1} << axis;
        to.pair(bit, bit, false, m, where);
    }
};

/// Gives a circuit of the study, gate by gate, to a state or a CollectorSink; qubit q is axis q
/// until swaps exchange numbers.
template <class Sink>
void feed(Sink&& sink, const Circuit& circuit) {
    using engine::Condition;
    std::vector<int> axes(circuit.num_qubits);
    std::iota(axes.begin(), axes.end(), 0);
    const auto phase = [&](Complex factor, std::vector<Condition> where, int axis) {
        where.push_back({std::uint64_t{1} << axis, true});
        sink.scale(factor, where);
    };
    for (const Operation& op : circuit.body()) {
        std::vector<Condition> where;
        std::vector<int> at;
        for (const QubitId q : circuit.qubits(op)) {
            const int axis = axes[static_cast<std::size_t>(q)];
            if (where.size() < op.controls)
                where.push_back({std::uint64_t{1} << axis, true});
            else
                at.push_back(axis);
        }
        std::vector<double> angles;
        for (const Param& p : circuit.parameters(op)) angles.push_back(p.value);
        if (op.gate == GateKind::kIswap) {
            for (const int axis : at) phase({0, 1}, {}, axis);
            phase(-1, {{std::uint64_t{1} << at[0], true}}, at[1]);
        }
        if (op.gate == GateKind::kSwap || op.gate == GateKind::kIswap) {
            const auto qubits = circuit.qubits(op);
            std::swap(axes[static_cast<std::size_t>(qubits[0])],
                      axes[static_cast<std::size_t>(qubits[1])]);
        } else if (op.gate == GateKind::kX) {
            sink.shift(std::uint64_t{1} << at[0], where);
        } else if (op.gate == GateKind::kRzz) {
            const Condition odd{std::uint64_t{1} << at[0] | std::uint64_t{1} << at[1], true};
            sink.scale(std::polar(1.0, -angles[0] / 2), where);
            sink.scale(std::polar(1.0, angles[0]), std::vector{odd});
        } else {
            const Matrix m = gate_matrix(op.gate, angles);
            if (gate_info(op.gate).diagonal)
                phase(m.data[3], where, at[0]);
            else
                sink.apply_one({m.data[0], m.data[1], m.data[2], m.data[3]}, at[0], where);
        }
    }
}

}  // namespace carillon::bench
