// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/memory.h"

#include <sys/mman.h>

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
constexpr std::size_t kHugePage = std::size_t{2} << 20;
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
    struct Piece {
        void* data = nullptr;
        std::size_t bytes = 0;
    };

    ~SpareMemory() {
        for (const Piece& piece : pieces_) munmap(piece.data, piece.bytes);
    }
    /// A piece of at least `bytes`, and not much more; or nothing.
    Piece take(std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        const auto fits = [&](const Piece& p) { return p.bytes >= bytes && p.bytes <= 2 * bytes; };
        const auto it = std::find_if(pieces_.begin(), pieces_.end(), fits);
        if (it == pieces_.end()) return {};
        const Piece piece = *it;
        held_ -= piece.bytes;
        *it = pieces_.back();
        pieces_.pop_back();
        return piece;
    }
    void give(Piece piece) {
        {
            const std::lock_guard lock(mutex_);
            if (held_ + piece.bytes <= kMost) {
                held_ += piece.bytes;
                return pieces_.push_back(piece);
            }
        }
        munmap(piece.data, piece.bytes);
    }

  private:
    static constexpr std::size_t kMost = std::size_t{64} << 20;

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
    if (data_ != nullptr) spare_memory().give({data_, capacity_});
}

PageBuffer::PageBuffer(const PageBuffer& other) {
    if (other.capacity_ == 0) return;
    const auto spare = spare_memory().take(other.capacity_);
    data_ = spare.data;
    capacity_ = spare.bytes;
    if (data_ == nullptr) grow(other.capacity_);
    std::memcpy(data_, other.data_, other.capacity_);
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}

PageBuffer& PageBuffer::operator=(const PageBuffer& other) {
    if (this == &other) return *this;
    grow(other.capacity_);
    if (other.capacity_ != 0) std::memcpy(data_, other.data_, other.capacity_);
    return *this;
}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

void PageBuffer::grow(std::size_t bytes) {
    if (bytes <= capacity_) return;
    bytes = std::max((bytes + kPage - 1) / kPage * kPage, kSmallest);
    void* memory = data_ == nullptr ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                    : mremap(data_, capacity_, bytes, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED)
        throw ResourceError("the kernel refused " + bytes_text(bytes) +
                            " of memory; use fewer qubits, single precision or a larger machine");
    data_ = memory;
    capacity_ = bytes;
    if (bytes >= kHugePage) madvise(data_, bytes, MADV_HUGEPAGE);
}

void PageBuffer::shrink(std::size_t bytes) {
    bytes = std::max((bytes + kPage - 1) / kPage * kPage, kKept);
    if (data_ == nullptr || capacity_ < 4 * bytes) return;
    void* memory = mremap(data_, capacity_, bytes, 0);
    if (memory == MAP_FAILED) return;
    data_ = memory;
    capacity_ = bytes;
}

}  // namespace carillon::engine
