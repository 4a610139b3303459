// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/validate/tuple_table.h"

#include <algorithm>

namespace carillon::validation {

namespace {

std::uint32_t hash_words(std::span<const std::uint64_t> words) {
    std::uint64_t h = 0x9e3779b97f4a7c15 + words.size();
    for (const std::uint64_t w : words) {
        h = (h ^ w) * 0xff51afd7ed558ccd;
        h ^= h >> 32;
    }
    return static_cast<std::uint32_t>(h ^ (h >> 29));
}

}  // namespace

std::size_t TupleTable::slot_of(std::span<const std::uint64_t> words, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != kEmpty) {
        const std::uint32_t number = slots_[slot];
        if (hashes_[number] == hash && std::ranges::equal(tuple(number), words)) break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

void TupleTable::grow() {
    slots_.assign(slots_.size() * 2, kEmpty);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t number = 0; number < size(); ++number) {
        std::size_t slot = hashes_[number] & mask;
        while (slots_[slot] != kEmpty) slot = (slot + 1) & mask;
        slots_[slot] = number;
    }
}

std::uint32_t TupleTable::insert(std::span<const std::uint64_t> words) {
    const std::uint32_t hash = hash_words(words);
    std::size_t slot = slot_of(words, hash);
    if (slots_[slot] != kEmpty) return slots_[slot];
    if (2 * (hashes_.size() + 1) > slots_.size()) {
        grow();
        slot = slot_of(words, hash);
    }
    const std::uint32_t number = size();
    slots_[slot] = number;
    hashes_.push_back(hash);
    words_.insert(words_.end(), words.begin(), words.end());
    starts_.push_back(words_.size());
    return number;
}

std::optional<std::uint32_t> TupleTable::find(std::span<const std::uint64_t> words) const {
    const std::uint32_t number = slots_[slot_of(words, hash_words(words))];
    if (number == kEmpty) return std::nullopt;
    return number;
}

}  // namespace carillon::validation
