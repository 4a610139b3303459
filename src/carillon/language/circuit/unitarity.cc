// SPDX-License-Identifier: Apache-2.0
#include "carillon/language/circuit/unitarity.h"

#include <algorithm>
#include <cmath>

#include "carillon/base/random.h"

namespace carillon {

namespace {

/// Largest entry of |(U^dagger U - 1) v| over a few vectors of random signs: as much work as
/// reading the matrix a few times, and a defect hides from one vector at most half of the time.
double probed_unitarity_error(const Matrix& u) {
    constexpr int kProbes = 8;
    Random random(u.dim());
    double worst = 0;
    for (int probe = 0; probe < kProbes; ++probe) {
        std::vector<double> v(u.dim());
        for (double& sign : v) sign = (random() >> 63) != 0 ? 1 : -1;
        std::vector<Complex> error(u.dim());
        for (std::size_t row = 0; row < u.dim(); ++row) {
            Complex image = 0;
            for (std::size_t col = 0; col < u.dim(); ++col) image += u(row, col) * v[col];
            for (std::size_t col = 0; col < u.dim(); ++col)
                error[col] += std::conj(u(row, col)) * image;
        }
        for (std::size_t k = 0; k < u.dim(); ++k) {
            const double size = std::abs(error[k] - v[k]);
            if (std::isnan(size)) return size;
            worst = std::max(worst, size);
        }
    }
    return worst;
}

}  // namespace

double unitarity_error(const Matrix& u) {
    constexpr int kMostExact = 6;
    if (u.qubits > kMostExact) return probed_unitarity_error(u);
    double worst = 0;
    for (std::size_t a = 0; a < u.dim(); ++a)
        for (std::size_t b = a; b < u.dim(); ++b) {
            Complex sum = a == b ? -1 : 0;
            for (std::size_t row = 0; row < u.dim(); ++row) sum += std::conj(u(row, a)) * u(row, b);
            const double error = std::abs(sum);
            if (std::isnan(error)) return error;
            worst = std::max(worst, error);
        }
    return worst;
}

}  // namespace carillon
