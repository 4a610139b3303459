// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/validate.h"

#include <chrono>

#include "carillon/workload/validate/canonical_form.h"
#include "carillon/workload/validate/certificate.h"
#include "carillon/workload/validate/difference.h"
#include "carillon/workload/validate/expression_table.h"
#include "carillon/workload/validate/matrix_table.h"
#include "carillon/workload/validate/qubit_map.h"
#include "carillon/workload/validate/replay.h"
#include "carillon/workload/validate/source_form.h"

namespace carillon {

namespace {

using validation::CanonicalForm;
using validation::Difference;

/// The declarations of both: sizes, registers, variables.
void check_declarations(const Circuit& source, const DistributedProgram& program) {
    const auto require = [](bool holds, const char* what) {
        if (!holds) throw Difference(std::string("the program has ") + what);
    };
    require(program.num_qubits == source.num_qubits, "another number of source qubits");
    require(program.num_bits == source.num_bits, "another number of classical bits");
    require(program.initial_layout.size() == source.num_qubits,
            "an initial layout that does not name every source qubit once");
    require(program.final_layout.size() == source.num_qubits,
            "a final layout that does not name every source qubit once");
    require(program.bit_owner.size() == source.num_bits, "no owner for every bit");
    require(program.variable_owner.size() == source.variables.size(),
            "no owner for every variable");
    require(program.variables.size() == source.variables.size(), "other variables");
    require(program.qpus.size() < 0x10000, "more than 65,535 QPUs");
    for (std::size_t i = 0; i < source.variables.size(); ++i)
        require(program.variables[i].initial == source.variables[i].initial,
                "another variable or initial value");
    require(program.bit_registers.size() == source.bit_registers.size(), "other bit registers");
    for (std::size_t i = 0; i < source.bit_registers.size(); ++i) {
        const BitRegister &a = source.bit_registers[i], &b = program.bit_registers[i];
        require(a.name == b.name && a.first == b.first && a.size == b.size && a.output == b.output,
                "another bit register");
    }
    std::size_t receives = 0;
    for (const QpuProgram& qpu : program.qpus) {
        require(qpu.num_bits >= source.num_bits, "a QPU without room for the source's bits");
        for (const InstructionBlock& block : qpu.blocks)
            for (const Instruction& i : block) receives += i.kind == InstructionKind::kRecv;
    }
    require(program.num_messages <= receives, "more messages than are received");
}

std::string describe(const CanonicalForm::Divergence& where, const validation::Replay& replay,
                     const validation::QubitMap& names) {
    std::string text = names.wire_name(where.wire) + ": " + where.what + "; source: ";
    text += where.origin_a == CanonicalForm::kNoOrigin
                ? "nothing more"
                : "operation " + std::to_string(where.origin_a);
    text += ", program: ";
    text += where.origin_b == CanonicalForm::kNoOrigin ? "nothing more"
                                                       : replay.place_name(where.origin_b);
    return text;
}

void compare(const Circuit& source, const DistributedProgram& program, Verdict& verdict) {
    check_declarations(source, program);
    const validation::QubitMap names(source, program);
    validation::ExpressionTable expressions;
    validation::MatrixTable matrices;
    validation::CertificateChecker certificates;
    const validation::SourceForm expected =
        read_source(source, program.rewrites, expressions, matrices, certificates);
    verdict.certificates = certificates.checked();

    validation::Replay replay(source, program, expected, names, expressions, matrices,
                              certificates);
    replay.run();
    verdict.certificates = certificates.checked();
    verdict.instructions = replay.instructions();
    verdict.pairs = replay.pairs();
    verdict.transfers = replay.transfers();
    verdict.entangled = replay.quantum().entangled();
    verdict.disentangled = replay.quantum().disentangled();

    const CanonicalForm::Divergence where = CanonicalForm::compare(expected.form, replay.form());
    if (where.found) throw Difference(describe(where, replay, names));
    verdict.equal = true;
}

}  // namespace

Verdict validate(const Circuit& source, const DistributedProgram& program) {
    const auto start = std::chrono::steady_clock::now();
    Verdict verdict;
    try {
        compare(source, program, verdict);
    } catch (const Difference& d) {
        verdict.reason = d.reason;
    }
    verdict.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return verdict;
}

}  // namespace carillon
