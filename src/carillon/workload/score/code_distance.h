// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace carillon {

/// The usual rule of thumb for a surface code under circuit noise: a logical qubit of distance d
/// fails in one code cycle with probability
///
///     p_L(d) = 0.1 (p / 0.01)^((d + 1) / 2)
///
/// where p is the error of a two-qubit gate. An estimate, for p below the threshold of 0.01.
///
/// Source: Fowler & Gidney, arXiv:1808.06709 (2018), sec. 2; the form is that of Fowler et al.,
/// PRA 86, 032324 (2012).
struct SurfaceCode {
    static constexpr double kPrefactor = 0.1;
    static constexpr double kThreshold = 0.01;
    static constexpr std::uint32_t kMostDistance = 101;
};

double logical_error_per_cycle(double physical_error, std::uint32_t distance);

/// Physical qubits of one rotated patch: d^2 data and d^2 - 1 measure qubits.
std::uint64_t patch_qubits(std::uint32_t distance);

/// The least odd distance (3 or more) at which `cycles` logical cycles, each `distance` code
/// cycles long, fail with probability at most `budget` altogether; nothing at or above the
/// threshold, and none up to kMostDistance.
///
/// Args:
///     cycles: logical qubits times logical steps.
std::optional<std::uint32_t> code_distance(double physical_error, double cycles, double budget);

}  // namespace carillon
