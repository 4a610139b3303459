// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "carillon/resource/host/frame_socket.h"

namespace carillon::host {

/// Tells the end of another process, also of one that nobody has waited for yet.
class ProcessWatch {
  public:
    /// Args:
    ///     with_descriptor: use a pidfd where the kernel has them (Linux 5.3); /proc otherwise.
    explicit ProcessWatch(std::int64_t process, bool with_descriptor = true);

    /// A descriptor that can be read once the process has ended; -1: there is none, ask ended()
    /// every now and then.
    int number() const { return descriptor_.number(); }
    bool ended() const;

  private:
    std::int64_t process_;
    bool gone_ = false;  ///< when the watch began
    Descriptor descriptor_;
};

}  // namespace carillon::host
