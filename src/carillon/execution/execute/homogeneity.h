// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace carillon {

using Counts = std::map<std::string, std::uint64_t>;

/// Result of comparing two samples of outcomes.
struct HomogeneityTest {
    double statistic = 0;       ///< chi-square
    std::uint32_t degrees = 0;  ///< of freedom; 0 when both samples have one outcome class
    double p_value = 1;  ///< chance of a statistic this large if both have the same distribution
    double total_variation = 0;  ///< 1/2 sum |p - q| of the two samples
};

/// Two-sample chi-square test: do both samples come from one distribution? Outcomes expected fewer
/// than five times in either sample are pooled.
///
/// Source: Press et al., Numerical Recipes, 3rd ed., section 14.3 (chstwo), with unequal sample
/// sizes.
HomogeneityTest compare_counts(const Counts& a, const Counts& b);

/// Upper tail of the chi-square distribution, Q(degrees/2, statistic/2).
double chi_square_tail(double statistic, double degrees);

}  // namespace carillon
