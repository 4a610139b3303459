// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace carillon::engine {

/// Called by every thread of a team before its first chunk, with its number; the caller of the
/// first loop is number 0. It must not throw.
using ThreadStart = std::function<void(int)>;

/// A fixed set of threads that share the chunks of a loop.
///
/// Chunks start at multiples of `grain` whatever the number of threads, so a reduction that keeps
/// one partial sum per chunk gives the same result for every thread count.
class ThreadTeam {
  public:
    /// Args:
    ///     threads: how many, the caller's included; 0 means one per core.
    ///     start: binds threads, for example.
    explicit ThreadTeam(int threads = 0, ThreadStart start = {});
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int threads() const { return threads_; }

    /// Calls body(begin, end) for the chunks of [0, count) and returns when all are done. A `count`
    /// of at most `grain` runs in the caller. `body` must not throw.
    void parallel_for(std::size_t count, std::size_t grain,
                      const std::function<void(std::size_t, std::size_t)>& body);

  private:
    struct Shared;
    void start();

    int threads_;
    ThreadStart on_start_;
    std::unique_ptr<Shared> shared_;  ///< made at the first loop that needs it
};

}  // namespace carillon::engine
