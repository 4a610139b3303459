// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "carillon/resource/host/cpu_map.h"

namespace carillon::host {

/// Tells the kernel where to run: through hwloc, or directly where the build has none.
class Affinity {
  public:
    Affinity();
    ~Affinity();
    Affinity(const Affinity&) = delete;
    Affinity& operator=(const Affinity&) = delete;

    /// "hwloc 2.9.0" or "sched_setaffinity".
    std::string name() const;
    /// All threads of this process, or the calling one; 0 or the kernel's error number.
    int set_process(const CpuList& cpus);
    int set_thread(const CpuList& cpus);

  private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace carillon::host
