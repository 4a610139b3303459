// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/spill_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "carillon/base/error.h"

namespace carillon::host {

namespace {

std::string size_text(std::uint64_t bytes) {
    static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes) / 1024;
    int unit = 0;
    for (; value >= 1000 && unit < 4; ++unit) value /= 1024;
    char text[32];
    std::snprintf(text, sizeof text, "%.3g %s", value, kUnits[unit]);
    return text;
}

std::string reason() {
    return std::strerror(errno);
}

}  // namespace

AlignedBytes::AlignedBytes(std::size_t bytes)
    : data_(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kSpillAlign}))) {}

void AlignedBytes::Free::operator()(std::byte* data) const {
    ::operator delete (data, std::align_val_t{kSpillAlign});
}

std::uint64_t free_disk_bytes(const std::filesystem::path& folder) {
    struct statvfs status {};
    if (statvfs(folder.c_str(), &status) != 0)
        throw ResourceError("the folder \"" + folder.string() + "\" cannot be used: " + reason());
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

SpillFile::SpillFile(const std::filesystem::path& folder) : folder_(folder) {
    std::string name = (folder / "carillon-spill-XXXXXX").string();
    descriptor_ = mkostemp(name.data(), O_CLOEXEC);
    path_ = name;
    if (descriptor_ < 0)
        throw ResourceError("no file can be made in the folder \"" + folder.string() +
                            "\" for what does not fit in memory: " + reason());
    unlink(name.c_str());
    struct statfs status {};
    if (fstatfs(descriptor_, &status) == 0 && status.f_type == TMPFS_MAGIC)
        note_ = folder.string() + " is itself in memory (tmpfs): what is put there takes memory";
    try_direct();
    if (!direct_ && note_.empty())
        note_ = "the file system of " + folder.string() +
                " does not allow direct access: the kernel keeps copies in its cache";
}

SpillFile::~SpillFile() {
    if (descriptor_ >= 0) close(descriptor_);
}

/// Asks for direct access and sees whether it works.
void SpillFile::try_direct() {
    const int flags = fcntl(descriptor_, F_GETFL);
    if (fcntl(descriptor_, F_SETFL, flags | O_DIRECT) != 0) return;
    const AlignedBytes out(kSpillAlign), in(kSpillAlign);
    std::memset(out.data(), 0x5A, kSpillAlign);
    const auto size = static_cast<ssize_t>(kSpillAlign);
    direct_ = pwrite(descriptor_, out.data(), kSpillAlign, 0) == size &&
              pread(descriptor_, in.data(), kSpillAlign, 0) == size &&
              std::memcmp(in.data(), out.data(), kSpillAlign) == 0;
    if (!direct_) fcntl(descriptor_, F_SETFL, flags);
    if (ftruncate(descriptor_, 0) != 0) fail("emptied");
}

void SpillFile::fail(const std::string& doing) const {
    if (errno == ENOSPC || errno == EDQUOT)
        throw ResourceError("the disk of \"" + folder_.string() + "\" is full: " +
                            size_text(free_disk_bytes(folder_)) + " are free, and the state has " +
                            "no room to be written; free some, or give --spill another folder");
    throw ResourceError("the file " + path_.string() + " cannot be " + doing + ": " + reason());
}

void SpillFile::check_room(std::uint64_t bytes) const {
    if (bytes <= reserved_) return;
    const std::uint64_t more = bytes - reserved_, free = free_disk_bytes(folder_);
    if (more > free)
        throw ResourceError("the state needs " + size_text(more) + " more on the disk of \"" +
                            folder_.string() + "\", and " + size_text(free) + " are free there");
}

void SpillFile::reserve(std::uint64_t bytes) {
    check_room(bytes);
    if (bytes <= reserved_) return;
    const std::uint64_t more = bytes - reserved_;
    if (fallocate(descriptor_, 0, static_cast<off_t>(reserved_), static_cast<off_t>(more)) != 0 &&
        errno != EOPNOTSUPP && errno != EINTR)
        fail("made larger");
    reserved_ = bytes;
}

void SpillFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t done =
            pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) fail("written");
        offset += static_cast<std::uint64_t>(done);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
}

void SpillFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t done =
            pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done == 0) throw ResourceError("the file " + path_.string() + " ends before it should");
        if (done < 0) fail("read");
        offset += static_cast<std::uint64_t>(done);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
}

}  // namespace carillon::host
