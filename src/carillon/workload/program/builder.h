// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon {

/// Writes a DistributedProgram instruction by instruction. Instructions are appended in one global
/// order that every stream follows, so what is built can always run.
class ProgramBuilder {
  public:
    explicit ProgramBuilder(std::string name) { program_.name = std::move(name); }

    /// Adds the next node. All nodes come before the first instruction.
    QpuId add_qpu(std::string name, std::uint32_t data_qubits, std::uint32_t comm_qubits);
    /// Adds a register of source bits; before the first instruction.
    BitId add_bits(std::string name, std::uint32_t size, bool output = true);
    /// A source qubit that starts and ends at a place.
    QubitId add_qubit(QpuId qpu, LocalQubit place);

    void gate(QpuId qpu, GateKind kind, int controls, std::initializer_list<LocalQubit> qubits,
              std::initializer_list<Param> angles = {}, std::initializer_list<BitId> condition = {},
              std::uint32_t source = Instruction::kNoSource);
    void measure(QpuId qpu, LocalQubit qubit, BitId bit,
                 std::uint32_t source = Instruction::kNoSource);
    void reset(QpuId qpu, LocalQubit qubit, std::uint32_t source = Instruction::kNoSource);
    void delay(QpuId qpu, std::initializer_list<LocalQubit> qubits, double ns);
    void barrier(QpuId qpu, std::initializer_list<LocalQubit> qubits);
    void assign_bits(QpuId qpu, BitId first, std::uint32_t count, ExprId value);
    void assign_variable(QpuId qpu, VariableId variable, ExprId value);
    /// Both sides of a Bell pair.
    PairId pair(QpuId a, LocalQubit on_a, QpuId b, LocalQubit on_b, LinkId link,
                PairPurpose purpose = PairPurpose::kTelegate, QubitId serves = {});
    /// Both sides of a transfer.
    TransferId transfer(QpuId from, LocalQubit leaves, QpuId to, LocalQubit arrives, LinkId link,
                        TransferPurpose purpose = TransferPurpose::kMove, QubitId serves = {});
    /// A fresh bit of one QPU, beside the source's.
    BitId protocol_bit(QpuId qpu);
    /// Sends a bit; returns the protocol bit of `to` in which it arrives.
    BitId message(QpuId from, BitId bit, QpuId to);
    /// Sends a bit into a given bit of `to`.
    void message(QpuId from, BitId bit, QpuId to, BitId into);

    /// Opens an `if` on one QPU; what follows there goes into its first branch. `otherwise` turns
    /// to the second branch, `end` closes it.
    void begin_if(QpuId qpu, ExprId condition, std::uint32_t source = Instruction::kNoSource);
    void otherwise(QpuId qpu);
    void begin_while(QpuId qpu, ExprId condition, std::uint32_t source = Instruction::kNoSource);
    void end(QpuId qpu);

    DistributedProgram& program() { return program_; }
    DistributedProgram finish() { return std::move(program_); }

  private:
    struct Open {
        BlockId block;
        std::size_t owner;  ///< position of the `if` or `while` in the block around it
    };

    Instruction& append(QpuId qpu, InstructionKind kind, std::initializer_list<LocalQubit> qubits);
    BlockId current(QpuId qpu) const;
    BlockId add_block(QpuId qpu);

    DistributedProgram program_;
    std::vector<std::vector<Open>> open_;  ///< by QPU
    std::uint32_t order_ = 0;
};

}  // namespace carillon
