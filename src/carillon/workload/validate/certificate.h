// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon::validation {

/// Checks rewrites by multiplying out what is replaced and what replaces it.
class CertificateChecker {
  public:
    static constexpr std::size_t kMostQubits = 8;

    /// Throws: Difference unless both sides are gates with constant angles that touch at most
    /// kMostQubits qubits and are equal up to a global phase.
    ///
    /// Args:
    ///     window: the operations of `source` that are replaced.
    ///     number: of the rewrite, for messages.
    void check(const Circuit& source, std::span<const Operation> window, const Rewrite& rewrite,
               std::size_t number);

    std::size_t checked() const { return checked_; }

  private:
    std::size_t checked_ = 0;
    std::unordered_set<std::string> accepted_;  ///< equal pairs are multiplied out once
};

}  // namespace carillon::validation
