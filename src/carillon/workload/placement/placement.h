// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/base/ids.h"

namespace carillon {

/// A qubit changes its home (teledata).
struct Move {
    std::uint32_t position = 0;  ///< just before operation `position` of the program's own block
    QubitId qubit;
    QpuId to;
};

/// A cat copy that lives through an embeddable segment of its qubit. Every gate of that segment is
/// then done as a CX at the qubit's home and at every kept copy, so that its other operand needs a
/// copy at each of these QPUs.
///
/// Rules: the segment is embeddable, and copies are kept through neither the segment before nor the
/// one after; the qubit has one home from the segment before to the segment after, and `qpu` is
/// another; the copy stands at `qpu` when the segment before ends (a gate of it is done there, or
/// it was kept already before it); no gate of the segment has another operand whose own segment
/// keeps copies; `site` of its gates is the qubit's home.
struct KeptCopy {
    std::uint32_t segment = 0;  ///< index into Interactions::segments
    QpuId qpu;

    friend bool operator==(const KeptCopy&, const KeptCopy&) = default;
};

/// The form of a program that a placement speaks of.
struct ProgramForm {
    bool rewritten = false;  ///< stretches of cx and phases are written as phases
    bool split = false;      ///< gates on three qubits are written with gates on two

    friend bool operator==(const ProgramForm&, const ProgramForm&) = default;
};

/// Which qubit lives on which QPU, and when; and where every multi-qubit gate is done.
struct Placement {
    std::vector<QpuId> home;  ///< by qubit, at the start
    std::vector<Move> moves;  ///< rising position; capacities hold after all moves of one position
    std::vector<QpuId> site;  ///< by operation number (visit_operations order): QPU that does a
                              ///< multi-qubit gate; none for every other operation
    std::vector<KeptCopy> kept;  ///< rising by segment, then QPU
};

}  // namespace carillon
