// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/verify.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/execution/execute/simulate.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {

namespace {

constexpr std::uint32_t kMostStateQubits = 26;  ///< a final state of 1 GiB
constexpr double kQuickWork = 4e9;              ///< amplitude updates that take a few seconds
constexpr int kComparedShots = 4;               ///< runs with different protocol outcomes

/// Amplitude updates of one run of the source.
double work_of(const Circuit& circuit) {
    return std::ldexp(static_cast<double>(summarize(circuit).operations),
                      static_cast<int>(circuit.num_qubits));
}

/// Final measurements become barriers, so that the states before them can be compared; numbers of
/// operations stay.
void drop_measurements(Circuit& circuit, DistributedProgram& program) {
    for (Operation& op : circuit.body())
        if (op.kind == OpKind::kMeasure) op.kind = OpKind::kBarrier;
    for (QpuProgram& qpu : program.qpus)
        for (Instruction& i : qpu.blocks[0]) {
            const bool message =
                i.kind == InstructionKind::kSend || i.kind == InstructionKind::kRecv;
            const bool measurement =
                i.kind == InstructionKind::kMeasure && i.source != Instruction::kNoSource;
            if (measurement || (message && i.bit.value < program.num_bits))
                i.kind = InstructionKind::kBarrier;
        }
}

void compare_states(const Circuit& source, const DistributedProgram& program,
                    const VerifyOptions& options, const SimulateOptions& simulation,
                    Verification& result) {
    const bool final_only = can_sample(source) && can_sample(program);
    Circuit circuit = source;
    DistributedProgram distributed = program;
    if (final_only) drop_measurements(circuit, distributed);
    double worst = 1;
    bool agree = true;
    for (int shot = 0; shot < kComparedShots; ++shot) {
        const FidelityResult r = fidelity(circuit, distributed, options.seed,
                                          static_cast<std::uint64_t>(shot), simulation);
        const double same_chance = 1 - std::abs(r.program_probability - r.source_probability) /
                                           std::max(r.program_probability, r.source_probability);
        worst = std::min({worst, r.fidelity, same_chance});
        agree &= r.outputs_agree;
    }
    result.fidelity = worst;
    result.same_outcomes = agree;
    result.note += final_only ? "states before the final measurements compared in "
                              : "states, outcomes and their probabilities compared in ";
    result.note += std::to_string(kComparedShots) + " runs; ";
}

void compare_outcomes(const Circuit& source, const DistributedProgram& program,
                      const VerifyOptions& options, SimulateOptions simulation,
                      Verification& result) {
    simulation.shots = options.shots;
    simulation.seed = options.seed + 1;  // independent of the states' comparison and of each other
    const Counts expected = simulate(source, simulation).counts;
    simulation.seed = options.seed + 2;
    const Counts found = run_program(program, simulation).counts;
    if (expected.empty() && found.empty()) return;
    result.distribution = compare_counts(expected, found);
    result.note += "outcomes of " + std::to_string(options.shots) +
                   " shots each compared by a two-sample chi-square test, p = " +
                   std::to_string(result.distribution->p_value) + " (alarm below 1e-6); ";
}

}  // namespace

VerifyLevel verify_level(std::string_view name) {
    if (name == "off") return VerifyLevel::kOff;
    if (name == "validator") return VerifyLevel::kValidator;
    if (name == "auto") return VerifyLevel::kAuto;
    if (name == "full") return VerifyLevel::kFull;
    throw InputError("verify: \"" + std::string(name) +
                     "\" is not known; use off, validator, auto or full");
}

bool Verification::passed() const {
    return validator.value_or(true) && fidelity.value_or(1) > 1 - 1e-10 &&
           same_outcomes.value_or(true) && (!distribution || distribution->p_value >= kFalseAlarm);
}

Verification verify(const Circuit& source, const DistributedProgram& program,
                    const VerifyOptions& options) {
    Verification result;
    if (options.level == VerifyLevel::kOff) {
        result.note = "not checked";
        return result;
    }
    const Verdict verdict = validate(source, program);
    result.validator = verdict.equal;
    result.validator_reason = verdict.reason;
    if (options.level == VerifyLevel::kValidator) return result;

    SimulateOptions simulation;
    simulation.threads = options.threads;
    simulation.max_memory_bytes = options.max_memory_bytes;
    const bool full = options.level == VerifyLevel::kFull;
    const double work = work_of(source);
    if (source.num_qubits <= kMostStateQubits && (full || work * kComparedShots * 3 < kQuickWork))
        compare_states(source, program, options, simulation, result);
    else
        result.note += "states not compared: too large for a few seconds; ";
    const double runs = can_sample(source) ? 1 : static_cast<double>(options.shots);
    if (full || work * runs * 2 < kQuickWork)
        compare_outcomes(source, program, options, simulation, result);
    else
        result.note += "outcomes not compared: too long for a few seconds; ";
    if (result.note.ends_with("; ")) result.note.resize(result.note.size() - 2);
    return result;
}

}  // namespace carillon
