// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carillon/resource/engine/safe_copies.h"

namespace carillon::engine {

/// What a folder's checkpoint is of.
struct SafeManifest {
    std::uint64_t version = 0;
    std::uint64_t parts = 0;
    std::uint64_t real_bytes = 8;  ///< 4: single precision
    RankLayout layout;
    std::uint64_t step = 0;         ///< steps that were done
    std::uint64_t mark = 0;         ///< what they were
    std::vector<std::byte> values;  ///< what steps gave, one after another
};

/// Checkpoints in a folder: a file for each part of a version, and the manifest, which names the
/// version that counts.
class SafeFolder {
  public:
    explicit SafeFolder(std::string path) : path_(std::move(path)) {}

    void write_part(std::uint64_t version, int part, std::span<const std::byte> bytes) const;
    /// All parts of the version must be there.
    void write(const SafeManifest& manifest) const;
    /// Throws: InputError when the folder has no checkpoint; ResourceError when it is damaged.
    SafeManifest manifest() const;
    /// Bytes of the state, which is all parts one after another, from `first` on.
    void read(const SafeManifest& manifest, std::uint64_t first, std::span<std::byte> to) const;
    /// Removes the parts of a version.
    void forget(std::uint64_t version, std::uint64_t parts) const;

  private:
    std::string part_path(std::uint64_t version, std::uint64_t part) const;

    std::string path_;
};

}  // namespace carillon::engine
