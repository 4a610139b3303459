// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon::bench {

/// What the validator says of an emitted program.
struct Proof {
    bool equal = false;
    std::size_t pairs = 0;  ///< Bell pairs of the program
    std::string reason;     ///< why it was refused

    /// Number of pairs, or REFUSED.
    std::string cell() const;
};

/// The same network with as many communication qubits as any placement of n qubits can use at once:
/// then the pairs that a placement is priced at are the pairs of its program.
Network with_ample_communication(Network network, std::uint32_t qubits);

/// A circuit without blocks that is distributable as it stands, as its own lowered form: nothing is
/// rewritten.
LoweredCircuit as_lowered(const Circuit& circuit);

/// Emits the program of a placement, with ample communication, and has it proved equal to `source`.
Proof prove(const Circuit& source, const LoweredCircuit& lowered, const Network& network,
            const Placement& placement);

/// Counts rows that were proved, and those whose programs have just the pairs they are priced at.
class ProofTally {
  public:
    void add(const std::string& row, std::size_t priced, const Proof& proof);
    /// One sentence on standard output; rows that were refused or differ, on standard error.
    void print() const;
    bool all_proved() const { return proved_ == rows_; }

  private:
    std::size_t rows_ = 0, proved_ = 0, equal_pairs_ = 0;
};

}  // namespace carillon::bench
