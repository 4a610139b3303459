// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/workload/program/program.h"
#include "carillon/workload/validate/certificate.h"

namespace carillon::validation {

/// The certificates of local compilation: which instructions of a stream stand for one gate.
class LocalWindows {
  public:
    LocalWindows(const DistributedProgram& program, CertificateChecker& certificates);

    /// Position of the first window of a block; later ones of the block follow it.
    std::size_t first_of(std::uint32_t qpu, std::uint32_t block) const;

    /// The window that begins at an instruction, or null.
    ///
    /// Args:
    ///     position: first_of() the block at its start; moved past the windows that lie before.
    const LocalWindow* at(std::size_t& position, std::uint32_t qpu, std::uint32_t block,
                          std::size_t index) const;

    /// Checks that the instructions of a window do what its meaning does.
    ///
    /// Throws: Difference when they do not, or when they are no gates under the same condition.
    void check(const LocalWindow& window);

  private:
    const DistributedProgram& program_;
    CertificateChecker& certificates_;
    std::vector<const LocalWindow*> windows_;  ///< sorted by where they begin
};

}  // namespace carillon::validation
