// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "carillon/execution/execute/homogeneity.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// How much to check a compiled program.
enum class VerifyLevel : std::uint8_t {
    kOff,
    kValidator,  ///< the symbolic proof, any size
    kAuto,       ///< the proof, and states or outcomes where that takes a few seconds at most
    kFull,       ///< the proof, states and outcomes, whatever it takes
};

/// "off", "validator", "auto" or "full". Throws: InputError for anything else.
VerifyLevel verify_level(std::string_view name);

struct VerifyOptions {
    VerifyLevel level = VerifyLevel::kAuto;
    std::uint64_t seed = 0;
    std::uint64_t shots = 1024;
    int threads = 0;
    std::uint64_t max_memory_bytes = 0;
};

/// What was checked, and what came out. An empty value was not tried.
struct Verification {
    std::optional<bool> validator;
    std::string validator_reason;    ///< the first difference, when rejected
    std::optional<double> fidelity;  ///< smallest |<source|distributed>|^2 over the runs compared
    std::optional<bool> same_outcomes;  ///< classical results of those runs agreed bit for bit
    std::optional<HomogeneityTest> distribution;
    std::string note;

    bool passed() const;
};

/// A false alarm of the distribution test is as likely as this.
inline constexpr double kFalseAlarm = 1e-6;

/// Checks a distributed program against its source.
///
/// The validator proves it symbolically. States: source and program run with the same random
/// numbers, so that every source measurement gives the same outcome in both, and their final states
/// are compared. Outcomes: two independent samples, compared by a two-sample chi-square test.
Verification verify(const Circuit& source, const DistributedProgram& program,
                    const VerifyOptions& options);

}  // namespace carillon
