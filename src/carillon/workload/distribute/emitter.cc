// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/emitter.h"

#include <utility>

#include "carillon/base/error.h"

namespace carillon {

ProgramEmitter::ProgramEmitter(const Circuit& circuit, const Network& network, bool record,
                               HoldClock* clock)
    : record_(record), clock_(clock) {
    if (!record) {
        program_.qpus.resize(network.nodes.size());
        return;
    }
    program_.name = circuit.name;
    program_.num_qubits = circuit.num_qubits;
    program_.num_bits = circuit.num_bits;
    program_.bit_registers = circuit.bit_registers;
    program_.variables = circuit.variables;
    program_.exprs = circuit.exprs;
    for (const Node& node : network.nodes) {
        QpuProgram qpu;
        qpu.name = node.name;
        qpu.data_qubits = node.data_qubits;
        qpu.comm_qubits = node.comm_qubits;
        qpu.num_bits = circuit.num_bits;
        program_.qpus.push_back(std::move(qpu));
    }
    current_.assign(network.nodes.size(), BlockId{0});
}

Instruction& ProgramEmitter::add(QpuId qpu, InstructionKind kind,
                                 std::span<const LocalQubit> qubits) {
    if (!record_) return unrecorded_;
    QpuProgram& q = program_.qpu(qpu);
    Instruction i;
    i.kind = kind;
    i.order = order_++;
    i.first_operand = static_cast<std::uint32_t>(q.operands.size());
    i.num_operands = static_cast<std::uint32_t>(qubits.size());
    q.operands.insert(q.operands.end(), qubits.begin(), qubits.end());
    InstructionBlock& block = q.block(current_[static_cast<std::size_t>(qpu)]);
    block.push_back(i);
    return block.back();
}

void ProgramEmitter::gate(QpuId qpu, GateKind kind, int controls,
                          std::span<const LocalQubit> qubits, std::span<const Param> params,
                          std::span<const BitId> conditions) {
    if (clock_) clock_->gate(qpu, qubits, conditions);
    if (!record_) return;
    Instruction& i = add(qpu, InstructionKind::kGate, qubits);
    QpuProgram& q = program_.qpu(qpu);
    i.gate = kind;
    i.controls = static_cast<std::uint16_t>(controls);
    i.first_param = static_cast<std::uint32_t>(q.params.size());
    i.num_params = static_cast<std::uint32_t>(params.size());
    q.params.insert(q.params.end(), params.begin(), params.end());
    i.first_condition = static_cast<std::uint32_t>(q.condition_bits.size());
    i.num_conditions = static_cast<std::uint32_t>(conditions.size());
    q.condition_bits.insert(q.condition_bits.end(), conditions.begin(), conditions.end());
}

void ProgramEmitter::gate(QpuId qpu, GateKind kind, int controls,
                          std::initializer_list<LocalQubit> qubits,
                          std::initializer_list<BitId> conditions) {
    gate(qpu, kind, controls, std::span(qubits.begin(), qubits.size()), {},
         std::span(conditions.begin(), conditions.size()));
}

BitId ProgramEmitter::measure_out(QpuId qpu, LocalQubit qubit) {
    const BitId bit = new_bit(qpu);
    measure(qpu, qubit, bit, Instruction::kNoSource);
    reset(qpu, qubit);
    return bit;
}

void ProgramEmitter::measure(QpuId qpu, LocalQubit qubit, BitId bit, std::uint32_t source) {
    if (clock_) clock_->measure(qpu, qubit, bit);
    Instruction& i = add(qpu, InstructionKind::kMeasure, std::span(&qubit, 1));
    i.bit = bit;
    i.source = source;
}

void ProgramEmitter::reset(QpuId qpu, LocalQubit qubit, std::uint32_t source) {
    if (clock_) clock_->reset(qpu, qubit);
    add(qpu, InstructionKind::kReset, std::span(&qubit, 1)).source = source;
}

void ProgramEmitter::delay(QpuId qpu, std::span<const LocalQubit> qubits, double ns,
                           std::uint32_t source) {
    if (clock_) clock_->delay(qpu, qubits, ns);
    if (!record_) return;
    Instruction& i = add(qpu, InstructionKind::kDelay, qubits);
    QpuProgram& q = program_.qpu(qpu);
    i.first_param = static_cast<std::uint32_t>(q.params.size());
    i.num_params = 1;
    i.source = source;
    q.params.emplace_back(ns);
}

void ProgramEmitter::barrier(QpuId qpu, std::span<const LocalQubit> qubits, std::uint32_t source) {
    if (clock_) clock_->barrier(qpu, qubits);
    add(qpu, InstructionKind::kBarrier, qubits).source = source;
}

void ProgramEmitter::assign(QpuId qpu, const Operation& op) {
    Instruction& i = add(qpu, InstructionKind::kAssign);
    i.bit = op.bit;
    i.bit_count = op.bit_count;
    i.variable = op.variable;
    i.condition = op.condition;
    i.source = op.origin;
}

void ProgramEmitter::send(QpuId from, BitId bit, QpuId to, BitId into) {
    if (clock_) clock_->send(from, bit, to, into);
    const MessageId message{program_.num_messages++};
    Instruction& out = add(from, InstructionKind::kSend);
    out.peer = to;
    out.bit = bit;
    out.message = message;
    Instruction& in = add(to, InstructionKind::kRecv);
    in.peer = from;
    in.bit = into;
    in.message = message;
}

void ProgramEmitter::pair(QpuId a, LocalQubit qa, QpuId b, LocalQubit qb, LinkId link,
                          PairPurpose purpose, QubitId serves) {
    const PairId id{program_.pairs.size()};
    program_.pairs.push_back({a, b, link, purpose, serves});
    if (clock_) clock_->pair({a, qa}, {b, qb}, link);
    Instruction& left = add(a, InstructionKind::kPair, std::span(&qa, 1));
    left.peer = b;
    left.pair = id;
    Instruction& right = add(b, InstructionKind::kPair, std::span(&qb, 1));
    right.peer = a;
    right.pair = id;
}

void ProgramEmitter::transfer(QpuId from, LocalQubit leaves, QpuId to, LocalQubit arrives,
                              LinkId link, TransferPurpose purpose, QubitId serves) {
    const TransferId id{program_.transfers.size()};
    program_.transfers.push_back({from, to, link, purpose, serves});
    if (clock_) clock_->transfer({from, leaves}, {to, arrives}, link);
    if (!record_) return;
    Instruction& out = add(from, InstructionKind::kTransfer, std::span(&leaves, 1));
    out.peer = to;
    out.transfer = id;
    Instruction& in = add(to, InstructionKind::kTransfer, std::span(&arrives, 1));
    in.peer = from;
    in.transfer = id;
}

void ProgramEmitter::open_block(InstructionKind kind, ExprId condition, std::uint32_t source,
                                std::span<const QpuId> participants) {
    if (clock_) {
        clock_->meet(participants);
        meeting_.emplace_back(participants.begin(), participants.end());
    }
    if (!record_) return;
    OpenBlock open{{participants.begin(), participants.end()}, {}};
    for (const QpuId qpu : participants) {
        QpuProgram& q = program_.qpu(qpu);
        BlockId& current = current_[static_cast<std::size_t>(qpu)];
        Instruction& i = add(qpu, kind);
        i.condition = condition;
        i.source = source;
        i.body = BlockId{q.blocks.size()};
        const BlockId body = i.body;
        open.outer.push_back(current);
        q.blocks.emplace_back();  // invalidates i
        current = body;
    }
    open_.push_back(std::move(open));
}

void ProgramEmitter::open_otherwise() {
    if (clock_) clock_->meet(meeting_.back());
    if (!record_) return;
    const OpenBlock& open = open_.back();
    for (std::size_t k = 0; k < open.participants.size(); ++k) {
        const QpuId qpu = open.participants[k];
        QpuProgram& q = program_.qpu(qpu);
        const BlockId otherwise{q.blocks.size()};
        q.block(open.outer[k]).back().otherwise = otherwise;
        q.blocks.emplace_back();
        current_[static_cast<std::size_t>(qpu)] = otherwise;
    }
}

void ProgramEmitter::close_block() {
    if (clock_) {
        clock_->meet(meeting_.back());
        meeting_.pop_back();
    }
    if (!record_) return;
    const OpenBlock open = std::move(open_.back());
    open_.pop_back();
    for (std::size_t k = 0; k < open.participants.size(); ++k)
        current_[static_cast<std::size_t>(open.participants[k])] = open.outer[k];
}

}  // namespace carillon
