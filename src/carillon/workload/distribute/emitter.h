// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/distribute/hold_clock.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Writes the instruction streams of a DistributedProgram in one global order. Knows instructions
/// and protocols between neighbours, not qubits' meaning.
class ProgramEmitter {
  public:
    /// Starts a program with the classical memory of `circuit` and one empty stream per node of
    /// `network`.
    ///
    /// Args:
    ///     record: false when only the table of pairs is wanted: nothing else is written.
    ///     clock: told of all that is written, if there is one.
    ProgramEmitter(const Circuit& circuit, const Network& network, bool record = true,
                   HoldClock* clock = nullptr);

    DistributedProgram& program() { return program_; }

    void gate(QpuId qpu, GateKind kind, int controls, std::span<const LocalQubit> qubits,
              std::span<const Param> params = {}, std::span<const BitId> conditions = {});
    void gate(QpuId qpu, GateKind kind, int controls, std::initializer_list<LocalQubit> qubits,
              std::initializer_list<BitId> conditions = {});
    /// A protocol measurement; gives the bit that holds the outcome. The qubit is reset afterwards.
    BitId measure_out(QpuId qpu, LocalQubit qubit);
    void measure(QpuId qpu, LocalQubit qubit, BitId bit, std::uint32_t source);
    void reset(QpuId qpu, LocalQubit qubit, std::uint32_t source = Instruction::kNoSource);
    void delay(QpuId qpu, std::span<const LocalQubit> qubits, double ns, std::uint32_t source);
    void barrier(QpuId qpu, std::span<const LocalQubit> qubits, std::uint32_t source);
    /// Assignment as in the source operation `op`.
    void assign(QpuId qpu, const Operation& op);
    /// Sends `bit` of `from` into `into` of `to`.
    void send(QpuId from, BitId bit, QpuId to, BitId into);
    /// A Bell pair between qubit `qa` of a and `qb` of b.
    void pair(QpuId a, LocalQubit qa, QpuId b, LocalQubit qb, LinkId link, PairPurpose purpose,
              QubitId serves);
    /// Qubit `leaves` of `from` is carried to qubit `arrives` of `to`.
    void transfer(QpuId from, LocalQubit leaves, QpuId to, LocalQubit arrives, LinkId link,
                  TransferPurpose purpose, QubitId serves);
    BitId new_bit(QpuId qpu) { return BitId{program_.qpu(qpu).num_bits++}; }

    /// Opens an if or while on every participant; what follows goes into its body.
    void open_block(InstructionKind kind, ExprId condition, std::uint32_t source,
                    std::span<const QpuId> participants);
    /// Continues in the else part.
    void open_otherwise();
    void close_block();

  private:
    Instruction& add(QpuId qpu, InstructionKind kind, std::span<const LocalQubit> qubits = {});

    struct OpenBlock {
        std::vector<QpuId> participants;
        std::vector<BlockId> outer;  ///< by participant: the block to go back to
    };
    DistributedProgram program_;
    bool record_;
    HoldClock* clock_;
    Instruction unrecorded_;        ///< what add() gives when nothing is recorded
    std::vector<BlockId> current_;  ///< by QPU: block being written
    std::vector<OpenBlock> open_;
    std::vector<std::vector<QpuId>> meeting_;  ///< by open block: who takes part, for the clock
    std::uint32_t order_ = 0;
};

}  // namespace carillon
