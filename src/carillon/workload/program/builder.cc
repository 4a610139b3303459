// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/builder.h"

namespace carillon {

QpuId ProgramBuilder::add_qpu(std::string name, std::uint32_t data_qubits,
                              std::uint32_t comm_qubits) {
    QpuProgram qpu;
    qpu.name = std::move(name);
    qpu.data_qubits = data_qubits;
    qpu.comm_qubits = comm_qubits;
    qpu.num_bits = program_.num_bits;
    program_.qpus.push_back(std::move(qpu));
    open_.emplace_back();
    return QpuId{program_.qpus.size() - 1};
}

BitId ProgramBuilder::add_bits(std::string name, std::uint32_t size, bool output) {
    const BitId first{program_.num_bits};
    program_.bit_registers.push_back({std::move(name), first, size, output});
    program_.num_bits += size;
    program_.bit_owner.resize(program_.num_bits);
    for (QpuProgram& qpu : program_.qpus) qpu.num_bits = program_.num_bits;
    return first;
}

QubitId ProgramBuilder::add_qubit(QpuId qpu, LocalQubit place) {
    program_.initial_layout.push_back({qpu, place});
    program_.final_layout.push_back({qpu, place});
    return QubitId{program_.num_qubits++};
}

Instruction& ProgramBuilder::append(QpuId id, InstructionKind kind,
                                    std::initializer_list<LocalQubit> qubits) {
    QpuProgram& qpu = program_.qpu(id);
    Instruction i;
    i.kind = kind;
    i.order = order_++;
    i.first_operand = static_cast<std::uint32_t>(qpu.operands.size());
    i.num_operands = static_cast<std::uint32_t>(qubits.size());
    qpu.operands.insert(qpu.operands.end(), qubits);
    InstructionBlock& block = qpu.block(current(id));
    block.push_back(i);
    return block.back();
}

BlockId ProgramBuilder::current(QpuId qpu) const {
    const auto& open = open_[qpu.value];
    return open.empty() ? BlockId{0} : open.back().block;
}

void ProgramBuilder::gate(QpuId id, GateKind kind, int controls,
                          std::initializer_list<LocalQubit> qubits,
                          std::initializer_list<Param> angles,
                          std::initializer_list<BitId> condition, std::uint32_t source) {
    QpuProgram& qpu = program_.qpu(id);
    Instruction& i = append(id, InstructionKind::kGate, qubits);
    i.gate = kind;
    i.controls = static_cast<std::uint16_t>(controls);
    i.first_param = static_cast<std::uint32_t>(qpu.params.size());
    i.num_params = static_cast<std::uint32_t>(angles.size());
    i.first_condition = static_cast<std::uint32_t>(qpu.condition_bits.size());
    i.num_conditions = static_cast<std::uint32_t>(condition.size());
    i.source = source;
    qpu.params.insert(qpu.params.end(), angles);
    qpu.condition_bits.insert(qpu.condition_bits.end(), condition);
}

void ProgramBuilder::measure(QpuId qpu, LocalQubit qubit, BitId bit, std::uint32_t source) {
    Instruction& i = append(qpu, InstructionKind::kMeasure, {qubit});
    i.bit = bit;
    i.source = source;
    if (bit.valid() && bit.value < program_.num_bits) program_.bit_owner[bit.value] = qpu;
}

void ProgramBuilder::reset(QpuId qpu, LocalQubit qubit, std::uint32_t source) {
    append(qpu, InstructionKind::kReset, {qubit}).source = source;
}

void ProgramBuilder::delay(QpuId id, std::initializer_list<LocalQubit> qubits, double ns) {
    QpuProgram& qpu = program_.qpu(id);
    Instruction& i = append(id, InstructionKind::kDelay, qubits);
    i.first_param = static_cast<std::uint32_t>(qpu.params.size());
    i.num_params = 1;
    qpu.params.emplace_back(ns);
}

void ProgramBuilder::barrier(QpuId qpu, std::initializer_list<LocalQubit> qubits) {
    append(qpu, InstructionKind::kBarrier, qubits);
}

void ProgramBuilder::assign_bits(QpuId qpu, BitId first, std::uint32_t count, ExprId value) {
    Instruction& i = append(qpu, InstructionKind::kAssign, {});
    i.bit = first;
    i.bit_count = count;
    i.condition = value;
}

void ProgramBuilder::assign_variable(QpuId qpu, VariableId variable, ExprId value) {
    Instruction& i = append(qpu, InstructionKind::kAssign, {});
    i.variable = variable;
    i.condition = value;
}

PairId ProgramBuilder::pair(QpuId a, LocalQubit on_a, QpuId b, LocalQubit on_b, LinkId link,
                            PairPurpose purpose, QubitId serves) {
    const PairId id{program_.pairs.size()};
    program_.pairs.push_back({a, b, link, purpose, serves});
    Instruction& first = append(a, InstructionKind::kPair, {on_a});
    first.pair = id;
    first.peer = b;
    Instruction& second = append(b, InstructionKind::kPair, {on_b});
    second.pair = id;
    second.peer = a;
    return id;
}

TransferId ProgramBuilder::transfer(QpuId from, LocalQubit leaves, QpuId to, LocalQubit arrives,
                                    LinkId link, TransferPurpose purpose, QubitId serves) {
    const TransferId id{program_.transfers.size()};
    program_.transfers.push_back({from, to, link, purpose, serves});
    Instruction& out = append(from, InstructionKind::kTransfer, {leaves});
    out.transfer = id;
    out.peer = to;
    Instruction& in = append(to, InstructionKind::kTransfer, {arrives});
    in.transfer = id;
    in.peer = from;
    return id;
}

BitId ProgramBuilder::protocol_bit(QpuId qpu) {
    return BitId{program_.qpu(qpu).num_bits++};
}

BitId ProgramBuilder::message(QpuId from, BitId bit, QpuId to) {
    const BitId into = protocol_bit(to);
    message(from, bit, to, into);
    return into;
}

void ProgramBuilder::message(QpuId from, BitId bit, QpuId to, BitId into) {
    const MessageId id{program_.num_messages++};
    Instruction& send = append(from, InstructionKind::kSend, {});
    send.bit = bit;
    send.peer = to;
    send.message = id;
    Instruction& receive = append(to, InstructionKind::kRecv, {});
    receive.bit = into;
    receive.peer = from;
    receive.message = id;
}

BlockId ProgramBuilder::add_block(QpuId qpu) {
    program_.qpu(qpu).blocks.emplace_back();
    return BlockId{program_.qpu(qpu).blocks.size() - 1};
}

void ProgramBuilder::begin_if(QpuId qpu, ExprId condition, std::uint32_t source) {
    const BlockId block = add_block(qpu);
    Instruction& i = append(qpu, InstructionKind::kIf, {});
    i.condition = condition;
    i.body = block;
    i.source = source;
    const std::size_t owner = program_.qpu(qpu).block(current(qpu)).size() - 1;
    open_[qpu.value].push_back({block, owner});
}

void ProgramBuilder::otherwise(QpuId qpu) {
    auto& open = open_[qpu.value];
    const std::size_t owner = open.back().owner;
    open.pop_back();
    const BlockId block = add_block(qpu);
    program_.qpu(qpu).block(current(qpu))[owner].otherwise = block;
    open.push_back({block, owner});
}

void ProgramBuilder::begin_while(QpuId qpu, ExprId condition, std::uint32_t source) {
    begin_if(qpu, condition, source);
    auto& open = open_[qpu.value];
    const Open inner = open.back();
    open.pop_back();
    program_.qpu(qpu).block(current(qpu))[inner.owner].kind = InstructionKind::kWhile;
    open.push_back(inner);
}

void ProgramBuilder::end(QpuId qpu) {
    open_[qpu.value].pop_back();
}

}  // namespace carillon
