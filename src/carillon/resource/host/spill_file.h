// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace carillon::host {

/// What offsets, sizes and addresses must be multiples of.
constexpr std::size_t kSpillAlign = 4096;

/// Memory at such an address; pages are taken when they are touched.
class AlignedBytes {
  public:
    AlignedBytes() = default;
    explicit AlignedBytes(std::size_t bytes);
    std::byte* data() const { return data_.get(); }

  private:
    struct Free {
        void operator()(std::byte* data) const;
    };
    std::unique_ptr<std::byte, Free> data_;
};

/// A file without a name in a folder of the user's: whatever happens to this process, it takes no
/// space any more afterwards. Past the kernel's cache where the file system allows it, so that what
/// is on disk does not take memory after all.
class SpillFile {
  public:
    /// Throws: ResourceError when the folder does not exist or cannot be written to.
    explicit SpillFile(const std::filesystem::path& folder);
    ~SpillFile();
    SpillFile(const SpillFile&) = delete;
    SpillFile& operator=(const SpillFile&) = delete;

    /// As it was called when it was made.
    const std::filesystem::path& path() const { return path_; }
    /// True when reads and writes go past the kernel's cache; tried, not only asked for.
    bool direct() const { return direct_; }
    /// Something the user should know of this folder; or empty.
    const std::string& note() const { return note_; }

    /// Throws: ResourceError that says how much is missing, unless the first `bytes` can be written
    /// as far as can be told.
    void check_room(std::uint64_t bytes) const;
    /// Makes sure of it. Throws: ResourceError.
    void reserve(std::uint64_t bytes);

    /// Throws: ResourceError that names the file.
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    void read(std::uint64_t offset, std::span<std::byte> bytes) const;

  private:
    void try_direct();
    [[noreturn]] void fail(const std::string& doing) const;

    std::filesystem::path folder_, path_;
    int descriptor_ = -1;
    bool direct_ = false;
    std::uint64_t reserved_ = 0;
    std::string note_;
};

/// Bytes that a user may still write to the file system of a folder.
///
/// Throws: ResourceError when there is no such folder.
std::uint64_t free_disk_bytes(const std::filesystem::path& folder);

}  // namespace carillon::host
