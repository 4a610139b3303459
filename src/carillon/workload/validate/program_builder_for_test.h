// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon::validation {

/// Writes distributed programs by hand, for tests. Data qubits of QPU k hold the source's qubits
/// k * data, k * data + 1, ... until place() says otherwise.
class ProgramBuilder {
  public:
    DistributedProgram program;

    ProgramBuilder(const Circuit& source, std::uint32_t qpus, std::uint32_t data,
                   std::uint32_t comm) {
        program.num_qubits = source.num_qubits;
        program.num_bits = source.num_bits;
        program.bit_registers = source.bit_registers;
        program.variables = source.variables;
        program.exprs = source.exprs;
        program.matrices = source.matrices;
        program.qpus.resize(qpus);
        for (QpuProgram& q : program.qpus) {
            q.data_qubits = data;
            q.comm_qubits = comm;
            q.num_bits = source.num_bits;
        }
        for (std::uint32_t q = 0; q < source.num_qubits; ++q)
            program.initial_layout.push_back({QpuId{q / data}, q % data});
        program.final_layout = program.initial_layout;
        program.bit_owner.resize(source.num_bits);
        program.variable_owner.resize(source.variables.size());
        where_.assign(qpus, BlockId{0});
    }

    LocalQubit comm(std::uint32_t index) const { return program.qpus[0].data_qubits + index; }

    Instruction& add(std::uint32_t qpu, InstructionKind kind,
                     std::span<const LocalQubit> qubits = {}) {
        QpuProgram& q = program.qpus[qpu];
        Instruction i;
        i.kind = kind;
        i.first_operand = static_cast<std::uint32_t>(q.operands.size());
        i.num_operands = static_cast<std::uint32_t>(qubits.size());
        i.order = order_++;
        q.operands.insert(q.operands.end(), qubits.begin(), qubits.end());
        InstructionBlock& block = q.block(where_[qpu]);
        block.push_back(i);
        return block.back();
    }
    Instruction& add(std::uint32_t qpu, InstructionKind kind,
                     std::initializer_list<LocalQubit> qubits) {
        return add(qpu, kind, std::span(qubits.begin(), qubits.size()));
    }

    Instruction& gate(std::uint32_t qpu, GateKind kind, int controls,
                      std::span<const LocalQubit> qubits, std::span<const Param> params = {}) {
        Instruction& i = add(qpu, InstructionKind::kGate, qubits);
        QpuProgram& q = program.qpus[qpu];
        i.gate = kind;
        i.controls = static_cast<std::uint16_t>(controls);
        i.first_param = static_cast<std::uint32_t>(q.params.size());
        i.num_params = static_cast<std::uint32_t>(params.size());
        q.params.insert(q.params.end(), params.begin(), params.end());
        return i;
    }
    Instruction& gate(std::uint32_t qpu, GateKind kind, int controls,
                      std::initializer_list<LocalQubit> qubits,
                      std::initializer_list<Param> params = {}) {
        return gate(qpu, kind, controls, std::span(qubits.begin(), qubits.size()),
                    std::span(params.begin(), params.size()));
    }
    void correct(std::uint32_t qpu, GateKind pauli, LocalQubit qubit,
                 std::initializer_list<BitId> bits) {
        Instruction& i = gate(qpu, pauli, 0, {qubit});
        QpuProgram& q = program.qpus[qpu];
        i.first_condition = static_cast<std::uint32_t>(q.condition_bits.size());
        i.num_conditions = static_cast<std::uint32_t>(bits.size());
        q.condition_bits.insert(q.condition_bits.end(), bits.begin(), bits.end());
    }

    BitId new_bit(std::uint32_t qpu) { return BitId{program.qpus[qpu].num_bits++}; }
    /// A protocol's measurement, into a new bit.
    BitId measure(std::uint32_t qpu, LocalQubit qubit) {
        const BitId bit = new_bit(qpu);
        add(qpu, InstructionKind::kMeasure, {qubit}).bit = bit;
        return bit;
    }
    void measure_source(std::uint32_t qpu, LocalQubit qubit, BitId bit, std::uint32_t source) {
        Instruction& i = add(qpu, InstructionKind::kMeasure, {qubit});
        i.bit = bit;
        i.source = source;
        if (bit.valid()) program.bit_owner[bit.value] = QpuId{qpu};
    }
    void reset(std::uint32_t qpu, LocalQubit qubit, std::uint32_t source = Instruction::kNoSource) {
        add(qpu, InstructionKind::kReset, {qubit}).source = source;
    }
    void pair(std::uint32_t a, LocalQubit qa, std::uint32_t b, LocalQubit qb) {
        const PairId id{program.pairs.size()};
        program.pairs.push_back({QpuId{a}, QpuId{b}, LinkId{0}, PairPurpose::kTelegate, {}});
        Instruction& i = add(a, InstructionKind::kPair, {qa});
        i.pair = id;
        i.peer = QpuId{b};
        Instruction& j = add(b, InstructionKind::kPair, {qb});
        j.pair = id;
        j.peer = QpuId{a};
    }
    void transfer(std::uint32_t from, LocalQubit leaves, std::uint32_t to, LocalQubit arrives) {
        const TransferId id{program.transfers.size()};
        program.transfers.push_back({QpuId{from}, QpuId{to}, LinkId{0}, {}, {}});
        Instruction& i = add(from, InstructionKind::kTransfer, {leaves});
        i.transfer = id;
        i.peer = QpuId{to};
        Instruction& j = add(to, InstructionKind::kTransfer, {arrives});
        j.transfer = id;
        j.peer = QpuId{from};
    }
    void send(std::uint32_t from, BitId bit, std::uint32_t to, BitId into) {
        const MessageId id{program.num_messages++};
        Instruction& i = add(from, InstructionKind::kSend);
        i.bit = bit;
        i.peer = QpuId{to};
        i.message = id;
        Instruction& j = add(to, InstructionKind::kRecv);
        j.bit = into;
        j.peer = QpuId{from};
        j.message = id;
    }
    BitId send(std::uint32_t from, BitId bit, std::uint32_t to) {
        const BitId into = new_bit(to);
        send(from, bit, to, into);
        return into;
    }

    /// Makes qb at `b` a copy of q at `a`, through a pair on qa and qb; qa ends in |0>.
    void entangle(std::uint32_t a, LocalQubit q, LocalQubit qa, std::uint32_t b, LocalQubit qb) {
        pair(a, qa, b, qb);
        gate(a, GateKind::kX, 1, {q, qa});
        const BitId m = measure(a, qa);
        correct(a, GateKind::kX, qa, {m});
        correct(b, GateKind::kX, qb, {send(a, m, b)});
    }
    /// The same without a pair: the copy is made on qa and carried.
    void carry_copy(std::uint32_t a, LocalQubit q, LocalQubit qa, std::uint32_t b, LocalQubit qb) {
        gate(a, GateKind::kX, 1, {q, qa});
        transfer(a, qa, b, qb);
    }
    /// Gives the copy qb at `b` back to q at `a`; qb ends in |0>.
    void disentangle(std::uint32_t b, LocalQubit qb, std::uint32_t a, LocalQubit q) {
        gate(b, GateKind::kH, 0, {qb});
        const BitId m = measure(b, qb);
        reset(b, qb);
        correct(a, GateKind::kZ, q, {send(b, m, a)});
    }

    /// Opens this QPU's part of a source `if` or `while`; instructions go into its body.
    void open_block(std::uint32_t qpu, InstructionKind kind, std::uint32_t source,
                    ExprId condition) {
        QpuProgram& q = program.qpus[qpu];
        Instruction& i = add(qpu, kind);
        i.source = source;
        i.condition = condition;
        i.body = BlockId{q.blocks.size()};
        const BlockId body = i.body;
        stack_.push_back({qpu, where_[qpu], q.block(where_[qpu]).size() - 1});
        where_[qpu] = body;
        q.blocks.emplace_back();
    }
    /// Goes on with the other branch of the block that `qpu` opened last.
    void open_else(std::uint32_t qpu) {
        QpuProgram& q = program.qpus[qpu];
        const Open& open = last_open(qpu);
        const BlockId other{q.blocks.size()};
        q.block(open.block)[open.index].otherwise = other;
        where_[qpu] = other;
        q.blocks.emplace_back();
    }
    void close_block(std::uint32_t qpu) {
        where_[qpu] = last_open(qpu).block;
        for (std::size_t i = stack_.size(); i-- > 0;)
            if (stack_[i].qpu == qpu) {
                stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
    }

  private:
    struct Open {
        std::uint32_t qpu;
        BlockId block;
        std::size_t index;
    };
    const Open& last_open(std::uint32_t qpu) const {
        for (std::size_t i = stack_.size(); i-- > 0;)
            if (stack_[i].qpu == qpu) return stack_[i];
        return stack_.at(stack_.size());  // throws
    }

    std::vector<BlockId> where_;  ///< by QPU: the block that is written
    std::vector<Open> stack_;
    std::uint32_t order_ = 0;
};

}  // namespace carillon::validation
