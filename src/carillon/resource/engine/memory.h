// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "carillon/resource/host/memory_kinds.h"

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
    /// Of pages of a kind, as far as the kernel gives them; see report().
    explicit PageBuffer(host::PageRequest request) : request_(std::move(request)) {}
    ~PageBuffer();
    PageBuffer(const PageBuffer& other);
    PageBuffer(PageBuffer&& other) noexcept;
    /// Copies into the memory already held when it is large enough.
    PageBuffer& operator=(const PageBuffer& other);
    PageBuffer& operator=(PageBuffer&& other) noexcept;

    void* data() const { return mapping_.data; }
    std::size_t capacity() const { return mapping_.bytes; }
    /// What was asked of the kernel and what it gave, when the request wants to know.
    std::optional<host::PageReport> report() const {
        if (!request_.report) return std::nullopt;
        return host::report_pages(mapping_, request_);
    }

    /// Makes the capacity at least `bytes`, keeping the contents.
    ///
    /// Throws: ResourceError when the kernel refuses.
    void grow(std::size_t bytes);
    /// Gives pages back when much more than `bytes` is held.
    void shrink(std::size_t bytes);

  private:
    host::Mapping mapping_;
    host::PageRequest request_;
};

}  // namespace carillon::engine
