// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/checksum.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace carillon::host {
namespace {

std::uint64_t checksum_of(std::string_view text) {
    return checksum(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(Checksum, is_xxh64_of_published_texts) {
    EXPECT_EQ(checksum_of(""), 0xEF46DB3751D8E999);
    EXPECT_EQ(checksum_of("a"), 0xD24EC4F1A98C6E5B);
    EXPECT_EQ(checksum_of("abc"), 0x44BC2CF5AD770999);
    EXPECT_EQ(checksum_of("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1);
}

TEST(Checksum, every_flipped_bit_changes_it) {
    std::vector<std::byte> bytes(77);
    for (std::size_t k = 0; k < bytes.size(); ++k) bytes[k] = static_cast<std::byte>(k * 37);
    const std::uint64_t whole = checksum(bytes);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
        EXPECT_NE(checksum(bytes), whole) << bit;
        bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    }
}

}  // namespace
}  // namespace carillon::host
