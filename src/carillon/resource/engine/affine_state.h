// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "carillon/language/circuit/gate.h"
#include "carillon/resource/engine/affine_frame.h"
#include "carillon/resource/engine/passes/item.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// Qubits over a dense state and an AffineFrame: the state is
///
///     phase * sum_x (-1)^(signs.x) psi(x) |masks.x xor values>
///
/// with psi dense over the axes that had to be made real, and uniform over the free ones.
/// Everything that changes only masks, values and signs is free; the rest is a pass over psi.
template <class Real>
class AffineState {
  public:
    using Handle = AffineFrame::Handle;

    explicit AffineState(const StateOptions& options) : state_(options) {}

    const AffineFrame& frame() const { return frame_; }
    const StateVector<Real>& state() const { return state_; }
    void close() { state_.close(); }
    Complex phase() const { return phase_; }
    void multiply_phase(Complex factor) { phase_ *= factor; }

    /// A qubit in |0>.
    Handle add_qubit() { return frame_.add_qubit(); }

    void flip(Handle h) { frame_.set_value(h, !frame_.value(h)); }
    void swap(Handle a, Handle b) { frame_.swap(a, b); }
    void controlled_flip(Handle control, Handle target);
    /// Z on `h`.
    void sign(Handle h);
    /// (|00> + |11>)/sqrt2 of two definite qubits, whatever they were.
    void bell_pair(Handle a, Handle b);
    /// A definite qubit becomes zero|0> + one|1>.
    void place(Handle h, Complex zero, Complex one);

    void apply(Handle h, const Matrix2& matrix);
    void controlled_apply(std::span<const Handle> controls, Handle target, const Matrix2& matrix);
    void apply(const Matrix& matrix, std::span<const Handle> controls,
               std::span<const Handle> targets);
    /// Multiplies by `factor` where every listed qubit has its bit of `pattern` (bit k for the
    /// k-th).
    void scale_where(std::span<const Handle> qubits, std::uint64_t pattern, Complex factor);
    /// Multiplies by `factor` where all controls are 1 and a and b differ.
    void scale_where_differ(std::span<const Handle> controls, Handle a, Handle b, Complex factor);

    /// Z measurement; 1 if `uniform` is below the probability of 1. `probability` becomes that of
    /// the outcome.
    bool measure(Handle h, double uniform, double& probability);
    double probability_of_one(Handle h);

    /// A qubit in an X eigenstate, unentangled, becomes definite: returns true, and `minus` says
    /// which eigenstate it was. Any other qubit is left alone.
    bool take_x_state(Handle h, bool& minus);
    /// Half of a lone Bell pair, or a lone qubit in an X eigenstate, is written in the X basis: the
    /// state that is left, with H on both halves or on the one qubit, is the state before.
    /// Returns: the other half, `h` when there is none, nothing when `h` is neither.
    std::optional<Handle> change_basis(Handle h);
    /// True when the value of `h` is determined by other qubits.
    bool dependent(Handle h) const;
    /// A dependent qubit is found in a state whose overlaps with |0> and |1> have the ratio
    /// 1 : `ratio` (of modulus 1), and becomes |value>.
    void disentangle(Handle h, Complex ratio, bool value);

    /// Becomes the state whose amplitudes `read` gives (see Register::load); every qubit is
    /// definite before, and has an axis after.
    void load(std::span<const Handle> qubits,
              const std::function<void(std::uint64_t, std::span<Complex>)>& read);

    /// Turns every free axis into a real one.
    void make_all_real();

  private:
    int add_axis() {
        state_.add_axis();
        return state_.axes() - 1;
    }
    int materialise(int free_axis);
    int isolate_free(Handle h);
    void make_real(Handle h);
    int new_axis_for(Handle h);
    int isolate(Handle h);
    std::vector<Condition> conditions(std::span<const Handle> qubits, std::uint64_t pattern);
    void remove_axis(int axis, bool value, double factor);

    StateVector<Real> state_;
    AffineFrame frame_;
    Complex phase_ = 1;
};

extern template class AffineState<float>;
extern template class AffineState<double>;

}  // namespace carillon::engine
