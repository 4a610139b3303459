// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace carillon::validation {

/// Numbers tuples of 64-bit words: equal tuples get equal numbers, counted from 0 in the order they
/// first appear. Open addressing, linear memory.
class TupleTable {
  public:
    TupleTable() : slots_(16, kEmpty), starts_(1, 0) {}

    /// The tuple's number; it is added when new.
    std::uint32_t insert(std::span<const std::uint64_t> tuple);
    std::optional<std::uint32_t> find(std::span<const std::uint64_t> tuple) const;
    std::span<const std::uint64_t> tuple(std::uint32_t number) const {
        return {words_.data() + starts_[number], starts_[number + 1] - starts_[number]};
    }
    std::uint32_t size() const { return static_cast<std::uint32_t>(hashes_.size()); }

  private:
    static constexpr std::uint32_t kEmpty = 0xffffffff;

    /// Slot that holds the tuple, or the empty one where it belongs.
    std::size_t slot_of(std::span<const std::uint64_t> tuple, std::uint32_t hash) const;
    void grow();

    std::vector<std::uint32_t> slots_;   ///< numbers; a power of two of them
    std::vector<std::uint32_t> hashes_;  ///< by number
    std::vector<std::uint64_t> words_;
    std::vector<std::uint64_t> starts_;  ///< by number, and the end
};

}  // namespace carillon::validation
