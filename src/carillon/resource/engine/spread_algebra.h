// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/resource/engine/pauli_sums.h"
#include "carillon/resource/engine/state_vector.h"

namespace carillon::engine {

/// Sums and products of states that are copies of each other in where their axes are: in memory, or
/// spread over ranks. Every one of them moves when one does.
template <class Real>
class SpreadAlgebra {
  public:
    /// Args:
    ///     states: copies of one; they must outlive this and do nothing else meanwhile.
    /// Throws: ResourceError when a state is on disk.
    explicit SpreadAlgebra(std::vector<StateVector<Real>*> states);

    /// to = a to + b from, numbers of `states`.
    void combine(std::size_t to, Complex a, Complex b, std::size_t from);
    /// to += factor sum coefficient P from.
    void add_strings(std::size_t to, double factor, std::size_t from,
                     std::span<const PauliMasks> strings, std::span<const double> coefficients);
    /// <a|b>.
    Complex inner(std::size_t a, std::size_t b);

  private:
    /// What this process has of a state.
    struct Part {
        Real* data = nullptr;      ///< null when it has nothing
        std::vector<int> axis_at;  ///< by place
        std::uint64_t outside = 0;
    };
    Part part(std::size_t state);
    void bring_inside(std::uint64_t axes);

    std::vector<StateVector<Real>*> states_;
};

extern template class SpreadAlgebra<float>;
extern template class SpreadAlgebra<double>;

}  // namespace carillon::engine
