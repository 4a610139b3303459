// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_instruction.h"

#include "carillon/language/circuit/gate_label.h"

namespace carillon {

bool occupies_qubits(InstructionKind kind) {
    return kind == InstructionKind::kGate || kind == InstructionKind::kMeasure ||
           kind == InstructionKind::kReset || kind == InstructionKind::kPair ||
           kind == InstructionKind::kTransfer || kind == InstructionKind::kDelay;
}

std::string short_label(const Instruction& i) {
    switch (i.kind) {
        case InstructionKind::kMeasure:
            return "M";
        case InstructionKind::kReset:
            return "0";
        case InstructionKind::kDelay:
            return "delay";
        case InstructionKind::kTransfer:
            return "carried";
        default:
            return gate_label(i.gate, i.controls);
    }
}

std::string_view fill_class(const Instruction& i) {
    switch (i.kind) {
        case InstructionKind::kMeasure:
            return "measure";
        case InstructionKind::kReset:
            return "reset";
        case InstructionKind::kDelay:
            return "wait";
        case InstructionKind::kTransfer:
            return "teledata";
        default:
            return i.num_operands > 1 ? "two" : "one";
    }
}

}  // namespace carillon
