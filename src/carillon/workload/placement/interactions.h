// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// A maximal stretch of one qubit's life in which every gate on it is diagonal or antidiagonal, so
/// that one cat copy per QPU serves all its multi-qubit gates there. It ends at any other one-qubit
/// gate, a measurement, a reset, and a nested block that touches the qubit.
struct Segment {
    QubitId qubit;
    BlockId block;                     ///< block whose operations it spans
    std::uint32_t begin = 0, end = 0;  ///< positions in that block: it spans [begin, end)
    std::vector<std::uint32_t> gates;  ///< indices into Interactions::gates, in order

    /// Whether the qubit's copies may outlive this segment ("embedding"): it has segments of the
    /// same block right before and after, a Hadamard-type gate at either end, and in between only
    /// two-qubit Z gates and diagonal gates whose phases add up to 0 or pi, so that in the bases
    /// of its neighbours it is a run of CX with this qubit as target, and an X if `flips`.
    bool embeddable = false;
    bool flips = false;
};

/// A multi-qubit phase gate (kZ or kP with controls): diagonal on every operand, so any QPU where
/// each operand has a copy can do it.
struct Interaction {
    std::uint32_t operation = 0;          ///< operation number
    std::vector<std::uint32_t> segments;  ///< one per operand, indices into Interactions::segments
};

/// The segments and multi-qubit gates of a lowered circuit: the hypergraph that partitioners work
/// on. Segments without gates are kept: `of_qubit` lists each qubit's segments of the program's own
/// block in time order.
struct Interactions {
    std::vector<Segment> segments;
    std::vector<Interaction> gates;
    std::vector<std::vector<std::uint32_t>> of_qubit;
    std::uint32_t num_operations = 0;  ///< over all blocks
};

/// What a one-qubit gate does to a computational basis state.
enum class OneQubitAction : std::uint8_t {
    kDiagonal,      ///< a phase: cat copies stay valid
    kAntidiagonal,  ///< a bit flip with phases (X, Y ...): cat copies stay valid once flipped too
    kOther,         ///< makes superpositions: ends the segment
};
OneQubitAction one_qubit_action(const Circuit& circuit, const Operation& gate);

/// A one-qubit gate that is, up to global phase, P(after) H P(before).
struct HadamardType {
    double before = 0, after = 0;  ///< radians
};
/// The angles if `gate` is of that kind (all matrix entries have magnitude 1/sqrt(2)).
std::optional<HadamardType> hadamard_type(const Circuit& circuit, const Operation& gate);

/// Throws: InternalError when a multi-qubit gate is not a phase gate (the circuit was not lowered).
Interactions find_interactions(const Circuit& lowered);

}  // namespace carillon
