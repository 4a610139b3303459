// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "carillon/execution/execute/noise_model.h"
#include "carillon/execution/execute/simulate.h"
#include "carillon/language/circuit/circuit.h"

namespace carillon {

/// The distribution of a program's outcomes under noise, and shots drawn from it.
struct DensityResult {
    std::map<std::string, double> probabilities;  ///< by outcome_key(); those that can happen
    std::map<std::string, std::uint64_t> counts;
    std::uint64_t shots = 0;
    std::size_t peak_branches = 0;  ///< density matrices alive at once
    std::uint64_t peak_bytes = 0;
    double wall_s = 0;
    std::optional<host::BindReport> binding = {};  ///< for who bound the threads to tell
};

/// Runs a circuit on density matrices: exact up to rounding, whatever the noise.
///
/// A measurement that the program goes on from makes one density matrix for each value that
/// classical memory can have; those that come to the same memory are added. Loops go on until less
/// than 1e-12 of the distribution is still inside.
///
/// Args:
///     options: shots, seed, precision, threads, max_memory_bytes and max_loop_iterations count.
/// Throws:
///     InputError: noise that is not physical, a gate for which none is given; with the line.
///     ResourceError: density matrices that do not fit, with what would.
DensityResult simulate_density(const Circuit& circuit, const NoiseModel& noise,
                               const SimulateOptions& options = {});

/// A table of the outcomes with the largest probabilities.
std::string density_text(const DensityResult& result);
/// {"counts", "probabilities", "shots", "seed"}.
std::string density_json(const DensityResult& result, std::uint64_t seed);

}  // namespace carillon
