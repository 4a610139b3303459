// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon {

/// What a step of a stream asks of the coupling map.
enum class StepNeed : std::uint8_t {
    kNothing,
    kTogether,  ///< a two-qubit gate: operands a and b are neighbours
    kComm,      ///< one side of a Bell pair: a blank qubit stands on a communication qubit
    kExchange,  ///< a swap: a and b trade names, which costs nothing
};

/// One instruction as routing sees it. Qubits are those of the stream as it came.
struct StreamStep {
    static constexpr std::uint32_t kNoInstruction = 0xffffffff;

    static constexpr LocalQubit kNoQubit = 0xffffffff;

    StepNeed need = StepNeed::kNothing;
    LocalQubit a = kNoQubit, b = kNoQubit;       ///< the first operands, if there are any
    std::uint32_t instruction = kNoInstruction;  ///< none: only ties others together
    bool blanks = false;                         ///< `a` is |0> and free afterwards
};

/// Which instructions of one block must come after which.
///
/// On each qubit instructions keep their order, except that those diagonal there commute, and those
/// that are functions of X there commute. Everything that is not a plain gate keeps its order among
/// its like, so that streams still meet for pairs and messages in the order in which they were
/// written, and corrections come after what they are conditioned on.
struct StreamGraph {
    std::vector<StreamStep> steps;
    std::vector<std::vector<std::uint32_t>> after;   ///< by step
    std::vector<std::vector<std::uint32_t>> before;  ///< by step
};

/// Args:
///     keep_cx_order: cx gates keep their order among all that is not a plain gate.
/// Throws: InternalError for a gate on three or more qubits.
StreamGraph build_stream_graph(const QpuProgram& qpu, const InstructionBlock& block,
                               bool keep_cx_order);

/// Whether some cx has a copy of a qubit as its target: the same is done at every other copy, and
/// until then they differ. So that no QPU waits for one that waits for it, such cx must come in one
/// order everywhere.
bool turns_copies(const DistributedProgram& program);

}  // namespace carillon
