// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/base/ids.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// A qubit of one QPU: data qubits come first, then communication qubits.
using LocalQubit = std::uint32_t;

enum class InstructionKind : std::uint8_t {
    kGate,     ///< a local gate; with condition bits a correction, done when their XOR is 1
    kMeasure,  ///< Z measurement of operand 0 into `bit`; source = the source measurement, none for
               ///< a protocol's
    kReset,    ///< operand 0 to |0>; source = the source reset, none when a communication qubit is
               ///< cleared
    kPair,     ///< this side of Bell pair `pair`: operand 0, in |0> before, becomes half of
               ///< (|00>+|11>)/sqrt2
    kSend,     ///< `bit` goes to `peer` as `message`
    kRecv,     ///< `message` from `peer` arrives in `bit`
    kAssign,   ///< classical assignment (bit/bit_count or variable <- condition), as in the source
    kIf,       ///< this QPU's part of a source `if`
    kWhile,    ///< this QPU's part of a source `while`
    kDelay,    ///< operands wait; parameter 0 in ns
    kBarrier,  ///< as in the source: nothing local is moved across
    kTransfer,  ///< this side of transfer `transfer`: operand 0 leaves for the other side and is
                ///< |0> afterwards, or it is in |0> before and holds what has arrived
};

/// One instruction of one QPU. Operands, parameters and condition bits live in the arenas of its
/// QpuProgram.
///
/// Classical memory: every QPU has its own copy of the source program's bits [0, num_bits) and
/// variables, and protocol bits from num_bits on. A QPU's copy of a source bit is up to date only
/// if it measured it, received it, or computed it; the compiler sends what is needed, the validator
/// checks it.
struct Instruction {
    static constexpr std::uint32_t kNoSource = 0xffffffff;

    InstructionKind kind = InstructionKind::kGate;
    GateKind gate = GateKind::kId;
    std::uint16_t controls = 0;
    std::uint32_t first_operand = 0, num_operands = 0;
    std::uint32_t first_param = 0, num_params = 0;
    std::uint32_t first_condition = 0, num_conditions = 0;
    std::uint32_t matrix = 0;  ///< kGate/kUnitary: index into DistributedProgram::matrices
    BitId bit;
    VariableId variable;
    std::uint32_t bit_count = 0;
    ExprId condition;         ///< into DistributedProgram::exprs
    BlockId body, otherwise;  ///< blocks of the same QPU
    QpuId peer;
    PairId pair;
    MessageId message;
    TransferId transfer;
    std::uint32_t source = kNoSource;  ///< number of the source operation (visit_operations order)
    std::uint32_t order = 0;  ///< position in one valid global order, rising within each stream;
                              ///< a hint for executors, never needed for correctness
};

using InstructionBlock = std::vector<Instruction>;

/// The instruction stream of one node.
struct QpuProgram {
    std::string name;
    std::uint32_t data_qubits = 0;
    std::uint32_t comm_qubits = 0;
    std::uint32_t num_bits = 0;               ///< source bits plus this QPU's protocol bits
    std::vector<InstructionBlock> blocks{1};  ///< blocks[0] is the stream
    std::vector<LocalQubit> operands;
    std::vector<Param> params;
    std::vector<BitId> condition_bits;

    std::uint32_t num_qubits() const { return data_qubits + comm_qubits; }
    bool is_comm(LocalQubit qubit) const { return qubit >= data_qubits; }
    InstructionBlock& block(BlockId id) { return blocks[static_cast<std::size_t>(id)]; }
    const InstructionBlock& block(BlockId id) const { return blocks[static_cast<std::size_t>(id)]; }
    std::span<const LocalQubit> qubits(const Instruction& i) const {
        return {operands.data() + i.first_operand, i.num_operands};
    }
    std::span<const Param> parameters(const Instruction& i) const {
        return {params.data() + i.first_param, i.num_params};
    }
    std::span<const BitId> conditions(const Instruction& i) const {
        return {condition_bits.data() + i.first_condition, i.num_conditions};
    }
    /// "d3" for data qubit 3, "c0" for communication qubit 0.
    std::string qubit_name(LocalQubit qubit) const;
};

/// What a Bell pair is for.
enum class PairPurpose : std::uint8_t {
    kTelegate,  ///< its remote half becomes a cat copy of a qubit, used by a group of gates
    kTeledata,  ///< moves a qubit to another QPU
    kGhz,       ///< part of a GHZ fan-out
    kSwapping,  ///< consumed by entanglement swapping for a pair between distant QPUs
    kPurification,
};
std::string_view purpose_name(PairPurpose purpose);

/// One Bell pair over one link.
struct BellPair {
    QpuId a, b;   ///< its two ends, joined by `link`
    LinkId link;  ///< index into the network's links
    PairPurpose purpose = PairPurpose::kTelegate;
    QubitId serves;  ///< the source qubit it carries, when there is one
};

/// What a qubit is carried over a link for.
enum class TransferPurpose : std::uint8_t {
    kCopy,  ///< a cat copy of a qubit, used by a group of gates (a telegate without a pair)
    kMove,  ///< a qubit changes its QPU (teledata without a pair)
};
std::string_view purpose_name(TransferPurpose purpose);

/// One qubit carried over one link.
struct QubitTransfer {
    QpuId from, to;  ///< the two ends of `link`
    LinkId link;     ///< index into the network's links
    TransferPurpose purpose = TransferPurpose::kMove;
    QubitId serves;  ///< the source qubit it carries, when there is one
};

/// Where a source qubit stands.
struct Location {
    QpuId qpu;
    LocalQubit qubit = 0;
    friend bool operator==(const Location&, const Location&) = default;
};

/// A certificate: `count` operations of one source block, the first of them `first`, are replaced
/// by `replacement` (gates over source qubits). The validator multiplies both out; they touch at
/// most eight qubits.
struct Rewrite {
    std::uint32_t first = 0;
    std::uint32_t count = 1;
    /// Numbers of the operations, rising, when they are not consecutive; else empty. The
    /// replacement stands at the last one: every operation that the others are moved across is
    /// diagonal on each qubit that both touch, as they are.
    std::vector<std::uint32_t> operations;
    Circuit replacement;  ///< over `qubits.size()` qubits; its qubit i is qubits[i]
    std::vector<QubitId> qubits;
};

/// A certificate of local compilation: `count` consecutive gates of one block of one QPU, from
/// index `first` on, do what the one gate `meaning` does, up to global phase. They touch at most
/// eight qubits and carry its condition bits.
struct LocalWindow {
    QpuId qpu;
    BlockId block;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    Instruction
        meaning;  ///< a gate; operands, parameters and condition bits in the arenas of the QPU
};

/// A program for many QPUs: one instruction stream each, the table of Bell pairs, and where every
/// source qubit starts and ends.
struct DistributedProgram {
    std::string name;
    std::uint32_t num_qubits = 0;            ///< of the source program
    std::uint32_t num_bits = 0;              ///< source classical bits
    std::vector<BitRegister> bit_registers;  ///< of the source program
    std::vector<Variable> variables;         ///< of the source program
    ExprArena exprs;
    std::vector<Matrix> matrices;
    std::vector<QpuProgram> qpus;  ///< one per node of the network, in its order
    std::vector<BellPair> pairs;
    std::vector<QubitTransfer> transfers;
    std::uint32_t num_messages = 0;
    std::vector<Location> initial_layout;  ///< by source qubit
    std::vector<Location> final_layout;    ///< by source qubit
    std::vector<QpuId> bit_owner;  ///< by source bit: a QPU whose copy holds the final value; none
                                   ///< if never written
    std::vector<QpuId> variable_owner;  ///< by variable, likewise
    std::vector<Rewrite> rewrites;      ///< sorted by `first`, not overlapping
    std::vector<LocalWindow> windows;   ///< sorted by (qpu, block, first), not overlapping

    QpuProgram& qpu(QpuId id) { return qpus[static_cast<std::size_t>(id)]; }
    const QpuProgram& qpu(QpuId id) const { return qpus[static_cast<std::size_t>(id)]; }
};

/// Counts of a distributed program, each instruction once (a loop body counts once).
struct ProgramSummary {
    std::size_t pairs = 0;
    std::size_t transfers = 0;       ///< qubits carried over links
    std::size_t classical_bits = 0;  ///< bits sent between QPUs
    std::size_t local_gates = 0;     ///< corrections included
    std::size_t measurements = 0;    ///< protocol measurements included
    std::size_t instructions = 0;
};
ProgramSummary summarize(const DistributedProgram& program);

/// Calls visit(instruction) for every instruction of a stream in order, nested blocks after their
/// owner.
template <class Visit>
void visit_instructions(const QpuProgram& qpu, Visit&& visit, BlockId where = BlockId{0}) {
    for (const Instruction& i : qpu.block(where)) {
        visit(i);
        if (i.body.valid()) visit_instructions(qpu, visit, i.body);
        if (i.otherwise.valid()) visit_instructions(qpu, visit, i.otherwise);
    }
}

}  // namespace carillon
