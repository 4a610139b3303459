// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace carillon::bench {

/// A published mean count of Bell pairs, the lowest of the methods named in `source`.
struct Published {
    std::string family;  ///< "qft", "qaoa", "qv", "cp0.3" ...
    unsigned qubits = 0, qpus = 0;
    double pairs = 0;
    std::string source;
};

/// Means over seeds on k fully linked QPUs of floor(n/k) + 1 data qubits (the capacities behind the
/// counts of tket are not recorded).
/// Source: Burt, Chen, Leung, Quantum 10, 1984 (2026), and the result files of its repository.
const std::vector<Published>& published_counts();

}  // namespace carillon::bench
