// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "carillon/resource/host/block_codec.h"

namespace carillon::engine {

struct DiskOptions {
    std::vector<std::filesystem::path> folders;
    host::Compression compression = host::Compression::kNone;
    double error_bound = 0;              ///< most that an amplitude may change at each write
    std::uint64_t max_memory_bytes = 0;  ///< 0: what the machine has available
    int io_threads = 4;
    int inside_axes = 0;  ///< of a piece; 0: what the memory allows
    int run_axes = 0;     ///< of what is read in one stretch, 7 at least; 0: what suits the memory
};

/// What having a state on disk took.
struct DiskCounts {
    std::uint64_t sweeps = 0;  ///< reads of the whole state, or of what mattered of it
    std::uint64_t read_bytes = 0, written_bytes = 0;
    std::uint64_t most_on_disk_bytes = 0;
    double sweep_s = 0;    ///< spent in sweeps
    double compute_s = 0;  ///< of these, in work on pieces
    double io_s = 0;       ///< of these, the disk, packing or unpacking was at work
    double error = 0;  ///< bound on the distance to the state without rounding, for unitary gates
    bool direct = false;                  ///< past the kernel's cache
    std::vector<std::string> notes = {};  ///< what the user should know of the folders

    /// Bound on |<this|that>|^2 for normalised states: a distance of e to a state of norm 1 is an
    /// angle whose sine is e at most.
    double fidelity() const;
    /// Part of the shorter of compute_s and io_s that passed during the other.
    double overlap() const;
    /// What one state took and another one after it.
    DiskCounts& operator+=(const DiskCounts& later);
};

/// Options as written on the command line: folders with commas between them; "none", "lossless" or
/// the most an amplitude may change at each write.
///
/// Throws: InputError; ResourceError when this build cannot compress.
DiskOptions parse_spill(const std::string& folders, const std::string& compress);

/// For people.
std::string disk_text(const DiskCounts& counts);

}  // namespace carillon::engine
