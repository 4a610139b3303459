// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/program/program.h"

namespace carillon {

std::string QpuProgram::qubit_name(LocalQubit qubit) const {
    return is_comm(qubit) ? "c" + std::to_string(qubit - data_qubits) : "d" + std::to_string(qubit);
}

std::string_view purpose_name(PairPurpose purpose) {
    switch (purpose) {
        case PairPurpose::kTelegate:
            return "telegate";
        case PairPurpose::kTeledata:
            return "teledata";
        case PairPurpose::kGhz:
            return "ghz";
        case PairPurpose::kSwapping:
            return "swapping";
        case PairPurpose::kPurification:
            return "purification";
    }
    return "unknown";
}

std::string_view purpose_name(TransferPurpose purpose) {
    return purpose == TransferPurpose::kCopy ? "copy" : "move";
}

ProgramSummary summarize(const DistributedProgram& program) {
    ProgramSummary summary;
    summary.pairs = program.pairs.size();
    summary.transfers = program.transfers.size();
    for (const QpuProgram& qpu : program.qpus)
        visit_instructions(qpu, [&](const Instruction& i) {
            ++summary.instructions;
            summary.classical_bits += i.kind == InstructionKind::kSend;
            summary.local_gates += i.kind == InstructionKind::kGate;
            summary.measurements += i.kind == InstructionKind::kMeasure;
        });
    return summary;
}

}  // namespace carillon
