// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/peephole.h"

#include <algorithm>

namespace carillon {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

/// What is open on one qubit: an h, and the controlled z gates since.
struct OpenRun {
    std::uint32_t h = kNone;
    std::vector<std::uint32_t> phases;
};

bool plain(const Instruction& i) {
    return i.kind == InstructionKind::kGate && i.num_conditions == 0;
}

/// Turns a controlled z into a controlled x whose target is `target`.
void retarget(QpuProgram& qpu, Instruction& i, LocalQubit target) {
    i.gate = GateKind::kX;
    auto* operands = qpu.operands.data() + i.first_operand;
    std::iter_swap(std::find(operands, operands + i.num_operands, target),
                   operands + i.num_operands - 1);
}

void fold_block(QpuProgram& qpu, InstructionBlock& block) {
    std::vector<OpenRun> open(qpu.num_qubits());
    std::vector<bool> dead(block.size());
    std::vector<bool> retargeted(block.size());
    for (std::uint32_t k = 0; k < block.size(); ++k) {
        Instruction& i = block[k];
        if (i.body.valid()) {  // a nested block ends every run
            for (OpenRun& run : open) run = {};
            continue;
        }
        const auto qubits = qpu.qubits(i);
        const bool h = plain(i) && i.gate == GateKind::kH && i.controls == 0;
        if (h) {
            OpenRun& run = open[qubits[0]];
            const bool closes = run.h != kNone && !run.phases.empty() &&
                                std::none_of(run.phases.begin(), run.phases.end(),
                                             [&](std::uint32_t p) { return retargeted[p]; });
            if (!closes) {
                run = {k, {}};
                continue;
            }
            for (const std::uint32_t p : run.phases) {
                retargeted[p] = true;
                retarget(qpu, block[p], qubits[0]);
            }
            dead[run.h] = dead[k] = true;
            run = {};
        } else if (plain(i) && i.gate == GateKind::kZ && i.controls > 0) {
            for (const LocalQubit q : qubits)
                if (open[q].h != kNone) open[q].phases.push_back(k);
        } else {
            for (const LocalQubit q : qubits) open[q] = {};
        }
    }
    std::size_t out = 0;
    for (std::size_t k = 0; k < block.size(); ++k)
        if (!dead[k]) block[out++] = block[k];
    block.resize(out);
}

}  // namespace

void fold_hadamards(DistributedProgram& program) {
    for (QpuProgram& qpu : program.qpus)
        for (InstructionBlock& block : qpu.blocks) fold_block(qpu, block);
}

}  // namespace carillon
