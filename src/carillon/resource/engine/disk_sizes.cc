// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/disk_sizes.h"

#include <algorithm>
#include <bit>
#include <string>

#include "carillon/base/error.h"
#include "carillon/resource/engine/memory.h"
#include "carillon/resource/host/spill_file.h"

namespace carillon::engine {

namespace {

constexpr int kMostAxes = 48;
constexpr int kLeastAbove = 4;  ///< places of a piece above a run: every item fits
constexpr int kUsualAbove = 9;  ///< more need fewer sweeps, but shorter runs
constexpr std::size_t kLargestRun = std::size_t{1} << 20;  ///< bytes; longer ones read no faster
constexpr std::size_t kTileRoom = std::size_t{1} << 20;    ///< of a thread that runs passes
constexpr std::uint64_t kIndexShare = 32;  ///< this part of the memory is for the list of blocks

class Memory {
  public:
    Memory(const DiskOptions& options, std::size_t real_bytes, int threads)
        : options_(options), real_bytes_(real_bytes), threads_(threads) {}

    std::uint64_t piece(const DiskSizes& s) const { return (2 * real_bytes_) << s.inside_axes; }
    std::uint64_t tiles(const DiskSizes& s) const {
        return static_cast<std::uint64_t>(threads_) * std::min<std::uint64_t>(kTileRoom, piece(s));
    }
    /// Two pieces, and what threads need.
    std::uint64_t needed(const DiskSizes& s) const {
        const std::size_t run = std::max((2 * real_bytes_) << s.run_axes, host::kSpillAlign);
        const host::BlockCoding coding{.compression = options_.compression};
        return 2 * piece(s) + tiles(s) +
               static_cast<std::uint64_t>(options_.io_threads) *
                   (run + host::BlockCodec::bytes_for(coding, run));
    }

  private:
    const DiskOptions& options_;
    std::size_t real_bytes_;
    int threads_;
};

}  // namespace

DiskSizes choose_sizes(const DiskOptions& options, std::size_t real_bytes, int threads) {
    const std::uint64_t limit =
        options.max_memory_bytes != 0 ? options.max_memory_bytes : available_memory_bytes();
    const Memory memory(options, real_bytes, threads);
    const int longest = std::countr_zero(kLargestRun / (2 * real_bytes));
    const int shortest = std::countr_zero(host::kSpillAlign / (2 * real_bytes));
    DiskSizes sizes{.index_bytes = limit / kIndexShare};
    const bool given = options.inside_axes != 0 && options.run_axes != 0;
    sizes.inside_axes = given ? options.inside_axes : kMostAxes;
    for (;; --sizes.inside_axes) {
        sizes.run_axes = given ? options.run_axes
                               : std::clamp(sizes.inside_axes - kUsualAbove, shortest, longest);
        const std::uint64_t used = memory.needed(sizes) + sizes.index_bytes;
        if (used <= limit) sizes.spare_bytes = limit - used;
        if (used <= limit || given) break;
        if (sizes.inside_axes > shortest + kLeastAbove) continue;
        const std::uint64_t least = memory.needed(sizes) * kIndexShare / (kIndexShare - 1) + 1;
        throw ResourceError("a state on disk needs at least " + bytes_text(least) +
                            " of memory, and " + bytes_text(limit) + " are allowed");
    }
    sizes.tile_bytes = memory.tiles(sizes);
    return sizes;
}

}  // namespace carillon::engine
