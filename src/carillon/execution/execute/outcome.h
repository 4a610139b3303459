// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "carillon/execution/execute/simulate.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/engine/sample.h"

namespace carillon {

/// The event number under which a source measurement or reset draws its random number
/// (keyed_uniform with kStreamMeasurement): it depends on the operation and on how many times it
/// ran before in this shot, not on what else ran in between, so a distributed run of the program
/// draws the same numbers.
///
/// Args:
///     operation: number of the source operation (visit_operations order).
///     repetition: how many times it ran before in this shot.
std::uint32_t measurement_event(std::uint32_t operation, std::uint32_t repetition);

/// The key of one outcome in a table of counts: for each output bit register in declaration order
/// its bits, most significant first; then each output variable as `name=value`; separated by
/// spaces. A program without output gives "".
std::string outcome_key(std::span<const BitRegister> registers, std::span<const Variable> variables,
                        const ClassicalState& state);

/// Adds sampled outcomes to the counts of a result, and says how many came.
///
/// Args:
///     memory: what bits and variables hold beside the sampled bits.
///     bits: where the outcome of each sampled qubit goes.
void count_samples(std::span<const BitRegister> registers, std::span<const Variable> variables,
                   ClassicalState memory, std::span<const BitId> bits,
                   const engine::Samples& samples, SimulateResult& result);

/// Why a program is refused when its state is asked about.
constexpr const char* kNoFinalState =
    "the program measures, resets or branches before its end, so that every shot leaves another "
    "state; expectation values, amplitudes and states are given of programs whose measurements all "
    "come last";

/// Makes the options those of a program whose shots are run one after another.
///
/// Throws: InputError when they ask for checkpoints that only a program that is sampled can have.
void keep_shots_safe(SimulateOptions& options);

/// The diary for work that is all computing: none over ranks, where the state itself tells
/// computing from waiting.
inline host::RankTrace* whole_work(const SimulateOptions& options) {
    return options.ranks == nullptr ? options.locality.trace : nullptr;
}

/// How many outcomes the sampler is to keep.
std::size_t most_kept(const SimulateOptions& options);
/// Counts the outcomes of a run shot by shot, and leaves as many as the options ask for: the most
/// frequent, among equals the first.
void keep_most_outcomes(const SimulateOptions& options, SimulateResult& result);

/// Adds what a register used to a result.
template <class Real>
void take_resources(const engine::Register<Real>& qubits, SimulateResult& result) {
    if (qubits.peak_bytes() > result.peak_bytes) result.pages = qubits.affine().state().pages();
    result.peak_axes = std::max(result.peak_axes, qubits.peak_axes());
    result.peak_bytes = std::max(result.peak_bytes, qubits.peak_bytes());
    result.passes = qubits.passes();
    if (const auto disk = qubits.disk()) result.disk = result.disk ? * result.disk += *disk : *disk;
    result.explained = qubits.affine().state().records();
}

/// Runs an assignment: to a variable (converted to its type), or to bits, `first` the least
/// significant.
void assign_variable(ClassicalState& state, VariableId target, const Value& value);
void assign_bits(ClassicalState& state, BitId first, std::uint32_t count, const Value& value);

}  // namespace carillon
