// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "carillon/workload/distribute/fold_stops.h"
#include "carillon/workload/distribute/holders.h"

namespace carillon {

/// Does a phase gate on three or more qubits by folding it along a tree of QPUs, with one Bell pair
/// (or one qubit carried) per link of the tree however many operands each QPU has.
///
/// At each QPU the AND of what arrived and of its own operands goes, by a multi-controlled X on a
/// pair half that is then measured, into a copy at the next QPU. The last one does the gate. On the
/// way back each copy is measured in X, and a multi-controlled Z at the QPU it came from corrects
/// the phase.
class WideGate {
  public:
    WideGate(const Topology& topology, const Network& network, Holders& holders,
             ProgramEmitter& emitter)
        : topology_(topology), network_(network), holders_(holders), emitter_(emitter) {}

    /// The QPUs visited one after the other, first to last, relays included.
    std::vector<QpuId> chain(std::span<const QubitId> wires, QpuId last) const;
    /// What the links between stops cost, in steps (LinkPrices).
    std::size_t price(const std::vector<FoldStop>& stops) const;
    /// The stops of a smallest tree that joins the homes of the operands: as flat as there are
    /// communication qubits for, so that products travel side by side; the chain to `last` where
    /// the tree needs more of them than there are.
    std::vector<FoldStop> stops(std::span<const QubitId> wires, QpuId last) const;
    void run(GateKind kind, std::span<const Param> params, std::span<const QubitId> wires,
             const std::vector<FoldStop>& stops);

  private:
    /// The product that arrived at a stop.
    struct Arrival {
        LocalQubit qubit = 0;
        std::size_t keeper = 0;  ///< stop whose factors it is the product of
    };
    struct Held {
        std::vector<LocalQubit> factors;  ///< what arrived, then its own operands
        std::vector<Arrival> arrivals;
    };
    bool enough_room(const std::vector<FoldStop>& stops) const;
    void gather(std::size_t stop);
    void unwind(std::size_t stop);
    LocalQubit pass_on(QpuId from, const std::vector<LocalQubit>& factors, QpuId to);
    void release(QpuId qpu, LocalQubit copy, QpuId keeper, const std::vector<LocalQubit>& factors);

    const Topology& topology_;
    const Network& network_;
    Holders& holders_;
    ProgramEmitter& emitter_;
    const std::vector<FoldStop>* stops_ = nullptr;  ///< of the gate that runs
    std::span<const QubitId> wires_;
    std::vector<Held> held_;  ///< by stop
};

}  // namespace carillon
