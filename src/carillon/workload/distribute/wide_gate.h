// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/workload/distribute/holders.h"

namespace carillon {

/// Does a phase gate on three or more qubits by folding it along a chain of QPUs, with one Bell
/// pair (or one qubit carried) per link of the chain however many operands each QPU has.
///
/// At each QPU the AND of what arrived and of its own operands goes, by a multi-controlled X on a
/// pair half that is then measured, into a copy at the next QPU. The last one does the gate. On the
/// way back each copy is measured in X, and a multi-controlled Z at the previous QPU corrects the
/// phase.
class WideGate {
  public:
    WideGate(const Topology& topology, Holders& holders, ProgramEmitter& emitter)
        : topology_(topology), holders_(holders), emitter_(emitter) {}

    /// The QPUs visited, first to last, relays included.
    std::vector<QpuId> chain(std::span<const QubitId> wires, QpuId last) const;
    /// What the links of a chain cost, in steps (LinkPrices).
    std::size_t price(const std::vector<QpuId>& chain) const;
    void run(GateKind kind, std::span<const Param> params, std::span<const QubitId> wires,
             const std::vector<QpuId>& chain);

  private:
    LocalQubit pass_on(QpuId from, const std::vector<LocalQubit>& factors, QpuId to);
    void release(QpuId qpu, LocalQubit copy, QpuId keeper, const std::vector<LocalQubit>& factors);

    const Topology& topology_;
    Holders& holders_;
    ProgramEmitter& emitter_;
};

}  // namespace carillon
