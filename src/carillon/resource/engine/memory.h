// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace carillon::engine {

/// Bytes that a new state may use on this machine now: what the kernel says is available, or what
/// the control group leaves if that is less; minus 5 % for everything else.
std::uint64_t available_memory_bytes();

/// "1.5 GiB", "64 KiB".
std::string bytes_text(std::uint64_t bytes);

/// Page-aligned memory that grows and shrinks in place where the kernel can do so. New pages are
/// zero; pages that come back into use after shrink() may not be.
class PageBuffer {
  public:
    PageBuffer() = default;
    ~PageBuffer();
    PageBuffer(const PageBuffer& other);
    PageBuffer(PageBuffer&& other) noexcept;
    /// Copies into the memory already held when it is large enough.
    PageBuffer& operator=(const PageBuffer& other);
    PageBuffer& operator=(PageBuffer&& other) noexcept;

    void* data() const { return data_; }
    std::size_t capacity() const { return capacity_; }

    /// Makes the capacity at least `bytes`, keeping the contents.
    ///
    /// Throws: ResourceError when the kernel refuses.
    void grow(std::size_t bytes);
    /// Gives pages back when much more than `bytes` is held.
    void shrink(std::size_t bytes);

  private:
    void* data_ = nullptr;
    std::size_t capacity_ = 0;
};

}  // namespace carillon::engine
