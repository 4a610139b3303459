// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace carillon {

struct Interval {
    double low = 0, high = 1;
};

/// 95 % confidence interval of a probability seen as `share` in `trials` trials: Wilson's, which
/// stays within [0, 1] and holds for small counts, 0 among them. `trials` need not be whole (an
/// effective number of trials).
///
/// Source: Wilson, J. Am. Stat. Assoc. 22, 209 (1927).
Interval wilson_interval(double share, double trials);

/// Count, mean and spread of numbers, which add up in any grouping.
///
/// Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
/// sample variances", 1979.
struct Moments {
    std::uint64_t count = 0;
    double mean = 0;
    double squares = 0;  ///< sum of squared distances from the mean

    void add(double value) { add(Moments{1, value, 0}); }
    void add(const Moments& other);
    /// Of the mean; none from fewer than two numbers.
    std::optional<double> standard_error() const;
};

}  // namespace carillon
