// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "carillon/base/time.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

/// Times that no schedule of a program can beat.
struct MakespanBounds {
    Time data_chain;  ///< longest chain of operations, pairs and messages that wait for each other,
                      ///< were communication qubits never short
    Time chain;       ///< the same with every communication qubit used in turn, as the program has
                      ///< it; so no less than what any one of them is used for in all
    Time link;        ///< of the link that binds most: its pairs one after another, each no sooner
                      ///< than what it waits for, each with the way from it to the program's end
    LinkId busiest;   ///< that link, or none when there are no pairs

    Time best() const;
};

/// Bounds for pairs that take their mean time on all channels of their link (Step::duration).
///
/// The bound of a link is the preemptive one-machine bound with heads and tails (Carlier 1982;
/// Jackson's rule), the link's channels taken as one machine of their joint speed. n log n.
MakespanBounds bound_makespan(const Network& network, const DependencyGraph& graph);

}  // namespace carillon
