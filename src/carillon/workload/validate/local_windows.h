// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "carillon/workload/program/program.h"
#include "carillon/workload/validate/certificate.h"

namespace carillon::validation {

/// The certificates of local compilation: which instructions of a stream stand for one gate.
class LocalWindows {
  public:
    LocalWindows(const DistributedProgram& program, CertificateChecker& certificates);

    /// The window that begins at an instruction, or null.
    const LocalWindow* at(std::uint32_t qpu, std::uint32_t block, std::size_t index) const;

    /// Checks that the instructions of a window do what its meaning does.
    ///
    /// Throws: Difference when they do not, or when they are no gates under the same condition.
    void check(const LocalWindow& window);

  private:
    const DistributedProgram& program_;
    CertificateChecker& certificates_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, const LocalWindow*> starts_;
};

}  // namespace carillon::validation
