// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/spread_algebra.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/resource/engine/kernels/plan.h"

namespace carillon::engine {

using kernels::kBlock;
using kernels::kBlockBits;

namespace {

constexpr std::size_t kGrain = 1 << 10;  ///< blocks

std::size_t blocks_of(std::size_t axes) {
    return std::size_t{1} << (std::max<std::size_t>(axes, kBlockBits) - kBlockBits);
}

std::uint64_t to_places(std::uint64_t mask, std::span<const int> axis_at) {
    std::uint64_t places = 0;
    for (std::size_t p = 0; p < axis_at.size(); ++p) places |= (mask >> axis_at[p] & 1) << p;
    return places;
}

}  // namespace

template <class Real>
SpreadAlgebra<Real>::SpreadAlgebra(std::vector<StateVector<Real>*> states)
    : states_(std::move(states)) {
    for (StateVector<Real>* state : states_)
        if (state->large() != nullptr && state->large()->axes_inside() == 0)
            throw ResourceError(
                "sums of states need them in memory, and this one is on disk; Trotter formulas "
                "work there");
    // Zeros that only some of them know of would send their axes different ways.
    for (std::size_t k = 0; k < states_.size(); ++k) part(k);
}

template <class Real>
auto SpreadAlgebra<Real>::part(std::size_t at) -> Part {
    StateVector<Real>& state = *states_[at];
    Part part;
    LargeState<Real>* const large = state.large();
    if (large == nullptr) {
        part.data = state.reals().data();
        part.axis_at.resize(static_cast<std::size_t>(state.axes()));
        std::iota(part.axis_at.begin(), part.axis_at.end(), 0);
        return part;
    }
    large->rewrite([&](const Piece<Real>& piece, Real* data) {
        part = {data, piece.axis_at, piece.outside};
    });
    return part;
}

template <class Real>
void SpreadAlgebra<Real>::bring_inside(std::uint64_t axes) {
    for (StateVector<Real>* state : states_) state->large()->visit(axes, [](const auto&) {});
}

template <class Real>
void SpreadAlgebra<Real>::combine(std::size_t to, Complex a, Complex b, std::size_t from) {
    const Part t = part(to), f = part(from);
    if (t.axis_at != f.axis_at)
        throw InternalError("SpreadAlgebra: the states' axes are in different places");
    if (t.data == nullptr) return;
    const Real ar = static_cast<Real>(a.real()), ai = static_cast<Real>(a.imag());
    const Real br = static_cast<Real>(b.real()), bi = static_cast<Real>(b.imag());
    states_[to]->team().parallel_for(
        blocks_of(t.axis_at.size()), kGrain, [&](std::size_t begin, std::size_t end) {
            for (std::size_t block = begin; block < end; ++block) {
                Real* const x = t.data + block * 2 * kBlock;
                const Real* const y = f.data + block * 2 * kBlock;
                for (std::size_t lane = 0; lane < kBlock; ++lane) {
                    const Real xr = x[lane], xi = x[kBlock + lane];
                    const Real yr = y[lane], yi = y[kBlock + lane];
                    x[lane] = ar * xr - ai * xi + br * yr - bi * yi;
                    x[kBlock + lane] = ar * xi + ai * xr + br * yi + bi * yr;
                }
            }
        });
}

template <class Real>
void SpreadAlgebra<Real>::add_strings(std::size_t to, double factor, std::size_t from,
                                      std::span<const PauliMasks> strings,
                                      std::span<const double> coefficients) {
    const StateVector<Real>& state = *states_[to];
    LargeState<Real>* const large = state.large();
    const std::uint64_t all = (std::uint64_t{1} << state.axes()) - 1;
    const int room = large != nullptr ? large->room_inside() : state.axes();
    std::vector<std::size_t> left(strings.size());
    std::iota(left.begin(), left.end(), 0U);
    // Every process knows which axes are inside, also one without a part.
    for (std::uint64_t inside = large != nullptr ? large->axes_inside() : all; !left.empty();) {
        const Part t = part(to), f = part(from);
        std::vector<PauliMasks> here;
        std::vector<double> factors;
        std::erase_if(left, [&](std::size_t s) {
            const PauliMasks& m = strings[s];
            if ((m.x & ~inside) != 0) return false;
            const double sign = odd_parity(m.z & t.outside) ? -1 : 1;
            here.push_back({to_places(m.x, t.axis_at), to_places(m.z, t.axis_at), 0});
            factors.push_back(factor * sign * coefficients[s]);
            return true;
        });
        if (t.data != nullptr && !here.empty())
            add_pauli_sum<Real>(state.team(), t.data, f.data, static_cast<int>(t.axis_at.size()),
                                here, factors);
        if (left.empty()) return;
        std::uint64_t wanted = 0;
        for (const std::size_t s : left)
            if (std::popcount(wanted | strings[s].x) <= room) wanted |= strings[s].x;
        if (wanted == 0)
            throw ResourceError(
                "a term acts on more qubits than one process has room for; use fewer processes");
        bring_inside(wanted);
        inside = large->axes_inside();
    }
}

template <class Real>
Complex SpreadAlgebra<Real>::inner(std::size_t a, std::size_t b) {
    const Part x = part(a), y = part(b);
    std::array<double, 2> total{};
    if (x.data != nullptr) {
        const std::size_t blocks = blocks_of(x.axis_at.size());
        std::vector<std::array<double, 2>> sums(blocks / kGrain + 1);
        const std::size_t lanes = std::min(kBlock, std::size_t{1} << x.axis_at.size());
        states_[a]->team().parallel_for(blocks, kGrain, [&](std::size_t begin, std::size_t end) {
            std::array<double, 2>& sum = sums[begin / kGrain];
            for (std::size_t block = begin; block < end; ++block) {
                const Real* const p = x.data + block * 2 * kBlock;
                const Real* const q = y.data + block * 2 * kBlock;
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    const double pr = p[lane], pi = p[kBlock + lane];
                    const double qr = q[lane], qi = q[kBlock + lane];
                    sum[0] += pr * qr + pi * qi;
                    sum[1] += pr * qi - pi * qr;
                }
            }
        });
        for (const auto& sum : sums) total[0] += sum[0], total[1] += sum[1];
    }
    if (LargeState<Real>* const large = states_[a]->large()) large->sum(total);
    return {total[0], total[1]};
}

template class SpreadAlgebra<float>;
template class SpreadAlgebra<double>;

}  // namespace carillon::engine
