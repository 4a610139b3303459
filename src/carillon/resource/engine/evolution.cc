// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/evolution.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "carillon/base/error.h"
#include "carillon/resource/engine/spread_algebra.h"

namespace carillon::engine {

namespace {

template <class Real>
void first_order(StateVector<Real>& state, const PauliStrings& h, double dt) {
    for (std::size_t k = 0; k < h.masks.size(); ++k)
        pauli_rotation(state, h.masks[k], h.coefficients[k] * dt);
}

template <class Real>
void second_order(StateVector<Real>& state, const PauliStrings& h, double dt) {
    const std::size_t last = h.masks.size() - 1;
    for (std::size_t k = 0; k < last; ++k)
        pauli_rotation(state, h.masks[k], h.coefficients[k] * dt / 2);
    pauli_rotation(state, h.masks[last], h.coefficients[last] * dt);
    for (std::size_t k = last; k-- > 0;)
        pauli_rotation(state, h.masks[k], h.coefficients[k] * dt / 2);
}

template <class Real>
void fourth_order(StateVector<Real>& state, const PauliStrings& h, double dt) {
    const double p = 1 / (4 - std::cbrt(4.0));
    for (const double part : {p, p, 1 - 4 * p, p, p}) second_order(state, h, part * dt);
}

template <class Real>
void chebyshev(StateVector<Real>& state, const PauliStrings& h, double time, double tolerance) {
    // |H - identity| is at most the sum of the coefficients.
    double radius = 0;
    for (const double c : h.coefficients) radius += std::abs(c);
    const std::vector<double> j = bessel(radius * std::abs(time), tolerance);
    StateVector<Real> previous = state, current = state;
    enum : std::size_t { kSum, kPrevious, kCurrent };
    SpreadAlgebra<Real> algebra({&state, &previous, &current});
    std::size_t before = kPrevious, now = kCurrent;
    const Complex turn{0, time < 0 ? 1.0 : -1.0};
    algebra.combine(now, 0, 0, before);
    algebra.add_strings(now, 1 / radius, before, h.masks, h.coefficients);
    algebra.combine(kSum, j[0], 0, before);
    Complex power = 2;
    for (std::size_t k = 1; k < j.size(); ++k) {
        power *= turn;
        algebra.combine(kSum, 1, power * j[k], now);
        if (k + 1 == j.size()) break;
        algebra.combine(before, -1, 0, now);
        algebra.add_strings(before, 2 / radius, now, h.masks, h.coefficients);
        std::swap(before, now);
    }
}

}  // namespace

PauliStrings strings_of(const PauliSum& sum) {
    PauliStrings strings;
    for (const PauliTerm& term : sum.terms) {
        PauliMasks masks;
        for (const PauliFactor& f : term.factors) {
            const std::uint64_t bit = std::uint64_t{1} << f.qubit;
            if (f.pauli != Pauli::kZ) masks.x |= bit;
            if (f.pauli != Pauli::kX) masks.z |= bit;
        }
        if (term.factors.empty()) {
            strings.identity += term.coefficient;
            continue;
        }
        strings.masks.push_back(masks);
        strings.coefficients.push_back(term.coefficient);
    }
    return strings;
}

std::vector<double> bessel(double x, double tolerance) {
    // Backwards from where they vanish: J_{k-1} = (2k/x) J_k - J_{k+1}, and J_0 + 2 J_2 + ... = 1.
    if (x == 0) return {1};
    const auto start = static_cast<std::size_t>(x + 20 * std::cbrt(x) + 60) / 2 * 2;
    std::vector<double> j(start + 2);
    j[start] = 1e-300;
    double norm = 0;
    for (std::size_t k = start; k > 0; --k) {
        j[k - 1] = 2 * static_cast<double>(k) / x * j[k] - j[k + 1];
        if (std::abs(j[k - 1]) < 1e250) continue;
        for (std::size_t i = k - 1; i < j.size(); ++i) j[i] *= 1e-250;
    }
    for (std::size_t k = 2; k < j.size(); k += 2) norm += 2 * j[k];
    norm += j[0];
    for (double& v : j) v /= norm;
    double rest = 0;
    while (j.size() > 1 && (rest += 2 * std::abs(j.back())) < tolerance) j.pop_back();
    return j;
}

template <class Real>
void pauli_rotation(StateVector<Real>& state, const PauliMasks& string, double angle) {
    const Complex kI{0, 1};
    const double c = std::cos(angle), s = std::sin(angle);
    if (string.x == 0) {
        const Condition odd{string.z, true};
        state.scale(std::polar(1.0, -angle));
        return state.scale(std::polar(1.0, 2 * angle), {&odd, 1});
    }
    static constexpr std::array<Complex, 4> kPowers = {Complex{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const int both = std::popcount(string.x & string.z);
    const Complex phase = kPowers[static_cast<std::size_t>(both & 3)];
    if (both % 2 == 1) {
        // P takes a value 0 of parity(z . i) to 1 with `phase`, and 1 to 0 with its opposite.
        const Complex off = -kI * s * phase;
        return state.apply_pair(string.x, string.z, false, {c, -off, off, c});
    }
    // P is X on the pair, with a sign by parity(z . i), which is the same on both.
    const std::uint64_t value = string.x & -string.x;
    for (const bool odd : {false, true}) {
        const Complex off = -kI * s * phase * (odd ? -1.0 : 1.0);
        const Condition where{string.z, odd};
        if (string.z == 0) return state.apply_pair(string.x, value, false, {c, off, off, c});
        state.apply_pair(string.x, value, false, {c, off, off, c}, {&where, 1});
    }
}

template <class Real>
void evolve(StateVector<Real>& state, const PauliStrings& h, const Evolution& how) {
    if (how.steps < 1) throw InputError("an evolution takes at least one step");
    if (!std::isfinite(how.time)) throw InputError("the time of an evolution must be finite");
    const double dt = how.time / how.steps;
    for (int step = 0; step < how.steps && !h.masks.empty(); ++step) switch (how.method) {
            case EvolutionMethod::kTrotter1:
                first_order(state, h, dt);
                break;
            case EvolutionMethod::kTrotter2:
                second_order(state, h, dt);
                break;
            case EvolutionMethod::kTrotter4:
                fourth_order(state, h, dt);
                break;
            case EvolutionMethod::kChebyshev:
                chebyshev(state, h, dt, how.tolerance);
                break;
        }
    if (h.identity != 0) state.scale(std::polar(1.0, -h.identity * how.time));
    state.flush();
}

template <class Real>
double energy(const StateVector<Real>& state, const PauliStrings& h) {
    StateVector<Real> ket = state, image = state;
    SpreadAlgebra<Real> algebra({&ket, &image});
    algebra.combine(1, h.identity, 0, 0);
    algebra.add_strings(1, 1, 0, h.masks, h.coefficients);
    return algebra.inner(0, 1).real();
}

template void evolve(StateVector<float>&, const PauliStrings&, const Evolution&);
template void evolve(StateVector<double>&, const PauliStrings&, const Evolution&);
template void pauli_rotation(StateVector<float>&, const PauliMasks&, double);
template void pauli_rotation(StateVector<double>&, const PauliMasks&, double);
template double energy(const StateVector<float>&, const PauliStrings&);
template double energy(const StateVector<double>&, const PauliStrings&);

}  // namespace carillon::engine
