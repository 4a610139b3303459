// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon::validation {

/// A qubit of any QPU, counted through all of them.
using Physical = std::uint32_t;

/// Numbers the qubits of all QPUs that a program uses, and names them.
///
/// Throws: Difference when a QPU uses a qubit that it does not have.
class QubitMap {
  public:
    QubitMap(const Circuit& source, const DistributedProgram& program);

    std::uint32_t size() const { return first_.back(); }
    Physical at(std::size_t qpu, LocalQubit qubit) const { return first_[qpu] + qubit; }
    bool has(const Location& where) const;
    bool is_comm(Physical p) const;
    /// "QPU 2 (berlin)".
    std::string qpu_name(std::size_t qpu) const;
    /// "d3 of QPU 2 (berlin)".
    std::string name(Physical p) const;
    /// "source qubit q[3]" for the wire that starts as that qubit.
    std::string wire_name(std::uint32_t wire) const;

    std::size_t qpu_of(Physical p) const;

  private:
    const Circuit& source_;
    const DistributedProgram& program_;
    std::vector<Physical> first_;  ///< by QPU, and the end; only qubits up to the last one in use
};

}  // namespace carillon::validation
