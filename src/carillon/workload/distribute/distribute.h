// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

struct DistributeResult {
    DistributedProgram program;
    std::size_t reopened_copies = 0;  ///< pairs spent again because a QPU ran out of communication
                                      ///< qubits, or a copy's time was over
};

/// What a pair must not be asked to do.
struct DistributeLimits {
    /// Gates that one cat copy may serve before it is closed and paid for again: the lifetime of a
    /// stored pair, counted in gates. 0: any number.
    std::uint32_t copy_gates = 0;
    /// How long a cat copy may be held, from its first instruction to its last, by the durations of
    /// instructions (HoldClock); one that would be too old for the next gate is closed after the
    /// last one and paid for again. 0: for ever. Without a value: each QPU's memory_cutoff_ns.
    std::optional<double> copy_time_ns;
};

/// The most that a copy may be held at each node, 0: for ever.
///
/// Throws: InputError when the limit is negative or no number.
std::vector<Time> most_copy_times(const Network& network, const DistributeLimits& limits);

/// Writes the distributed program of a lowered circuit under a placement.
///
/// Multi-qubit phase gates run at their site, where cat copies of the operands are opened, shared
/// by all gates of a segment, and closed after the last one; moves are teledata; every QPU gets its
/// part of if and while blocks and the classical values it reads.
///
/// Throws: InputError when a QPU has too few communication qubits for some operation.
DistributeResult distribute(const LoweredCircuit& lowered, const Placement& placement,
                            const Network& network, const DistributeLimits& limits = {});

/// What links do for the distributed program, without writing it: the cost model `physical`.
///
/// It is distribute() itself with nothing recorded, so both agree exactly: pairs that are paid
/// again because communication qubits ran out, copies that outlived their limit, relays, wide gates
/// and teledata are all in it. What depends on the circuit alone is worked out once.
class PairCounter {
  public:
    /// The circuit and the network must outlive it.
    PairCounter(const LoweredCircuit& lowered, const Network& network,
                const DistributeLimits& limits = {});
    ~PairCounter();
    PairCounter(PairCounter&&) noexcept;
    PairCounter& operator=(PairCounter&&) noexcept;

    struct Count {
        std::size_t pairs = 0;
        std::size_t transfers = 0;  ///< qubits carried over links
        std::uint64_t price = 0;    ///< of both, in steps (LinkPrices): their number, where all
                                    ///< links have one price
        std::size_t reopened = 0;   ///< copies that had to be closed and were paid again
    };
    /// Nothing when a QPU has too few communication qubits for some operation.
    std::optional<Count> operator()(const Placement& placement) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace carillon
