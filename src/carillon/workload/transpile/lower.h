// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// A circuit in distributable form, with what is needed to prove it equal to its source.
struct LoweredCircuit {
    /// One-qubit gates, and multi-qubit phase gates (kZ or kP with controls), which are diagonal on
    /// every operand; the rest as in the source. Its qubits are wires: source qubit q starts on
    /// wire q.
    Circuit circuit;
    /// By source qubit: the wire it ends on. Swaps of the program's own block cost nothing: they
    /// only relabel.
    std::vector<QubitId> final_wire;
    /// Certificates for source gates that have no direct phase form (cswap, ecr, explicit
    /// unitaries, nested swaps) and for stretches of gates written as phases.
    std::vector<Rewrite> rewrites;
};

struct LowerOptions {
    /// Gates on three and more qubits are written with two-qubit gates (for QPUs with a coupling
    /// map).
    bool two_qubit_gates = false;
    /// Stretches of cx and phases that leave phases only are written as such, with certificates
    /// (find_parity_phases).
    bool parity_phases = true;
    /// Gates on three qubits are written with two-qubit gates: a Toffoli becomes its six cx and the
    /// phases between them.
    bool split_three_qubit_gates = false;
};

/// Lowers a circuit to the distributable gate set.
///
/// Controlled gates become V^dagger, phase, V on their target; one-qubit gates are multiplied out
/// and phases added up (SegmentWriter), so that H H between two CX on one target disappears and
/// both share a segment. Every operation carries the number of its source operation in `origin`.
///
/// Throws: InputError when two-qubit gates are asked for and a gate has more than eight qubits.
LoweredCircuit lower(const Circuit& source, const LowerOptions& options = {});

}  // namespace carillon
