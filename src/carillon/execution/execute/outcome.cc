// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/outcome.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

#include "carillon/base/error.h"

namespace carillon {

std::uint32_t measurement_event(std::uint32_t operation, std::uint32_t repetition) {
    // Multiples of 2^32 / golden ratio stay as far apart as can be, so two pairs give the same
    // number only when operations times repetitions reach about 2^31.
    return operation + repetition * 0x9E3779B1U;
}

namespace {

std::string value_text(const Value& value) {
    switch (value.type) {
        case ScalarType::kBool:
            return value.truthy() ? "true" : "false";
        case ScalarType::kInt:
            return std::to_string(value.as_int());
        case ScalarType::kUint:
            return std::to_string(value.as_uint());
        case ScalarType::kFloat:
        case ScalarType::kAngle:
            break;
    }
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value.as_double());
    return text;
}

}  // namespace

std::string outcome_key(std::span<const BitRegister> registers, std::span<const Variable> variables,
                        const ClassicalState& state) {
    std::string key;
    const auto separate = [&] {
        if (!key.empty()) key += ' ';
    };
    for (const BitRegister& r : registers) {
        if (!r.output || r.size == 0) continue;
        separate();
        for (std::uint32_t k = r.size; k-- > 0;)
            key += state.bits[r.first.value + k] != 0 ? '1' : '0';
    }
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (!variables[v].output) continue;
        separate();
        key += variables[v].name + "=" + value_text(state.variables[v]);
    }
    return key;
}

void count_samples(std::span<const BitRegister> registers, std::span<const Variable> variables,
                   ClassicalState memory, std::span<const BitId> bits,
                   const engine::Samples& samples, SimulateResult& result) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto outcome = samples.outcome(i);
        for (std::size_t k = 0; k < bits.size(); ++k)
            memory.bits[bits[k].value] = outcome[k / 64] >> (k % 64) & 1;
        result.counts[outcome_key(registers, variables, memory)] += samples.counts[i];
    }
    result.distinct = samples.distinct;
}

void keep_shots_safe(SimulateOptions& options) {
    if (!options.safety.on) return;
    if (!options.safety.folder.empty() || !options.safety.resume.empty())
        throw InputError(
            "checkpoints in a folder are of programs whose measurements all come last; this one "
            "measures, resets or branches before its end: leave the folder out to keep "
            "checkpoints in memory");
    options.per_shot = true;  // there is one safe state at a time
}

std::size_t most_kept(const SimulateOptions& options) {
    return options.most_outcomes == 0 ? engine::kAllOutcomes : options.most_outcomes;
}

void keep_most_outcomes(const SimulateOptions& options, SimulateResult& result) {
    result.distinct = result.counts.size();
    const std::size_t most = most_kept(options);
    if (result.counts.size() <= most) return;
    std::vector<std::pair<std::string, std::uint64_t>> sorted(result.counts.begin(),
                                                              result.counts.end());
    std::ranges::stable_sort(sorted, std::greater{},
                             [](const auto& entry) { return entry.second; });
    sorted.resize(most);
    result.counts = {sorted.begin(), sorted.end()};
}

void assign_variable(ClassicalState& state, VariableId target, const Value& value) {
    Value& variable = state.variables[static_cast<std::size_t>(target)];
    variable = cast(value, variable.type, variable.width);
}

void assign_bits(ClassicalState& state, BitId first, std::uint32_t count, const Value& value) {
    const std::uint64_t bits = value.as_uint();
    for (std::uint32_t k = 0; k < count; ++k)
        state.bits[first.value + k] = k < 64 && (bits >> k & 1) != 0;
}

}  // namespace carillon
