// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace carillon::host {

/// Writes a file of `head` and `body` with their checksums, so that `path` is either what it was
/// before or complete, also after a crash: to a file beside it, to the disk, then renamed.
///
/// Throws: ResourceError that names the file.
void write_checkpoint_file(const std::string& path, std::span<const std::byte> head,
                           std::span<const std::byte> body);

/// The head of such a file.
///
/// Throws: ResourceError when it cannot be read or is damaged.
std::vector<std::byte> read_checkpoint_head(const std::string& path);

/// The body's bytes from `first` on.
///
/// Throws: ResourceError when it cannot be read, ends early, or the whole body is damaged.
void read_checkpoint_body(const std::string& path, std::uint64_t first, std::span<std::byte> to);

}  // namespace carillon::host
