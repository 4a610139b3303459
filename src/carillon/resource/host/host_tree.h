// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "carillon/resource/host/host.h"

namespace carillon {

/// What hwloc says; an empty tree (no type) where hwloc is missing from the build or fails.
HostObject tree_from_hwloc(std::string& source);

/// Whether this build has hwloc.
bool has_hwloc();

}  // namespace carillon
