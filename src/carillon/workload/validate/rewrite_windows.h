// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/validate/certificate.h"

namespace carillon::validation {

/// Follows rewrites while a source circuit is walked: which operations they replace, and that these
/// may be gathered at the last one.
///
/// All operations are done in source order, except that those of a rewrite wait for its last one.
/// Two operations that change places must commute; that they do is seen from their kinds: both are
/// diagonal on every qubit that they share. As every reordering is a sequence of exchanges of
/// neighbours that stand in the other order at the end, this is enough.
class RewriteWindows {
  public:
    /// Throws: Difference when a rewrite does not fit the circuit or overlaps another.
    RewriteWindows(const Circuit& source, std::span<const Rewrite> rewrites,
                   CertificateChecker& certificates);

    struct Step {
        bool replaced = false;                 ///< the operation belongs to a rewrite
        const Rewrite* replacement = nullptr;  ///< what comes now instead: at its last operation
    };
    /// The next operation of the walk.
    ///
    /// Throws: Difference when a certificate is wrong, or an operation that waits does not commute
    /// with this one.
    Step next(const Operation& op, std::uint32_t number, BlockId block);

  private:
    struct Window {
        std::vector<const Operation*> operations;  ///< seen so far
        std::vector<std::uint32_t> numbers;
        BlockId block;
    };
    struct Waiting {
        std::uint32_t number = 0;
        std::uint32_t rewrite = 0;
        bool diagonal = false;  ///< on the qubit in whose list it stands
    };

    void claim(std::uint32_t rewrite, std::uint32_t total);
    void require_commuting(const Operation& op, std::uint32_t number, std::uint32_t rewrite) const;
    void execute(std::uint32_t rewrite);
    std::string name(std::uint32_t rewrite) const { return "rewrite " + std::to_string(rewrite); }

    const Circuit& source_;
    std::span<const Rewrite> rewrites_;
    CertificateChecker& certificates_;
    std::unordered_map<std::uint32_t, std::uint32_t> rewrite_of_;  ///< by operation number
    std::unordered_map<std::uint32_t, Window> open_;               ///< by rewrite
    std::vector<std::vector<Waiting>> waiting_;                    ///< by qubit
};

}  // namespace carillon::validation
