// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/local_windows.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/gate_check.h"

namespace carillon::validation {

namespace {

/// Appends a gate instruction to a circuit whose qubit i stands for locals[i].
void append(Circuit& circuit, std::vector<LocalQubit>& locals, const DistributedProgram& program,
            const QpuProgram& qpu, const Instruction& i) {
    if (i.kind != InstructionKind::kGate) throw Difference("a window has something but gates");
    if (!in_arena(i.first_operand, i.num_operands, qpu.operands.size()) ||
        !in_arena(i.first_param, i.num_params, qpu.params.size()) ||
        !in_arena(i.first_condition, i.num_conditions, qpu.condition_bits.size()))
        throw Difference("a window has operands, angles or conditions that do not exist");
    const std::string fault = gate_fault(i.gate, i.controls, i.num_operands, qpu.parameters(i),
                                         i.matrix, program.matrices);
    if (!fault.empty()) throw Difference("in a window: " + fault);
    std::vector<QubitId> operands;
    for (const LocalQubit q : qpu.qubits(i)) {
        auto at = std::ranges::find(locals, q);
        if (at == locals.end()) at = locals.insert(locals.end(), q);
        const QubitId operand{static_cast<std::size_t>(at - locals.begin())};
        if (std::ranges::find(operands, operand) != operands.end())
            throw Difference("in a window: a gate names a qubit twice");
        operands.push_back(operand);
    }
    for (const Param& p : qpu.parameters(i))
        if (!p.constant()) throw Difference("a window has an angle that is known at run time only");
    if (i.gate == GateKind::kUnitary)
        circuit.unitary(program.matrices[i.matrix], i.controls, operands);
    else
        circuit.gate(i.gate, i.controls, operands, qpu.parameters(i));
}

std::tuple<std::uint32_t, std::uint32_t, std::uint32_t> start_of(const LocalWindow& w) {
    return {w.qpu.value, w.block.value, w.first};
}

}  // namespace

LocalWindows::LocalWindows(const DistributedProgram& program, CertificateChecker& certificates)
    : program_(program), certificates_(certificates) {
    windows_.reserve(program.windows.size());
    for (const LocalWindow& w : program.windows) windows_.push_back(&w);
    std::ranges::stable_sort(windows_, {}, [](const LocalWindow* w) { return start_of(*w); });
}

std::size_t LocalWindows::first_of(std::uint32_t qpu, std::uint32_t block) const {
    const auto at = std::ranges::lower_bound(windows_, std::tuple(qpu, block, 0u), {},
                                             [](const LocalWindow* w) { return start_of(*w); });
    return static_cast<std::size_t>(at - windows_.begin());
}

const LocalWindow* LocalWindows::at(std::size_t& position, std::uint32_t qpu, std::uint32_t block,
                                    std::size_t index) const {
    const std::tuple here(qpu, block, static_cast<std::uint32_t>(index));
    while (position < windows_.size() && start_of(*windows_[position]) < here) ++position;
    if (position == windows_.size() || start_of(*windows_[position]) != here) return nullptr;
    return windows_[position];
}

void LocalWindows::check(const LocalWindow& window) {
    const QpuProgram& qpu = program_.qpus[window.qpu.value];
    const InstructionBlock& block = qpu.blocks[window.block.value];
    if (window.count == 0 || !in_arena(window.first, window.count, block.size()))
        throw Difference("a window has no instructions or more than its block");
    std::vector<LocalQubit> locals;
    Circuit done, meant;
    append(meant, locals, program_, qpu, window.meaning);
    for (std::uint32_t k = 0; k < window.count; ++k) {
        const Instruction& i = block[window.first + k];
        append(done, locals, program_, qpu, i);
        if (!std::ranges::equal(qpu.conditions(i), qpu.conditions(window.meaning)))
            throw Difference("a window's gates do not have the condition of what they mean");
    }
    const auto qubits = static_cast<std::uint32_t>(locals.size());
    done.add_qubits("q", qubits);
    meant.add_qubits("q", qubits);
    certificates_.check_equal(meant, done, "the window");
}

}  // namespace carillon::validation
