// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/extents.h"

#include <algorithm>
#include <iterator>

namespace carillon::host {

std::uint64_t Extents::take(std::uint64_t bytes) {
    in_use_ += bytes;
    const auto gap = std::ranges::find_if(free_, [&](const auto& f) { return f.second >= bytes; });
    if (gap == free_.end()) {
        end_ += bytes;
        return end_ - bytes;
    }
    const auto [offset, length] = *gap;
    free_.erase(gap);
    if (length > bytes) free_.emplace(offset + bytes, length - bytes);
    return offset;
}

void Extents::give(std::uint64_t offset, std::uint64_t bytes) {
    in_use_ -= bytes;
    auto next = free_.lower_bound(offset);
    if (next != free_.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second == offset) {
            offset = before->first;
            bytes += before->second;
            free_.erase(before);
        }
    }
    if (next != free_.end() && offset + bytes == next->first) {
        bytes += next->second;
        free_.erase(next);
    }
    if (offset + bytes == end_)
        end_ = offset;
    else
        free_.emplace(offset, bytes);
}

}  // namespace carillon::host
