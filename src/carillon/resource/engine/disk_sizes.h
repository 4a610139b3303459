// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "carillon/resource/engine/disk_options.h"

namespace carillon::engine {

/// How large pieces of a state on disk are, and what goes where of the memory allowed.
struct DiskSizes {
    int inside_axes = 0;            ///< of a piece; two are in memory
    int run_axes = 0;               ///< of a block
    std::uint64_t tile_bytes = 0;   ///< of threads that compute
    std::uint64_t index_bytes = 0;  ///< most for the list of blocks
    std::uint64_t spare_bytes = 0;  ///< left over, for blocks that are never on disk
};

/// The largest pieces of which memory has two, and the longest runs that leave them enough axes.
///
/// Throws: ResourceError when the smallest pieces do not fit.
DiskSizes choose_sizes(const DiskOptions& options, std::size_t real_bytes, int threads);

}  // namespace carillon::engine
