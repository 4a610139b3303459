// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace carillon::host {

/// Memory that other processes of this machine can map. It has no name in any file system: the
/// kernel takes it back when the last process that maps it ends, however it ends. Zero at first;
/// pages are taken when they are touched.
class SharedMemory {
  public:
    /// How another process finds it, as long as the maker has not called hide().
    struct Key {
        std::int64_t process = 0;
        std::int64_t descriptor = -1;
        std::uint64_t inode = 0;  ///< tells a wrong process of the same number
        std::uint64_t bytes = 0;
    };

    SharedMemory() = default;
    /// Throws: ResourceError when the system does not give it.
    static SharedMemory make(std::size_t bytes);
    /// Throws: ResourceError when the maker is gone, or in another container.
    static SharedMemory open(const Key& key);

    SharedMemory(SharedMemory&& other) noexcept { *this = std::move(other); }
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory();

    std::span<std::byte> bytes() const { return bytes_; }
    Key key() const;
    /// No process can open it any more; those that did keep it.
    void hide();

  private:
    void map(std::size_t bytes);

    std::span<std::byte> bytes_;
    int descriptor_ = -1;
};

}  // namespace carillon::host
