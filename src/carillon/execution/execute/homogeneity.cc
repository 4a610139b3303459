// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/homogeneity.h"

#include <cmath>
#include <set>

namespace carillon {

namespace {

/// Lower regularised incomplete gamma by its series; converges fast for x < a + 1.
double gamma_series(double a, double x) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 10000 && std::abs(term) > std::abs(sum) * 1e-16; ++n) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// Upper regularised incomplete gamma by its continued fraction (modified Lentz), for x >= a + 1.
double gamma_fraction(double a, double x) {
    constexpr double kTiny = 1e-300;
    double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, h = d;
    for (int n = 1; n < 10000; ++n) {
        const double an = -n * (n - a);
        b += 2;
        d = an * d + b;
        d = 1 / (std::abs(d) < kTiny ? kTiny : d);
        c = b + an / c;
        if (std::abs(c) < kTiny) c = kTiny;
        h *= d * c;
        if (std::abs(d * c - 1) < 1e-16) break;
    }
    return h * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

}  // namespace

double chi_square_tail(double statistic, double degrees) {
    const double a = degrees / 2, x = statistic / 2;
    if (x <= 0) return 1;
    return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

HomogeneityTest compare_counts(const Counts& a, const Counts& b) {
    HomogeneityTest test;
    double total_a = 0, total_b = 0;
    std::set<std::string> outcomes;
    for (const auto& [outcome, n] : a) outcomes.insert(outcome), total_a += static_cast<double>(n);
    for (const auto& [outcome, n] : b) outcomes.insert(outcome), total_b += static_cast<double>(n);
    if (total_a == 0 || total_b == 0) {
        test.p_value = total_a == total_b;
        test.total_variation = total_a == total_b ? 0 : 1;
        return test;
    }
    const double share_a = total_a / (total_a + total_b);
    double pooled_a = 0, pooled_b = 0;
    std::uint32_t classes = 0;
    const auto add_class = [&](double na, double nb) {
        const double expected_a = (na + nb) * share_a, expected_b = (na + nb) * (1 - share_a);
        test.statistic += (na - expected_a) * (na - expected_a) / expected_a +
                          (nb - expected_b) * (nb - expected_b) / expected_b;
        ++classes;
    };
    const double rare = 5 / std::min(share_a, 1 - share_a);
    for (const std::string& outcome : outcomes) {
        const auto ia = a.find(outcome), ib = b.find(outcome);
        const double na = ia == a.end() ? 0 : static_cast<double>(ia->second);
        const double nb = ib == b.end() ? 0 : static_cast<double>(ib->second);
        test.total_variation += std::abs(na / total_a - nb / total_b) / 2;
        if (na + nb < rare) {
            pooled_a += na;
            pooled_b += nb;
        } else {
            add_class(na, nb);
        }
    }
    if (pooled_a + pooled_b > 0) add_class(pooled_a, pooled_b);
    test.degrees = classes - 1;
    if (test.degrees > 0) test.p_value = chi_square_tail(test.statistic, test.degrees);
    return test;
}

}  // namespace carillon
