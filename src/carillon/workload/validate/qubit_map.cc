// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/qubit_map.h"

#include <algorithm>

#include "carillon/workload/validate/difference.h"

namespace carillon::validation {

QubitMap::QubitMap(const Circuit& source, const DistributedProgram& program)
    : source_(source), program_(program), first_{0} {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 28;
    std::vector<std::uint64_t> used(program.qpus.size(), 0);
    for (std::size_t i = 0; i < used.size(); ++i)
        for (const LocalQubit q : program.qpus[i].operands)
            used[i] = std::max(used[i], std::uint64_t{q} + 1);
    for (const auto* layout : {&program.initial_layout, &program.final_layout})
        for (const Location& where : *layout)
            if (where.qpu.value < used.size())
                used[where.qpu.value] =
                    std::max(used[where.qpu.value], std::uint64_t{where.qubit} + 1);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < used.size(); ++i) {
        const QpuProgram& qpu = program.qpus[i];
        if (used[i] > std::uint64_t{qpu.data_qubits} + qpu.comm_qubits)
            throw Difference(qpu_name(i) + " uses qubit " + std::to_string(used[i] - 1) +
                             " but has only " +
                             std::to_string(std::uint64_t{qpu.data_qubits} + qpu.comm_qubits));
        total += used[i];
        if (total > kMost) throw Difference("the program uses more than 2^28 physical qubits");
        first_.push_back(static_cast<Physical>(total));
    }
}

bool QubitMap::has(const Location& where) const {
    return where.qpu.value < program_.qpus.size() &&
           where.qubit < first_[where.qpu.value + 1] - first_[where.qpu.value];
}

std::size_t QubitMap::qpu_of(Physical p) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(first_, p) - first_.begin()) - 1;
}

bool QubitMap::is_comm(Physical p) const {
    const std::size_t qpu = qpu_of(p);
    return program_.qpus[qpu].is_comm(p - first_[qpu]);
}

std::string QubitMap::qpu_name(std::size_t qpu) const {
    const std::string& name = program_.qpus[qpu].name;
    return "QPU " + std::to_string(qpu) + (name.empty() ? "" : " (" + name + ")");
}

std::string QubitMap::name(Physical p) const {
    const std::size_t qpu = qpu_of(p);
    return program_.qpus[qpu].qubit_name(p - first_[qpu]) + " of " + qpu_name(qpu);
}

std::string QubitMap::wire_name(std::uint32_t wire) const {
    if (wire >= source_.num_qubits) return "a Bell pair";
    return "source qubit " + source_.qubit_name(QubitId{wire});
}

}  // namespace carillon::validation
