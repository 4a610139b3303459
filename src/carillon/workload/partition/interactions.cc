// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/interactions.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::uint32_t kNoSegment = 0xffffffff;
constexpr double kTiny = 1e-12;  ///< matrix entries below are zero

/// Walks the blocks in visit_operations order. `open` holds, by qubit, the segment that the qubit's
/// next gate belongs to in the block being walked; a nested block starts with none open, and closes
/// those of its owner before it runs.
class Finder {
  public:
    explicit Finder(const Circuit& circuit) : circuit_(circuit), open_(circuit.num_qubits) {}

    Interactions run() {
        found_.of_qubit.resize(circuit_.num_qubits);
        for (std::uint32_t q = 0; q < circuit_.num_qubits; ++q) {
            open_[q] = open_segment(QubitId{q}, BlockId{0}, 0);
        }
        walk(BlockId{0});
        const auto end = static_cast<std::uint32_t>(circuit_.body().size());
        for (std::uint32_t segment : open_) found_.segments[segment].end = end;
        found_.num_operations = number_;
        return std::move(found_);
    }

  private:
    std::uint32_t open_segment(QubitId qubit, BlockId block, std::uint32_t begin) {
        const auto index = static_cast<std::uint32_t>(found_.segments.size());
        found_.segments.push_back({qubit, block, begin, begin, {}});
        if (block == BlockId{0}) found_.of_qubit[qubit.value].push_back(index);
        return index;
    }

    /// The open segment of `qubit` ends before position `at`; a new one begins after it.
    void cut(QubitId qubit, BlockId block, std::uint32_t at) {
        if (open_[qubit.value] != kNoSegment) found_.segments[open_[qubit.value]].end = at;
        open_[qubit.value] = block == BlockId{0} ? open_segment(qubit, block, at + 1) : kNoSegment;
    }

    void walk(BlockId where) {
        const std::size_t size = circuit_.block(where).size();
        for (std::uint32_t i = 0; i < size; ++i) {
            const Operation& op = circuit_.block(where)[i];
            const std::uint32_t number = number_++;
            switch (op.kind) {
                case OpKind::kGate:
                    gate(op, number, where, i);
                    break;
                case OpKind::kMeasure:
                case OpKind::kReset:
                    cut(circuit_.qubits(op)[0], where, i);
                    break;
                case OpKind::kIf:
                case OpKind::kWhile:
                    nested(op, where, i);
                    break;
                case OpKind::kBarrier:
                case OpKind::kDelay:
                case OpKind::kAssign:
                    break;
            }
        }
    }

    void gate(const Operation& op, std::uint32_t number, BlockId where, std::uint32_t position) {
        const auto qubits = circuit_.qubits(op);
        if (qubits.size() < 2) {
            if (qubits.size() == 1 && one_qubit_action(circuit_, op) == OneQubitAction::kOther) {
                cut(qubits[0], where, position);
            }
            return;
        }
        if (op.gate != GateKind::kZ && op.gate != GateKind::kP) {
            throw InternalError("operation " + std::to_string(number) + " is a " +
                                std::to_string(qubits.size()) + "-qubit " +
                                std::string(gate_info(op.gate).name) +
                                "; only controlled z and p gates can be placed (lower the circuit "
                                "first)");
        }
        const auto index = static_cast<std::uint32_t>(found_.gates.size());
        Interaction interaction{number, {}};
        interaction.segments.reserve(qubits.size());
        for (QubitId q : qubits) {
            std::uint32_t& segment = open_[q.value];
            // Segments of nested blocks open at their first gate.
            if (segment == kNoSegment) segment = open_segment(q, where, position);
            interaction.segments.push_back(segment);
            found_.segments[segment].gates.push_back(index);
        }
        found_.gates.push_back(std::move(interaction));
    }

    void nested(const Operation& op, BlockId where, std::uint32_t position) {
        const std::vector<QubitId> touched = touched_qubits(circuit_, op);
        for (QubitId q : touched) cut(q, where, position);
        std::vector<std::uint32_t> outer;
        outer.reserve(touched.size());
        for (QubitId q : touched) outer.push_back(open_[q.value]);
        for (BlockId body : {op.body, op.otherwise}) {
            if (!body.valid()) continue;
            for (QubitId q : touched) open_[q.value] = kNoSegment;
            walk(body);
            const auto end = static_cast<std::uint32_t>(circuit_.block(body).size());
            for (QubitId q : touched) {
                if (open_[q.value] != kNoSegment) found_.segments[open_[q.value]].end = end;
            }
        }
        for (std::size_t i = 0; i < touched.size(); ++i) open_[touched[i].value] = outer[i];
    }

    const Circuit& circuit_;
    Interactions found_;
    std::vector<std::uint32_t> open_;
    std::uint32_t number_ = 0;
};

}  // namespace

OneQubitAction one_qubit_action(const Circuit& circuit, const Operation& gate) {
    const auto params = circuit.parameters(gate);
    const bool known =
        std::all_of(params.begin(), params.end(), [](const Param& p) { return p.constant(); });
    if (gate_info(gate.gate).diagonal) return OneQubitAction::kDiagonal;
    if (!known || gate.controls > 0) return OneQubitAction::kOther;
    Matrix m;
    if (gate.gate == GateKind::kUnitary) {
        m = circuit.matrices[gate.matrix];
    } else {
        std::vector<double> angles;
        for (const Param& p : params) angles.push_back(p.value);
        m = gate_matrix(gate.gate, angles);
    }
    const auto zero = [&m](std::size_t row, std::size_t col) {
        return std::abs(m(row, col)) < kTiny;
    };
    if (zero(0, 1) && zero(1, 0)) return OneQubitAction::kDiagonal;
    if (zero(0, 0) && zero(1, 1)) return OneQubitAction::kAntidiagonal;
    return OneQubitAction::kOther;
}

Interactions find_interactions(const Circuit& lowered) {
    return Finder(lowered).run();
}

}  // namespace carillon
