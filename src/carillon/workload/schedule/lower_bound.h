// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

/// Times that no schedule of a program can beat, if what is done on each data qubit, and with each
/// bit, keeps its order.
struct MakespanBounds {
    // Whichever communication qubit of its QPU each half of a pair, copy and carried qubit uses:
    Time data_chain;  ///< longest chain of operations, pairs and messages that wait for each other,
                      ///< were communication qubits and links never short
    Time comm;        ///< of the QPU whose communication qubits bind most: all that they are used
                      ///< for, each no sooner and no shorter than what it waits for allows, each
                      ///< with the way from it to the program's end
    QpuId busiest_qpu;  ///< that QPU, or none when there are no pairs
    Time link;          ///< of the link that binds most: its pairs one after another, likewise
    LinkId busiest;     ///< that link, or none when there are no pairs

    // For communication qubits as the program has them:
    Time chain;     ///< longest chain with every one of them used in turn
    Time as_it_is;  ///< the longest of all, links with that chain too

    /// The longest of those that hold for any communication qubits.
    Time best() const;
};

/// Bounds for pairs that take their mean time on all channels of their link (Step::duration).
///
/// The bound of a link is the preemptive one-machine bound with heads and tails (Carlier 1982;
/// Jackson's rule), the link's channels taken as one machine of their joint speed; that of a QPU
/// is the same of its communication qubits, kept busy by each use from its first to its last step.
/// n log n.
MakespanBounds bound_makespan(const Network& network, const DistributedProgram& program,
                              const DependencyGraph& graph);

}  // namespace carillon
