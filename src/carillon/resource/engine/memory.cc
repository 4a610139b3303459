// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/memory.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "carillon/base/error.h"

namespace carillon::engine {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSmallest = std::size_t{64} << 10;  ///< pages cost nothing until touched
constexpr std::size_t kKept = std::size_t{1} << 20;       ///< a small buffer is never given back

/// A number of bytes in a file of the control group; no limit when it is absent or says "max".
std::uint64_t read_bytes(const char* path, std::uint64_t otherwise) {
    std::ifstream file(path);
    std::uint64_t value = 0;
    return file >> value ? value : otherwise;
}

std::uint64_t kernel_available_bytes() {
    std::ifstream file("/proc/meminfo");
    std::string key, unit;
    std::uint64_t kib = 0;
    while (file >> key >> kib) {
        std::getline(file, unit);
        if (key == "MemAvailable:") return kib * 1024;
    }
    return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::uint64_t available_memory_bytes() {
    constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes = kernel_available_bytes();
    const std::uint64_t limit = read_bytes("/sys/fs/cgroup/memory.max", kNoLimit);
    const std::uint64_t used = read_bytes("/sys/fs/cgroup/memory.current", 0);
    if (limit != kNoLimit) bytes = std::min(bytes, limit > used ? limit - used : 0);
    return bytes / 20 * 19;
}

std::string bytes_text(std::uint64_t bytes) {
    static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes);
    int unit = 0;
    while (value >= 1024 && unit < 6) value /= 1024, ++unit;
    char text[32];
    std::snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value,
                  kUnits[unit]);
    return text;
}

namespace {

/// Memory of buffers that are gone, kept for copies to come: a state that is copied for every shot
/// would otherwise spend its time on fresh pages.
class SpareMemory {
  public:
    ~SpareMemory() {
        for (Piece& piece : pieces_) host::unmap_pages(piece.mapping);
    }
    /// A piece of at least `bytes` of such pages, and not much more; or nothing.
    host::Mapping take(std::size_t bytes, const host::PageRequest& request) {
        const std::lock_guard lock(mutex_);
        const auto fits = [&](const Piece& p) {
            return p.mapping.bytes >= bytes && p.mapping.bytes <= 2 * bytes && p.request == request;
        };
        const auto it = std::find_if(pieces_.begin(), pieces_.end(), fits);
        if (it == pieces_.end()) return {};
        host::Mapping mapping = std::move(it->mapping);
        held_ -= mapping.bytes;
        if (it != pieces_.end() - 1) *it = std::move(pieces_.back());
        pieces_.pop_back();
        return mapping;
    }
    void give(host::Mapping mapping, host::PageRequest request) {
        {
            const std::lock_guard lock(mutex_);
            if (held_ + mapping.bytes <= kMost) {
                held_ += mapping.bytes;
                return pieces_.push_back({std::move(mapping), std::move(request)});
            }
        }
        host::unmap_pages(mapping);
    }

  private:
    static constexpr std::size_t kMost = std::size_t{64} << 20;

    struct Piece {
        host::Mapping mapping;
        host::PageRequest request;
    };

    std::mutex mutex_;
    std::vector<Piece> pieces_;
    std::size_t held_ = 0;
};

SpareMemory& spare_memory() {
    static SpareMemory spare;
    return spare;
}

}  // namespace

PageBuffer::~PageBuffer() {
    if (data() != nullptr) spare_memory().give(std::move(mapping_), std::move(request_));
}

PageBuffer::PageBuffer(const PageBuffer& other) : request_(other.request_) {
    if (other.capacity() == 0) return;
    mapping_ = spare_memory().take(other.capacity(), request_);
    if (data() == nullptr) grow(other.capacity());
    std::memcpy(data(), other.data(), other.capacity());
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : mapping_(std::exchange(other.mapping_, {})), request_(other.request_) {}

PageBuffer& PageBuffer::operator=(const PageBuffer& other) {
    if (this == &other) return *this;
    grow(other.capacity());
    if (other.capacity() != 0) std::memcpy(data(), other.data(), other.capacity());
    return *this;
}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
    std::swap(mapping_, other.mapping_);
    std::swap(request_, other.request_);
    return *this;
}

void PageBuffer::grow(std::size_t bytes) {
    if (bytes <= capacity()) return;
    bytes = std::max((bytes + kPage - 1) / kPage * kPage, kSmallest);
    bool done = false;
    if (data() == nullptr) {
        mapping_ = host::map_pages(bytes, request_);
        done = data() != nullptr;
    } else {
        done = host::resize_pages(mapping_, bytes, request_);
    }
    if (!done)
        throw ResourceError("the kernel refused " + bytes_text(bytes) +
                            " of memory; use fewer qubits, single precision or a larger machine");
}

void PageBuffer::shrink(std::size_t bytes) {
    bytes = std::max((bytes + kPage - 1) / kPage * kPage, kKept);
    if (data() == nullptr || capacity() < 4 * bytes) return;
    host::resize_pages(mapping_, bytes, request_);
}

}  // namespace carillon::engine
