// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/safe_folder.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "carillon/base/error.h"
#include "carillon/resource/host/checkpoint_file.h"

namespace carillon::engine {

namespace {

constexpr const char* kManifest = "/manifest";

void put(std::vector<std::byte>& to, std::uint64_t value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Takes numbers from the front of bytes.
class Reader {
  public:
    Reader(std::span<const std::byte> bytes, const std::string& path)
        : bytes_(bytes), path_(path) {}
    std::uint64_t number() {
        std::uint64_t value = 0;
        if (bytes_.size() < sizeof value) throw ResourceError(path_ + ": ends early");
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_ = bytes_.subspan(sizeof value);
        return value;
    }

  private:
    std::span<const std::byte> bytes_;
    const std::string& path_;
};

}  // namespace

std::string SafeFolder::part_path(std::uint64_t version, std::uint64_t part) const {
    return path_ + "/part-" + std::to_string(version) + "-" + std::to_string(part);
}

void SafeFolder::write_part(std::uint64_t version, int part,
                            std::span<const std::byte> bytes) const {
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) throw ResourceError(path_ + ": " + error.message());
    host::write_checkpoint_file(part_path(version, static_cast<std::uint64_t>(part)), {}, bytes);
}

void SafeFolder::write(const SafeManifest& m) const {
    std::vector<std::byte> head;
    for (const std::uint64_t number :
         {m.version, m.parts, m.real_bytes, static_cast<std::uint64_t>(m.layout.axes),
          static_cast<std::uint64_t>(m.layout.inside), m.layout.zero, m.step, m.mark,
          static_cast<std::uint64_t>(m.values.size())})
        put(head, number);
    for (const int axis : m.layout.axis_at) put(head, static_cast<std::uint64_t>(axis));
    host::write_checkpoint_file(path_ + kManifest, head, m.values);
}

SafeManifest SafeFolder::manifest() const {
    const std::string path = path_ + kManifest;
    if (!std::filesystem::exists(path))
        throw InputError(path_ + ": there is no checkpoint to go on from");
    const std::vector<std::byte> head = host::read_checkpoint_head(path);
    Reader reader(head, path);
    SafeManifest m;
    m.version = reader.number();
    m.parts = reader.number();
    m.real_bytes = reader.number();
    m.layout.axes = static_cast<int>(reader.number());
    m.layout.inside = static_cast<int>(reader.number());
    m.layout.zero = reader.number();
    m.step = reader.number();
    m.mark = reader.number();
    m.values.resize(reader.number());
    for (int k = 0; k < m.layout.axes; ++k)
        m.layout.axis_at.push_back(static_cast<int>(reader.number()));
    host::read_checkpoint_body(path, 0, m.values);
    return m;
}

void SafeFolder::read(const SafeManifest& manifest, std::uint64_t first,
                      std::span<std::byte> to) const {
    const std::uint64_t part_bytes = 2 * manifest.real_bytes << manifest.layout.inside;
    while (!to.empty()) {
        const std::uint64_t part = first / part_bytes, at = first % part_bytes;
        const std::size_t size = std::min<std::uint64_t>(to.size(), part_bytes - at);
        host::read_checkpoint_body(part_path(manifest.version, part), at, to.first(size));
        to = to.subspan(size);
        first += size;
    }
}

void SafeFolder::forget(std::uint64_t version, std::uint64_t parts) const {
    std::error_code ignored;
    for (std::uint64_t part = 0; part < parts; ++part)
        std::filesystem::remove(part_path(version, part), ignored);
}

}  // namespace carillon::engine
