// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/placement/interactions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "carillon/base/error.h"

namespace carillon {
namespace {

constexpr std::uint32_t kNoSegment = 0xffffffff;
constexpr double kTiny = 1e-12;      ///< matrix entries below are zero
constexpr double kTinyAngle = 1e-9;  ///< half turns below are none

/// The matrix of a one-qubit gate whose parameters are known.
std::optional<Matrix> known_matrix(const Circuit& circuit, const Operation& gate) {
    if (gate.controls > 0) return std::nullopt;
    if (gate.gate == GateKind::kUnitary) return circuit.matrices[gate.matrix];
    std::vector<double> angles;
    for (const Param& p : circuit.parameters(gate)) {
        if (!p.constant()) return std::nullopt;
        angles.push_back(p.value);
    }
    return gate_matrix(gate.gate, angles);
}

/// Phase of |1> relative to |0> of a diagonal gate.
std::optional<double> diagonal_phase(const Circuit& circuit, const Operation& gate) {
    const std::optional<Matrix> m = known_matrix(circuit, gate);
    if (!m) return std::nullopt;
    return std::arg((*m)(1, 1)) - std::arg((*m)(0, 0));
}

/// Walks the blocks in visit_operations order. `open` holds, by qubit, the segment that the qubit's
/// next gate belongs to in the block being walked; a nested block starts with none open, and closes
/// those of its owner before it runs.
class Finder {
  public:
    explicit Finder(const Circuit& circuit) : circuit_(circuit), open_(circuit.num_qubits) {}

    Interactions run() {
        found_.of_qubit.resize(circuit_.num_qubits);
        middles_.resize(circuit_.num_qubits);
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
        middles_[qubit.value] = {};
        open_[qubit.value] = block == BlockId{0} ? open_segment(qubit, block, at + 1) : kNoSegment;
    }

    /// What is known of a segment of the program's own block that could be embedded.
    struct Middle {
        bool possible = false;  ///< began with a Hadamard-type gate, and nothing spoilt it since
        double phase = 0;       ///< of its diagonal one-qubit gates
    };

    /// A one-qubit gate that ends the segment.
    void turn(const Operation& op, QubitId qubit, BlockId block, std::uint32_t at) {
        const std::optional<HadamardType> h =
            block == BlockId{0} ? hadamard_type(circuit_, op) : std::nullopt;
        Middle& middle = middles_[qubit.value];
        if (h && middle.possible) {
            const double halves = (middle.phase + h->before) / std::numbers::pi;
            Segment& segment = found_.segments[open_[qubit.value]];
            segment.embeddable =
                !segment.gates.empty() && std::abs(halves - std::round(halves)) < kTinyAngle;
            segment.flips = segment.embeddable && std::llround(halves) % 2 != 0;
        }
        cut(qubit, block, at);
        middle = {h.has_value(), h ? h->after : 0};
    }

    void one_qubit_gate(const Operation& op, QubitId qubit, BlockId block, std::uint32_t at) {
        const OneQubitAction action = one_qubit_action(circuit_, op);
        if (action == OneQubitAction::kOther) return turn(op, qubit, block, at);
        Middle& middle = middles_[qubit.value];
        if (!middle.possible || block != BlockId{0}) return;
        const std::optional<double> phase = diagonal_phase(circuit_, op);
        middle.possible = action == OneQubitAction::kDiagonal && phase.has_value();
        if (phase) middle.phase += *phase;
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
            if (qubits.size() == 1) one_qubit_gate(op, qubits[0], where, position);
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
            if (qubits.size() != 2 || !is_z(op)) middles_[q.value].possible = false;
        }
        found_.gates.push_back(std::move(interaction));
    }

    /// Whether a phase gate is a Z gate, be it written as P(pi).
    bool is_z(const Operation& op) const {
        if (op.gate == GateKind::kZ) return true;
        const Param& angle = circuit_.parameters(op)[0];
        if (!angle.constant()) return false;
        const double halves = angle.value / std::numbers::pi;
        return std::abs(halves - std::round(halves)) < kTiny && std::llround(halves) % 2 != 0;
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
    std::vector<Middle> middles_;  ///< by qubit
    std::uint32_t number_ = 0;
};

}  // namespace

OneQubitAction one_qubit_action(const Circuit& circuit, const Operation& gate) {
    if (gate_info(gate.gate).diagonal) return OneQubitAction::kDiagonal;
    const std::optional<Matrix> m = known_matrix(circuit, gate);
    if (!m) return OneQubitAction::kOther;
    const auto zero = [&m](std::size_t row, std::size_t col) {
        return std::abs((*m)(row, col)) < kTiny;
    };
    if (zero(0, 1) && zero(1, 0)) return OneQubitAction::kDiagonal;
    if (zero(0, 0) && zero(1, 1)) return OneQubitAction::kAntidiagonal;
    return OneQubitAction::kOther;
}

std::optional<HadamardType> hadamard_type(const Circuit& circuit, const Operation& gate) {
    const std::optional<Matrix> m = known_matrix(circuit, gate);
    if (!m) return std::nullopt;
    for (std::size_t row : {0, 1}) {
        for (std::size_t col : {0, 1}) {
            if (std::abs(std::norm((*m)(row, col)) - 0.5) > kTinyAngle) return std::nullopt;
        }
    }
    const double reference = std::arg((*m)(0, 0));
    return HadamardType{std::arg((*m)(0, 1)) - reference, std::arg((*m)(1, 0)) - reference};
}

Interactions find_interactions(const Circuit& lowered) {
    return Finder(lowered).run();
}

}  // namespace carillon
