// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon::validation {

/// A gate with its operands as positions in the list of qubits that are multiplied out.
struct LocalGate {
    const Circuit* circuit;
    const Operation* op;
    std::vector<std::uint32_t> at;
};

/// Checks rewrites by multiplying out what is replaced and what replaces it.
class CertificateChecker {
  public:
    static constexpr std::size_t kMostQubits = 8;

    /// Throws: Difference unless both sides are gates with constant angles that touch at most
    /// kMostQubits qubits and are equal up to a global phase.
    ///
    /// Args:
    ///     window: the operations of `source` that are replaced, in order.
    ///     number: of the rewrite, for messages.
    void check(const Circuit& source, std::span<const Operation* const> window,
               const Rewrite& rewrite, std::size_t number);

    /// The same for two circuits over the same qubits, of gates with constant angles.
    ///
    /// Args:
    ///     name: what is checked, for messages.
    void check_equal(const Circuit& a, const Circuit& b, const std::string& name);

    std::size_t checked() const { return checked_; }

  private:
    void multiply_out(const std::vector<LocalGate>& before, const std::vector<LocalGate>& after,
                      std::size_t qubits, const std::string& name);

    std::size_t checked_ = 0;
    std::unordered_set<std::string> accepted_;  ///< equal pairs are multiplied out once
};

}  // namespace carillon::validation
