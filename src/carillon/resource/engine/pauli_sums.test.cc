// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/pauli_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "carillon/base/random.h"

namespace carillon::engine {
namespace {

/// P |state> from the definition of X, Y and Z, axis by axis.
std::vector<Complex> image_of(const PauliMasks& p, std::vector<Complex> state) {
    for (int axis = 0; state.size() >> axis > 1; ++axis) {
        const std::uint64_t bit = std::uint64_t{1} << axis;
        const bool x = (p.x & bit) != 0, z = (p.z & bit) != 0;
        for (std::uint64_t i = 0; i < state.size(); ++i) {
            if ((i & bit) != 0) continue;
            if (z) state[i | bit] = -state[i | bit];
            if (x) std::swap(state[i], state[i | bit]);
            if (x && z) state[i] *= Complex{0, 1}, state[i | bit] *= Complex{0, 1};  // Y = i X Z
        }
    }
    for (std::uint64_t i = 0; i < state.size(); ++i)
        if ((i & p.where) != p.where) state[i] = 0;
    return state;
}

TEST(PauliSums, equal_the_definition_of_the_paulis) {
    Random random(2);
    for (int trial = 0; trial < 20; ++trial) {
        const int axes = trial < 4 ? 1 + trial : 5 + static_cast<int>(random.below(9));
        const std::uint64_t all = (std::uint64_t{1} << axes) - 1;
        StateVector<double> bra({.threads = 2}), ket({.threads = 1});
        std::vector<Complex> b, k;
        for (auto* pair : {&bra, &ket}) {
            pair->reset(axes);
            for (std::uint64_t i = 0; i <= all; ++i)
                pair->set_amplitude(i, {random.uniform() - 0.5, random.uniform() - 0.5});
        }
        b = bra.amplitudes();
        k = ket.amplitudes();
        std::vector<PauliMasks> strings;
        std::vector<double> coefficients;
        std::vector<Complex> sum(k.size());
        for (int s = 0; s < 12; ++s) {
            // Some with the same x, so that they share their products.
            PauliMasks p{s % 3 == 0 ? 0 : random() & all, random() & all, random() & all};
            if (s % 3 == 1) p.x = all & 5;
            if (s % 2 == 0) p.where = 0;
            p.where &= ~p.x;
            strings.push_back(p);
            coefficients.push_back(random.uniform() - 0.5);
            const auto image = image_of(p, k);
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += coefficients.back() * image[i];
        }
        const auto inners = pauli_inners<double>(bra, ket, strings);
        for (std::size_t s = 0; s < strings.size(); ++s) {
            const auto image = image_of(strings[s], k);
            Complex expected = 0;
            for (std::size_t i = 0; i < k.size(); ++i) expected += std::conj(b[i]) * image[i];
            ASSERT_LT(std::abs(inners[s] - expected), 1e-10) << axes << " axes, string " << s;
        }
        set_pauli_sum<double>(bra, ket, strings, coefficients);
        const auto found = bra.amplitudes();
        for (std::size_t i = 0; i < sum.size(); ++i)
            ASSERT_LT(std::abs(found[i] - sum[i]), 1e-12) << axes << " axes";
    }
}

}  // namespace
}  // namespace carillon::engine
