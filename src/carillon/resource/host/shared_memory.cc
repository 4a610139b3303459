// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

[[noreturn]] void refuse(std::size_t bytes, const std::string& what) {
    throw ResourceError(std::to_string(bytes) + " bytes of shared memory: " + what + ": " +
                        std::strerror(errno));
}

}  // namespace

SharedMemory SharedMemory::make(std::size_t bytes) {
    SharedMemory memory;
    memory.descriptor_ = memfd_create("carillon", MFD_CLOEXEC);
    if (memory.descriptor_ < 0) refuse(bytes, "memfd_create");
    if (bytes > static_cast<std::size_t>(INT64_MAX) ||
        ftruncate(memory.descriptor_, static_cast<off_t>(bytes)) != 0)
        refuse(bytes, "ftruncate");
    memory.map(bytes);
    return memory;
}

SharedMemory SharedMemory::open(const Key& key) {
    SharedMemory memory;
    const std::string path =
        "/proc/" + std::to_string(key.process) + "/fd/" + std::to_string(key.descriptor);
    memory.descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (memory.descriptor_ < 0) refuse(key.bytes, path);
    struct stat facts {};
    if (fstat(memory.descriptor_, &facts) != 0) refuse(key.bytes, path);
    if (facts.st_ino != key.inode || static_cast<std::uint64_t>(facts.st_size) != key.bytes)
        throw ResourceError(path +
                            ": belongs to another process; are the ranks of one machine in "
                            "separate containers?");
    memory.map(key.bytes);
    return memory;
}

void SharedMemory::map(std::size_t bytes) {
    if (bytes == 0) return;
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (at == MAP_FAILED) refuse(bytes, "mmap");
    bytes_ = {static_cast<std::byte*>(at), bytes};
}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

SharedMemory::~SharedMemory() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
    hide();
}

SharedMemory::Key SharedMemory::key() const {
    struct stat facts {};
    if (fstat(descriptor_, &facts) != 0) refuse(bytes_.size(), "fstat");
    return {getpid(), descriptor_, facts.st_ino, bytes_.size()};
}

void SharedMemory::hide() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
}

}  // namespace carillon::host
