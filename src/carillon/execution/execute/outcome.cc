// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/outcome.h"

#include <algorithm>
#include <cstdio>

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
                   const engine::Samples& samples, std::map<std::string, std::uint64_t>& counts) {
    const auto add = [&](std::span<const std::uint64_t> shot, std::uint64_t times) {
        for (std::size_t k = 0; k < bits.size(); ++k)
            memory.bits[bits[k].value] = shot[k / 64] >> (k % 64) & 1;
        counts[outcome_key(registers, variables, memory)] += times;
    };
    const std::size_t shots = samples.words.size() / samples.words_per_shot;
    if (samples.words_per_shot > 1) {
        for (std::size_t s = 0; s < shots; ++s) add(samples.shot(s), 1);
        return;
    }
    std::vector<std::uint64_t> sorted = samples.words;  // so that each key is written once
    std::ranges::sort(sorted);
    for (auto at = sorted.begin(); at != sorted.end();) {
        const auto next = std::upper_bound(at, sorted.end(), *at);
        add({&*at, 1}, static_cast<std::uint64_t>(next - at));
        at = next;
    }
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
