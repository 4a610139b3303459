// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "carillon/resource/engine/frame_inverse.h"
#include "carillon/resource/engine/register.h"

namespace carillon::engine {

/// Reads amplitudes of a register one by one or in their order, from where they lie: no axis
/// becomes real for it, and no second copy of the state is made.
template <class Real>
class AmplitudeReader {
  public:
    using Handle = AffineFrame::Handle;

    /// Args:
    ///     reg: must outlive this and not change.
    ///     handles: the first is the least significant bit of an index.
    /// Throws: InputError when a qubit that is not listed is not in |0> or |1>.
    AmplitudeReader(Register<Real>& reg, std::span<const Handle> handles);

    /// The amplitude at which the k-th qubit has the value bits[k].
    Complex at(const std::vector<bool>& bits) const;
    /// The amplitudes with indices from `first` on; for at most 62 qubits.
    void read(std::uint64_t first, std::span<Complex> out) const;

  private:
    /// What the values of qubits say linearly: where the amplitude is stored, and what is wrong.
    struct Place {
        std::uint64_t x = 0;
        std::uint64_t wrong = 0;  ///< bit k: the k-th qubit contradicts the others
        bool negative = false;
        Place& operator^=(const Place& other) {
            x ^= other.x;
            wrong ^= other.wrong;
            negative ^= other.negative;
            return *this;
        }
    };
    Place place_of(const AxisSet& axes) const;
    Complex value(std::uint64_t x, bool negative) const;

    const AffineState<Real>* state_;
    std::vector<Handle> handles_;
    FrameInverse inverse_;
    Complex factor_;               ///< phase, and share of one value of the free axes
    Place constant_;               ///< for all qubits 0
    std::vector<Place> of_qubit_;  ///< what changes when the k-th is 1
};

extern template class AmplitudeReader<float>;
extern template class AmplitudeReader<double>;

}  // namespace carillon::engine
