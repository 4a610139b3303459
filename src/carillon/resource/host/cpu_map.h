// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::host {

/// Numbers of hardware threads ("CPUs") as the kernel counts them, rising.
using CpuList = std::vector<int>;

/// "0-3,8"; "none" when empty.
std::string cpu_text(const CpuList& cpus);
/// Reads "0-3,8" as the kernel writes it; what is not such a list is left out.
CpuList parse_cpus(std::string_view text);
CpuList both(const CpuList& a, const CpuList& b);

/// A hardware thread and where it is; numbers count over the whole machine, from 0.
struct CpuPlace {
    int cpu = 0, core = 0, package = 0, numa = 0;
};

struct GpuPlace {
    std::string name;
    CpuList near;  ///< hardware threads that reach it without crossing the machine
};

/// The hardware threads of a machine, neighbours side by side.
struct CpuMap {
    std::vector<CpuPlace> cpus;
    std::vector<GpuPlace> gpus;
    bool this_machine = true;  ///< false: made up (HWLOC_SYNTHETIC), nothing can be bound

    CpuList all() const;
};

/// From hwloc, or else from /sys. Empty when neither knows.
CpuMap discover_cpus();
/// Without a thread where hwloc is missing from the build or fails.
CpuMap cpus_from_hwloc();
/// Args:
///     sys: where sysfs is mounted, normally /sys.
CpuMap cpus_from_sysfs(const std::filesystem::path& sys);

/// Hardware threads that this process may run on.
CpuList usable_cpus();

}  // namespace carillon::host
