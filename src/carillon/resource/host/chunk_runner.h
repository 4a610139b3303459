// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "carillon/resource/host/work_share.h"

namespace carillon::host {

/// How a chunk ended.
struct ChunkOutcome {
    enum class End : std::uint8_t { kDone, kFailed, kWrongInput };

    UnitRange range;
    End end = End::kDone;
    ChunkResult result;
    std::string message;  ///< of the failure
    double seconds = 0;
};

/// Does one chunk at a time: in the caller's thread or, once apart() was called, in another.
class ChunkRunner {
  public:
    ChunkRunner(WorkShare::Work work, std::function<double()> clock)
        : work_(std::move(work)), clock_(std::move(clock)) {}
    ~ChunkRunner();

    /// From now on chunks have a thread of their own, so that the caller can go on.
    void apart() { apart_ = true; }
    bool busy() const { return busy_; }
    /// Begins a chunk; not apart, it is over when this returns.
    ///
    /// Throws: what the work threw if that was no Error (not apart).
    void begin(UnitRange range);
    /// How the chunk ended, once. Throws: what the work threw if that was no Error.
    std::optional<ChunkOutcome> ended();
    /// Waits until the chunk ends, or a little.
    void wait(std::chrono::microseconds most);

  private:
    ChunkOutcome run(UnitRange range) const;
    void loop();

    WorkShare::Work work_;
    std::function<double()> clock_;
    bool apart_ = false;
    bool busy_ = false;  ///< a chunk was begun and ended() has not told of it
    std::optional<ChunkOutcome> here_;

    std::thread thread_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    std::optional<UnitRange> wanted_;
    std::optional<ChunkOutcome> there_;
    std::exception_ptr thrown_;
    bool stop_ = false;
};

}  // namespace carillon::host
