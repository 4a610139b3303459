// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

namespace carillon::host {

/// Which stretches of a file are in use. Free ones next to each other are one.
class Extents {
  public:
    /// The first free stretch of `bytes`; at the end of the file when no gap is large enough.
    std::uint64_t take(std::uint64_t bytes);
    void give(std::uint64_t offset, std::uint64_t bytes);

    /// Where the last stretch in use ends.
    std::uint64_t end() const { return end_; }
    std::uint64_t in_use() const { return in_use_; }

  private:
    std::map<std::uint64_t, std::uint64_t> free_;  ///< offset, bytes
    std::uint64_t end_ = 0, in_use_ = 0;
};

}  // namespace carillon::host
