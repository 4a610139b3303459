// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/gate_check.h"

#include <cmath>

namespace carillon::validation {

std::string gate_fault(GateKind kind, std::uint32_t controls, std::size_t operands,
                       std::span<const Param> params, std::uint32_t matrix,
                       std::span<const Matrix> matrices) {
    if (kind > GateKind::kUnitary) return "no such gate";
    const GateInfo& info = gate_info(kind);
    int targets = info.targets;
    if (kind == GateKind::kUnitary) {
        if (matrix >= matrices.size()) return "a matrix that does not exist";
        const Matrix& m = matrices[matrix];
        if (m.qubits < 1 || m.qubits > 12 || m.data.size() != m.dim() * m.dim())
            return "a matrix of the wrong shape";
        targets = m.qubits;
    }
    if (operands != std::size_t{controls} + static_cast<std::size_t>(targets))
        return "wrong number of operands for " + std::string(info.name);
    if (params.size() != static_cast<std::size_t>(info.params))
        return "wrong number of angles for " + std::string(info.name);
    for (const Param& p : params)
        if (p.constant() && !std::isfinite(p.value)) return "an angle that is not finite";
    return {};
}

}  // namespace carillon::validation
