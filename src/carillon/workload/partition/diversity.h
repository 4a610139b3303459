// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace carillon {

/// How differently two lists of homes group the same qubits: variation of information over joint
/// entropy, 0 (same groups, whatever the QPUs are called) to 1 (independent). A metric.
///
/// Source: Meila, J. Multivariate Analysis 98 (2007) 873; Vinh et al., JMLR 11 (2010) 2837.
double disagreement(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// Mean disagreement over all pairs of lists; 0 for fewer than two.
double mean_disagreement(const std::vector<std::vector<std::uint32_t>>& homes);

/// The homes of `b` with QPUs of equal capacity renamed so that many qubits have the same home in
/// `a` (largest overlaps first).
std::vector<std::uint32_t> renamed_like(std::span<const std::uint32_t> a,
                                        std::span<const std::uint32_t> b,
                                        std::span<const std::uint32_t> capacity);

}  // namespace carillon
