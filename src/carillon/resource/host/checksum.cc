// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace carillon::host {

namespace {

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87, kPrime2 = 0xC2B2AE3D27D4EB4F,
                        kPrime3 = 0x165667B19E3779F9, kPrime4 = 0x85EBCA77C2B2AE63,
                        kPrime5 = 0x27D4EB2F165667C5;

template <class Word>
std::uint64_t load(const std::byte* at) {
    static_assert(std::endian::native == std::endian::little);
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

std::uint64_t round(std::uint64_t sum, std::uint64_t word) {
    return std::rotl(sum + word * kPrime2, 31) * kPrime1;
}

std::uint64_t merge(std::uint64_t sum, std::uint64_t lane) {
    return (sum ^ round(0, lane)) * kPrime1 + kPrime4;
}

}  // namespace

std::uint64_t checksum(std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    std::uint64_t sum = kPrime5;
    if (bytes.size() >= 32) {
        std::array<std::uint64_t, 4> lanes{kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
        for (; end - at >= 32; at += 32)
            for (std::size_t k = 0; k < 4; ++k)
                lanes[k] = round(lanes[k], load<std::uint64_t>(at + 8 * k));
        sum = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
              std::rotl(lanes[3], 18);
        for (const std::uint64_t lane : lanes) sum = merge(sum, lane);
    }
    sum += bytes.size();
    for (; end - at >= 8; at += 8)
        sum = std::rotl(sum ^ round(0, load<std::uint64_t>(at)), 27) * kPrime1 + kPrime4;
    for (; end - at >= 4; at += 4)
        sum = std::rotl(sum ^ load<std::uint32_t>(at) * kPrime1, 23) * kPrime2 + kPrime3;
    for (; at != end; ++at) sum = std::rotl(sum ^ load<std::uint8_t>(at) * kPrime5, 11) * kPrime1;
    sum = (sum ^ sum >> 33) * kPrime2;
    sum = (sum ^ sum >> 29) * kPrime3;
    return sum ^ sum >> 32;
}

}  // namespace carillon::host
