// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace carillon::bench {

/// Lowest published mean counts of Bell pairs of a QASMBench program on sparse networks of QPUs
/// with floor(n/k) + 1 data qubits.
struct SparsePublished {
    std::string program;
    unsigned qpus = 0;
    double grid = 0, line = 0;
};

/// Rows of k = 6 and 8 whose programs QASMBench has in its repository.
/// Source: means of tket's and DISQCO's methods in the result files of DISQCO's repository (Burt,
/// Chen, Leung, arXiv:2507.16036).
const std::vector<SparsePublished>& sparse_published();

}  // namespace carillon::bench
