// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "carillon/base/error.h"

namespace carillon::engine {
namespace {

TEST(PageBuffer, growing_keeps_the_contents_and_new_memory_is_zero) {
    PageBuffer buffer;
    buffer.grow(1);
    const std::size_t before = buffer.capacity();
    static_cast<char*>(buffer.data())[before - 1] = 7;
    buffer.grow(4 * before);
    EXPECT_EQ(static_cast<char*>(buffer.data())[before - 1], 7);
    EXPECT_EQ(static_cast<char*>(buffer.data())[4 * before - 1], 0);
}

TEST(PageBuffer, shrinking_gives_back_what_is_much_too_large) {
    PageBuffer buffer;
    buffer.grow(std::size_t{16} << 20);
    buffer.shrink(std::size_t{8} << 20);
    EXPECT_EQ(buffer.capacity(), std::size_t{16} << 20);  // half is no reason to move
    buffer.shrink(1);
    EXPECT_LE(buffer.capacity(), std::size_t{1} << 20);
}

TEST(PageBuffer, copies_are_independent) {
    PageBuffer a;
    a.grow(1);
    *static_cast<char*>(a.data()) = 1;
    PageBuffer b = a;
    *static_cast<char*>(b.data()) = 2;
    EXPECT_EQ(*static_cast<char*>(a.data()), 1);
    b = a;
    EXPECT_EQ(*static_cast<char*>(b.data()), 1);
}

TEST(PageBuffer, a_new_buffer_is_zero_even_after_others_are_gone) {
    constexpr std::size_t kBytes = 1 << 20;
    for (int round = 0; round < 3; ++round) {
        PageBuffer old;
        old.grow(kBytes);
        std::memset(old.data(), 0xff, kBytes);
        const PageBuffer copy = old;  // its memory is kept when it goes
        EXPECT_EQ(std::memcmp(copy.data(), old.data(), kBytes), 0);
        PageBuffer fresh;
        fresh.grow(kBytes);
        const auto* bytes = static_cast<const unsigned char*>(fresh.data());
        EXPECT_TRUE(std::all_of(bytes, bytes + kBytes, [](unsigned char b) { return b == 0; }));
    }
}

TEST(PageBuffer, memory_that_is_used_again_is_of_the_kind_that_is_asked_for) {
    constexpr std::size_t kBytes = std::size_t{8} << 20;
    const auto huge_bytes = [](host::HugePages kind) {
        PageBuffer old(host::PageRequest{.huge = kind, .report = true});
        old.grow(kBytes);
        std::memset(old.data(), 1, kBytes);
        const PageBuffer copy = old;  // its memory is kept when it goes
        return copy.report()->facts.huge;
    };
    huge_bytes(host::HugePages::kAuto);
    EXPECT_EQ(huge_bytes(host::HugePages::kNever), 0u);
    EXPECT_FALSE(PageBuffer().report().has_value());
}

TEST(PageBuffer, what_the_kernel_refuses_is_a_resource_error) {
    PageBuffer buffer;
    EXPECT_THROW(buffer.grow(std::size_t{1} << 60), ResourceError);
}

TEST(Memory, texts_of_sizes_have_a_unit) {
    EXPECT_EQ(bytes_text(512), "512 B");
    EXPECT_EQ(bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(bytes_text(std::uint64_t{32} << 30), "32 GiB");
}

TEST(Memory, some_memory_is_available) {
    EXPECT_GT(available_memory_bytes(), 0);
    EXPECT_LT(available_memory_bytes(), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace carillon::engine
