// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/stream_graph.h"

#include <algorithm>

#include "carillon/base/error.h"

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

/// How an instruction acts on one of its qubits.
enum class Axis : std::uint8_t { kZ, kX, kOther };

Axis axis_of(const Instruction& i, std::size_t operand) {
    if (i.kind != InstructionKind::kGate) return Axis::kOther;
    if (operand < i.controls) return Axis::kZ;
    const GateInfo& info = gate_info(i.gate);
    if (info.diagonal || (info.diagonal_on >> (operand - i.controls) & 1U) != 0) return Axis::kZ;
    switch (i.gate) {
        case GateKind::kX:
        case GateKind::kSx:
        case GateKind::kSxdg:
        case GateKind::kRx:
        case GateKind::kRxx:
            return Axis::kX;
        default:
            return Axis::kOther;
    }
}

bool is_cx(const Instruction& i) {
    return i.kind == InstructionKind::kGate && i.gate == GateKind::kX && i.controls > 0;
}

class Builder {
  public:
    Builder(const QpuProgram& qpu, const InstructionBlock& block, bool keep_cx_order)
        : qpu_(qpu), block_(block), keep_cx_order_(keep_cx_order), qubits_(qpu.num_qubits()) {}

    StreamGraph build() && {
        for (std::uint32_t k = 0; k < block_.size(); ++k) add(k);
        return std::move(graph_);
    }

  private:
    /// Steps on one qubit that commute with each other there, and what they come after.
    struct Group {
        Axis axis = Axis::kOther;
        std::vector<std::uint32_t> steps;
        std::uint32_t before = kNone;
    };

    std::uint32_t new_step(const StreamStep& step) {
        graph_.steps.push_back(step);
        graph_.after.emplace_back();
        graph_.before.emplace_back();
        return static_cast<std::uint32_t>(graph_.steps.size() - 1);
    }

    void edge(std::uint32_t from, std::uint32_t to) {
        if (from == kNone) return;
        graph_.after[from].push_back(to);
        graph_.before[to].push_back(from);
    }

    void add(std::uint32_t k) {
        const Instruction& i = block_[k];
        const std::uint32_t step = new_step(step_of(i, k));
        if (i.body.valid()) {
            for (LocalQubit q = 0; q < qubits_.size(); ++q) join(qubits_[q], step, Axis::kOther);
        } else {
            const auto operands = qpu_.qubits(i);
            for (std::size_t o = 0; o < operands.size(); ++o)
                join(qubits_[operands[o]], step, axis_of(i, o));
        }
        if (in_chain(i)) {
            edge(last_in_chain_, step);
            last_in_chain_ = step;
        } else if (i.num_conditions > 0) {
            edge(last_in_chain_, step);
        }
    }

    /// Instructions that keep their order: all but gates, and gates that read bits which may be
    /// written again.
    bool in_chain(const Instruction& i) const {
        if (i.kind != InstructionKind::kGate || (keep_cx_order_ && is_cx(i))) return true;
        const auto params = qpu_.parameters(i);
        return std::any_of(params.begin(), params.end(),
                           [](const Param& p) { return !p.constant(); });
    }

    StreamStep step_of(const Instruction& i, std::uint32_t k) const {
        StreamStep step;
        step.instruction = k;
        const auto operands = qpu_.qubits(i);
        if (!operands.empty()) step.a = operands[0];
        if (operands.size() > 1) step.b = operands[1];
        if (i.kind == InstructionKind::kPair) step.need = StepNeed::kComm;
        if (i.kind == InstructionKind::kReset && i.source == Instruction::kNoSource)
            step.blanks = true;
        if (i.kind != InstructionKind::kGate || operands.size() < 2) return step;
        if (operands.size() > 2)
            throw InternalError("routing meets a gate on " + std::to_string(operands.size()) +
                                " qubits");
        const bool plain_swap =
            i.gate == GateKind::kSwap && i.controls == 0 && i.num_conditions == 0;
        step.need = plain_swap ? StepNeed::kExchange : StepNeed::kTogether;
        return step;
    }

    void join(Group& group, std::uint32_t step, Axis axis) {
        if (group.steps.empty() || axis == Axis::kOther || axis != group.axis) {
            if (group.steps.size() == 1) group.before = group.steps[0];
            if (group.steps.size() > 1) {  // one step that waits for all of them
                const std::uint32_t tie = new_step({});
                for (const std::uint32_t s : group.steps) edge(s, tie);
                group.before = tie;
            }
            group.steps.clear();
            group.axis = axis;
        }
        edge(group.before, step);
        group.steps.push_back(step);
    }

    const QpuProgram& qpu_;
    const InstructionBlock& block_;
    const bool keep_cx_order_;
    StreamGraph graph_;
    std::vector<Group> qubits_;
    std::uint32_t last_in_chain_ = kNone;
};

}  // namespace

StreamGraph build_stream_graph(const QpuProgram& qpu, const InstructionBlock& block,
                               bool keep_cx_order) {
    return Builder(qpu, block, keep_cx_order).build();
}

bool turns_copies(const DistributedProgram& program) {
    for (const QpuProgram& qpu : program.qpus)
        for (const InstructionBlock& block : qpu.blocks) {
            std::vector<bool> fresh(qpu.num_qubits());  // half of a pair not yet used
            for (const Instruction& i : block) {
                const auto operands = qpu.qubits(i);
                if (is_cx(i) && qpu.is_comm(operands.back()) && !fresh[operands.back()])
                    return true;
                for (const LocalQubit q : operands) fresh[q] = i.kind == InstructionKind::kPair;
            }
        }
    return false;
}

}  // namespace carillon
