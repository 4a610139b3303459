// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace carillon::engine {

/// A death that a state survived.
struct Recovery {
    std::vector<int> dead;     ///< all ranks that were dead by then
    std::size_t parts = 0;     ///< of the state from then on
    std::size_t repeated = 0;  ///< steps done again
    std::size_t mended = 0;    ///< damaged copies that others stood in for
    double agree_s = 0;        ///< until the survivors agreed, from when this rank knew
    double restore_s = 0;      ///< until the copies were in place again
    double repeat_s = 0;       ///< until the state was as before
};

/// What kept a state safe.
struct SafetyReport {
    std::uint64_t states = 0;  ///< that were kept safe, one after another
    std::size_t checkpoints = 0;
    double checkpoint_s = 0;       ///< time they took
    std::uint64_t resumed_at = 0;  ///< step that the run went on from; 0: from the start
    std::vector<Recovery> recoveries;
};

/// How a state over ranks outlives its ranks (safe_state.h).
struct SafetyOptions {
    bool on = false;
    double seconds = 30;      ///< between checkpoints, roughly; 0: as often as possible
    std::string folder = {};  ///< checkpoints are also written here; empty: in memory only
    std::string resume = {};  ///< folder of checkpoints to go on from; empty: from the start
    std::shared_ptr<SafetyReport> report = {};  ///< the same for all states of a run
    /// Sees every copy that a rank keeps; for tests that damage one.
    std::function<void(int rank, std::span<std::byte> copy)> after_copy = {};
};

}  // namespace carillon::engine
