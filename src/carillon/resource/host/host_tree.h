// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "carillon/resource/host/host.h"

namespace carillon {

/// What hwloc says; an empty tree (no type) where hwloc is missing from the build or fails.
HostObject tree_from_hwloc(std::string& source);

/// A GPU among the PCI devices.
struct GpuDevice {
    std::string address, model;
};
/// Of NVIDIA, AMD and Intel, by rising address.
///
/// Args:
///     sys, proc: where these are mounted, normally /sys and /proc.
std::vector<GpuDevice> gpu_devices(const std::filesystem::path& sys,
                                   const std::filesystem::path& proc);

/// Whether this build has hwloc.
bool has_hwloc();

}  // namespace carillon
