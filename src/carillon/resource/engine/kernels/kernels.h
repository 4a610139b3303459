// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/kernels/plan.h"
#include "carillon/resource/engine/thread_team.h"

/// One pass over a state each, written once and compiled for every instruction set; the best one
/// that the processor has is chosen at run time.
namespace carillon::engine::kernels {

/// A state of 2^axes amplitudes in the block layout of plan.h, padded with zeros to a whole block.
template <class Real>
struct StateView {
    Real* data;
    int axes;
    ThreadTeam* team;  ///< null: the calling thread alone

    template <class Body>
    void for_chunks(std::size_t count, std::size_t grain, const Body& body) const {
        if (team != nullptr) return team->parallel_for(count, grain, body);
        for (std::size_t begin = 0; begin < count; begin += grain)
            body(begin, std::min(begin + grain, count));
    }
};

/// A gate on one qubit whose value in basis state i is parity(parity & i) ^ inverted and whose flip
/// takes i to i ^ shift; parity & shift has odd parity. On an axis of its own both are 1 << axis.
struct PairGate {
    std::uint64_t shift;
    std::uint64_t parity;
    bool inverted;
    std::array<Complex, 4> matrix;  ///< row major
};

/// Highest number of targets above the lanes, and of targets at all, that matrix() takes.
constexpr int kMaxHighTargets = 4;
constexpr int kMaxTargets = 8;

// Conditions of shift() and pair() must not change under the shift.
template <class Real>
void scale(StateView<Real> state, Complex factor, std::span<const Condition> conditions);
template <class Real>
void shift(StateView<Real> state, std::uint64_t shift, std::span<const Condition> conditions);
template <class Real>
void pair(StateView<Real> state, const PairGate& gate, std::span<const Condition> conditions);
/// False, and nothing done, when the targets are too many for the vector kernel.
template <class Real>
bool matrix(StateView<Real> state, std::span<const int> targets, const Matrix& m,
            std::span<const Condition> conditions);
/// Sum of |amplitude|^2 where the conditions hold.
template <class Real>
double weight(StateView<Real> state, std::span<const Condition> conditions);
/// Keeps the half where `axis` is `value`, times `factor`; the last axis takes the number `axis`.
/// Needs at least six axes.
template <class Real>
void collapse(StateView<Real> state, int axis, bool value, double factor);

/// out[i] = real or imaginary part of a[i] conj(b[i ^ flip]), for tiles of `count` amplitudes in
/// the block layout (a whole number of blocks, flip < count). `out` is aligned as a state is.
template <class Real>
void overlap_products(const Real* a, const Real* b, std::uint64_t flip, std::uint64_t count,
                      bool imaginary, Real* out);
/// out[i] = in[i] + in[half + i], or minus it; `half` is a multiple of kBlock.
template <class Real>
void fold(const Real* in, std::uint64_t half, bool minus, Real* out);

/// Names of the instruction sets this processor can run, best first ("AVX3", "AVX2", ...).
std::vector<std::string> instruction_sets();
/// The one in use.
std::string instruction_set();
/// Uses `name` from now on in the whole process; empty means the best. For tests and measurements.
///
/// Throws: InputError when the processor or the build does not have it.
void use_instruction_set(const std::string& name);

}  // namespace carillon::engine::kernels
