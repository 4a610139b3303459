// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/resource/engine/register.h"
#include "carillon/resource/substrate/act.h"

namespace carillon::substrate {

/// Does to a register what acts say. Their qubits are handles of the register.
template <class Real>
class Performer {
  public:
    using Handle = engine::AffineFrame::Handle;
    static constexpr Handle kNoHandle = 0xffffffff;

    explicit Performer(const engine::RegisterOptions& options) : register_(options) {}

    /// Does a kGate, kMeasure, kReset, kDefer or kFree; a kPair or kArrive of two qubits.
    /// Returns: the outcome of a measurement or reset.
    /// Throws: what the register throws; InputError when a qubit is freed that is neither |0> nor
    /// |1>.
    bool perform(const Act& act);

    engine::Register<Real>& qubits() { return register_; }
    /// By slot: the qubit of a kDefer, or kNoHandle.
    const std::vector<Handle>& deferred() const { return deferred_; }

  private:
    engine::Register<Real> register_;
    std::vector<Handle> deferred_;
};

extern template class Performer<float>;
extern template class Performer<double>;

}  // namespace carillon::substrate
