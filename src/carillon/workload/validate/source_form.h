// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/validate/canonical_form.h"
#include "carillon/workload/validate/certificate.h"
#include "carillon/workload/validate/expression_table.h"
#include "carillon/workload/validate/matrix_table.h"

namespace carillon::validation {

/// Names one write of a classical bit or variable. 0 is the value at the start of the program; the
/// source's own writes come next; outcomes of protocols are numbered after them.
using Definition = std::uint32_t;

/// What one block operation does to a slot (bit b is slot b, variable v slot num_bits + v).
struct BlockWrite {
    std::uint32_t slot = 0;
    Definition before = 0;    ///< at the operation
    Definition then_end = 0;  ///< at the end of its body
    Definition else_end = 0;  ///< kIf: at the end of its other branch, or `before`
    Definition after = 0;     ///< afterwards; kWhile: also at the head of the loop
};

/// What the program must respect about a source operation that is not a gate.
struct SourceEvent {
    const Operation* operation = nullptr;
    BlockId block;                     ///< where it stands
    std::vector<Definition> reads;     ///< of the slots its expression reads, in their order
    Definition definition = 0;         ///< kMeasure and kAssign: its (first) write
    std::vector<std::uint32_t> wires;  ///< kIf, kWhile: wires of the qubits it touches, sorted
    std::vector<BlockWrite> writes;    ///< kIf, kWhile: sorted by slot
};

/// The source circuit, with certified rewrites applied, in canonical form, and what its classical
/// operations read and write.
struct SourceForm {
    static constexpr std::uint32_t kGate = 0xffffffff;

    CanonicalForm form;
    std::vector<std::uint32_t> event_of;  ///< by number of the operation; kGate for gates
    std::vector<SourceEvent> events;
    std::vector<std::uint32_t> wire_of;         ///< by source qubit, at the end
    std::vector<Definition> final_definitions;  ///< by slot
    std::uint32_t num_definitions = 1;
    ExpressionTable::Numbered expressions;

    explicit SourceForm(std::uint32_t wires) : form(wires) {}

    /// The event of an operation, or null when there is no such operation or it is a gate.
    const SourceEvent* event(std::uint32_t number) const {
        if (number >= event_of.size() || event_of[number] == kGate) return nullptr;
        return &events[event_of[number]];
    }
};

/// Throws: Difference when a rewrite does not fit the source or its certificate is wrong.
SourceForm read_source(const Circuit& source, std::span<const Rewrite> rewrites,
                       ExpressionTable& expressions, MatrixTable& matrices,
                       CertificateChecker& certificates);

}  // namespace carillon::validation
