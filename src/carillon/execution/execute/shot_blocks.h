// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>

#include "carillon/execution/execute/circuit_runner.h"
#include "carillon/execution/execute/shot_loop.h"
#include "carillon/execution/execute/shot_tree.h"
#include "carillon/execution/execute/simulate.h"

namespace carillon {

/// Runs blocks of shots of a circuit. What comes before the first measurement is done once, at the
/// beginning; the shots of a block then run together until their measurements differ.
template <class Real>
class ShotBlocks {
  public:
    /// Circuit and options must outlive the blocks.
    ShotBlocks(const Circuit& circuit, const SimulateOptions& options, int threads);

    /// Adds the outcomes of the shots [begin, end), or of the part of them at some places in the
    /// order of their outcomes, to the counts, and what they took to the result.
    /// Safe to call from several threads where the runner's own threads are one.
    void run(std::uint64_t begin, std::uint64_t end, Counts& counts, SimulateResult& result,
             const TreePart& part = {});

  private:
    const Circuit* circuit_;
    const SimulateOptions* options_;
    bool output_;
    std::size_t states_;
    CircuitRunner<Real> start_;
    std::mutex mutex_;
};

extern template class ShotBlocks<float>;
extern template class ShotBlocks<double>;

/// False when no run of the program writes a bit or a variable.
bool has_output(const Circuit& circuit);

}  // namespace carillon
