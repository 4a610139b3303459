// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/score/code_distance.h"

#include <cmath>

namespace carillon {

double logical_error_per_cycle(double physical_error, std::uint32_t distance) {
    const double exponent = (distance + 1) / 2;
    return SurfaceCode::kPrefactor * std::pow(physical_error / SurfaceCode::kThreshold, exponent);
}

std::uint64_t patch_qubits(std::uint32_t distance) {
    return 2 * std::uint64_t{distance} * distance - 1;
}

std::optional<std::uint32_t> code_distance(double physical_error, double cycles, double budget) {
    if (physical_error >= SurfaceCode::kThreshold) return std::nullopt;
    for (std::uint32_t d = 3; d <= SurfaceCode::kMostDistance; d += 2) {
        if (cycles * d * logical_error_per_cycle(physical_error, d) <= budget) return d;
    }
    return std::nullopt;
}

}  // namespace carillon
