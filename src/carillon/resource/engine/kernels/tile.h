// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"

/// A tile is a part of a state, small enough for a core's cache, that many gates are applied to
/// before it goes back to memory: all amplitudes that agree on the axes outside the tile, in the
/// block layout of plan.h. Kernels here run on one thread.
namespace carillon::engine::kernels {

/// Amplitudes by lane; a whole block for every instruction set.
struct LaneTable {
    std::array<Complex, 16> lanes;
};

/// What a group does to eight vectors that differ in three vector bits, its group bits 0 to 2.
struct GroupStep {
    enum class Kind : std::uint8_t {
        kRotate,      ///< group bit `bit`: [[1, -t], [t, 1]]
        kExchange,    ///< group bit `bit`: [[-t, 1], [1, t]]
        kLaneRotate,  ///< axis `bit` of the lanes, as kRotate
        kLaneExchange,
        kPhase,          ///< vectors whose group bits include `controls` times `lanes`
        kSign,           ///< those times -1
        kFlip,           ///< exchange by group bit `bit` where the group bits include `controls`
        kInteract,       ///< group bits `bit` and `second`: [[1, it], [it, 1]] on the vectors that
                         ///< differ in both, t by their parity
        kLaneInteract,   ///< the same, axis `bit` of the lanes and group bit `second`
        kLanesInteract,  ///< the same, axes `bit` and `second` of the lanes
    };
    Kind kind = Kind::kRotate;
    int bit = 0, second = 0;
    unsigned controls = 0;
    std::array<double, 2> tangent{};  ///< [0] unless it is by parity
    std::array<bool, 2> exchanged{};  ///< kInteract...: [[-it, 1], [1, -it]] instead, by parity
    LaneTable lanes{};                ///< kPhase
    std::uint64_t ones =
        0;  ///< done only for vectors whose number has these bits (none of the group)
};

/// Steps on eight vectors at a time, which stay in the processor's registers meanwhile.
struct Group {
    std::array<int, 3> bits{};  ///< vector bits, rising
    std::span<const GroupStep* const> steps;
};

/// Numbers at an address that every vector fits.
template <class Real>
class AlignedReals {
  public:
    AlignedReals() = default;
    explicit AlignedReals(std::size_t count)
        : data_(static_cast<Real*>(::operator new[](count * sizeof(Real), kAlign))) {}
    Real* get() const { return data_.get(); }

  private:
    static constexpr std::align_val_t kAlign{128};
    struct Free {
        void operator()(Real* data) const { ::operator delete[](data, kAlign); }
    };
    std::unique_ptr<Real[], Free> data_;
};

/// Multiplies amplitude x of a tile by
///
///     fixed[inner part of x] * scalar * prod over set bits a of factors[a]
///         * prod over pairs of set bits of their factors,
///
/// scalar and factors being those of one tile. A row is 2^row_bits consecutive vectors; the axes
/// within it are inner, the others outer.
struct Sweep {
    struct Pair {
        int axis;
        Complex factor;
    };
    int row_bits = 0;
    std::vector<Complex> fixed;            ///< by amplitude of a row; empty when all are 1
    std::vector<std::vector<Pair>> pairs;  ///< by outer axis: with inner and lower outer axes
    std::uint64_t coupled = 0;             ///< inner axes that pairs or factors other than 1 touch
};

/// A sweep prepared for one precision and the instruction set in use.
template <class Real>
struct SweepTables {
    AlignedReals<Real> fixed;
    std::vector<std::uint16_t> segment;  ///< by vector of a row: values of the coupled axes
    std::vector<int> lane_axes, axes;    ///< coupled ones within a vector and above
};
template <class Real>
SweepTables<Real> prepare_sweep(const Sweep& sweep);
template <class Real>
void run_sweep(Real* tile, int axes, const Sweep& sweep, const SweepTables<Real>& tables,
               Complex scalar, std::span<const Complex> factors);

template <class Real>
void run_group(Real* tile, int axes, const Group& group);

/// Copies runs of 2^run_axes amplitudes between a state and a tile; run k stands at `starts[k]`
/// reals from `state`.
template <class Real>
void pack(const Real* state, std::span<const std::uint64_t> starts, int run_axes, Real* tile);
/// The same backwards, times `factor`.
template <class Real>
void unpack(const Real* tile, std::span<const std::uint64_t> starts, int run_axes, Complex factor,
            Real* state);

/// log2 of the number of lanes in use.
template <class Real>
int lane_bits();

}  // namespace carillon::engine::kernels
