// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/instruction_cost.h"

#include <cmath>

namespace carillon {

std::uint32_t two_qubit_equivalents(std::uint32_t width) {
    if (width < 2) return 0;
    return width == 2 ? 1 : 6 * (width - 2);
}

Time local_duration(const QpuProgram& qpu, const Instruction& i, const Node& node) {
    const Durations& d = node.durations;
    switch (i.kind) {
        case InstructionKind::kGate:
            if (i.num_operands == 0) return Time{};
            if (i.num_operands == 1) return Time::from_ns(d.one_qubit_ns);
            return Time{Time::from_ns(d.two_qubit_ns).ps * two_qubit_equivalents(i.num_operands)};
        case InstructionKind::kMeasure:
            return Time::from_ns(d.measure_ns);
        case InstructionKind::kReset:
            return Time::from_ns(d.reset_ns);
        case InstructionKind::kDelay: {
            const auto params = qpu.parameters(i);
            return params.empty() || !params[0].constant() ? Time{}
                                                           : Time::from_ns(params[0].value);
        }
        default:
            return Time{};
    }
}

double log_success(const Instruction& i, const Node& node) {
    const ErrorRates& e = node.errors;
    switch (i.kind) {
        case InstructionKind::kGate:
            if (i.num_operands == 0) return 0;
            if (i.num_operands == 1) return std::log1p(-e.one_qubit);
            return two_qubit_equivalents(i.num_operands) * std::log1p(-e.two_qubit);
        case InstructionKind::kMeasure:
            return std::log1p(-e.measure);
        case InstructionKind::kReset:
            return std::log1p(-e.reset);
        default:
            return 0;
    }
}

}  // namespace carillon
