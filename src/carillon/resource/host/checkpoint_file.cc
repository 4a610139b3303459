// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/checkpoint_file.h"

#include <fcntl.h>
#include <unistd.h>
#define XXH_INLINE_ALL  // the library is header-only then
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "carillon/base/error.h"
#include "carillon/resource/host/checksum.h"

namespace carillon::host {

namespace {

constexpr std::array<char, 8> kMagic{'C', 'A', 'R', 'I', 'L', 'C', 'P', '1'};
constexpr std::size_t kPiece = std::size_t{8} << 20;

struct Preface {
    std::array<char, 8> magic = kMagic;
    std::uint64_t head_bytes = 0, head_sum = 0;
    std::uint64_t body_bytes = 0, body_sum = 0;
};

class File {
  public:
    File(std::string path, int flags)
        : path_(std::move(path)), fd_(open(path_.c_str(), flags, 0644)) {
        if (fd_ < 0) fail("cannot be opened");
    }
    ~File() {
        if (fd_ >= 0) close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::write(fd_, bytes.data(), std::min(bytes.size(), kPiece));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) fail("cannot be written");
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
    }
    void read(std::span<std::byte> bytes, std::uint64_t at) {
        while (!bytes.empty()) {
            const ssize_t n =
                pread(fd_, bytes.data(), std::min(bytes.size(), kPiece), static_cast<off_t>(at));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail("cannot be read");
            if (n == 0) throw ResourceError(path_ + ": ends early");
            bytes = bytes.subspan(static_cast<std::size_t>(n));
            at += static_cast<std::uint64_t>(n);
        }
    }
    void sync() {
        if (fsync(fd_) != 0) fail("cannot be brought to the disk");
    }

  private:
    [[noreturn]] void fail(const char* what) const {
        throw ResourceError(path_ + ": " + what + ": " + std::strerror(errno));
    }

    std::string path_;
    int fd_;
};

Preface read_preface(File& file, const std::string& path) {
    Preface preface;
    file.read(std::as_writable_bytes(std::span(&preface, 1)), 0);
    if (preface.magic != kMagic) throw ResourceError(path + ": is no checkpoint");
    return preface;
}

struct FreeHash {
    void operator()(XXH64_state_t* state) const { XXH64_freeState(state); }
};

}  // namespace

void write_checkpoint_file(const std::string& path, std::span<const std::byte> head,
                           std::span<const std::byte> body) {
    const std::string beside = path + ".part";
    {
        File file(beside, O_WRONLY | O_CREAT | O_TRUNC);
        const Preface preface{kMagic, head.size(), checksum(head), body.size(), checksum(body)};
        file.write(std::as_bytes(std::span(&preface, 1)));
        file.write(head);
        file.write(body);
        file.sync();
    }
    if (std::rename(beside.c_str(), path.c_str()) != 0)
        throw ResourceError(path + ": cannot take its name: " + std::strerror(errno));
    const std::string folder = std::filesystem::path(path).parent_path().string();
    File(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY).sync();
}

std::vector<std::byte> read_checkpoint_head(const std::string& path) {
    File file(path, O_RDONLY);
    const Preface preface = read_preface(file, path);
    if (preface.head_bytes > std::filesystem::file_size(path))
        throw ResourceError(path + ": is damaged");
    std::vector<std::byte> head(preface.head_bytes);
    file.read(head, sizeof(Preface));
    if (checksum(head) != preface.head_sum) throw ResourceError(path + ": is damaged");
    return head;
}

void read_checkpoint_body(const std::string& path, std::uint64_t first, std::span<std::byte> to) {
    File file(path, O_RDONLY);
    const Preface preface = read_preface(file, path);
    if (first + to.size() > preface.body_bytes) throw ResourceError(path + ": ends early");
    // All of it is read, because the checksum is of all of it.
    const std::unique_ptr<XXH64_state_t, FreeHash> hash(XXH64_createState());
    XXH64_reset(hash.get(), 0);
    std::vector<std::byte> piece;
    for (std::uint64_t at = 0; at < preface.body_bytes; at += kPiece) {
        piece.resize(std::min<std::uint64_t>(kPiece, preface.body_bytes - at));
        file.read(piece, sizeof(Preface) + preface.head_bytes + at);
        XXH64_update(hash.get(), piece.data(), piece.size());
        const std::uint64_t begin = std::max(at, first);
        const std::uint64_t end = std::min(at + piece.size(), first + to.size());
        if (begin < end)
            std::memcpy(to.data() + (begin - first), piece.data() + (begin - at), end - begin);
    }
    if (XXH64_digest(hash.get()) != preface.body_sum) throw ResourceError(path + ": is damaged");
}

}  // namespace carillon::host
