// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// What validate() found.
struct Verdict {
    bool equal = false;
    std::string reason;  ///< the first difference: which QPU, instruction, source operation, qubit;
                         ///< empty when equal
    std::size_t instructions = 0;  ///< replayed, each loop body once
    std::size_t pairs = 0;         ///< Bell pairs made
    std::size_t transfers = 0;     ///< qubits carried over links
    std::size_t entangled = 0;     ///< protocol measurements that passed a qubit's value on
    std::size_t disentangled = 0;  ///< protocol measurements that gave a copy back
    std::size_t certificates = 0;  ///< rewrites and local windows checked
    double seconds = 0;
};

/// Proves that a distributed program does what its source circuit does, for any number of qubits,
/// in time and memory linear in the two.
///
/// The streams of all QPUs are replayed side by side; qubits are tracked symbolically, so that the
/// protocols between QPUs are undone into gates on source qubits. These, and the source with the
/// program's certified rewrites applied, are brought into one canonical form and compared. Blocks
/// under `if` and `while` are compared as blocks. Angles closer than 1e-8 count as equal; barriers,
/// delays and global phases are ignored.
///
/// A program that is accepted is equal to its source. One that is refused may still be equal where
/// it differs by more than the canonical form knows: commuting gates, merging one-qubit gates, and
/// cancelling pairs of gates. Malformed programs are refused with a reason, too; nothing is thrown
/// for them.
Verdict validate(const Circuit& source, const DistributedProgram& program);

}  // namespace carillon
